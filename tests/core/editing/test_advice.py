"""Advice: faults and unwise choices are named at their node, and their mends put them right."""

from __future__ import annotations

import numpy as np
import pytest

from nnstudio.core import registry
from nnstudio.core.contracts import Layer, Loss, Optimizer
from nnstudio.core.data import Data, Part
from nnstudio.core.editing.advice import advise
from nnstudio.core.network import Network, Node, chain
from nnstudio.core.setup import Setup, Training, preset, preset_names
from nnstudio.datasets.xor import Xor


def data(shape=(4,), classes=0, targets=1, low=-2.0, high=3.0):
    random = np.random.default_rng(1)
    x = random.normal(size=(8, *shape)).astype(np.float32)
    if classes:
        y = (np.arange(8) % classes).astype(np.float32).reshape(8, 1)
    else:
        y = np.linspace(low, high, 8 * targets, dtype=np.float32).reshape(8, targets)
    part = Part(x, y)
    task = "classification" if classes else "regression"
    return Data("made up", task, part, part, tuple(f"c{n}" for n in range(classes)))


def layer(type_name, **values):
    return registry.from_json(Layer, {"type": type_name, **values})


def dense(units, activation="linear"):
    return layer("Dense.v1", units=units, activation=activation)


def setup(network, loss="CrossEntropy.v1"):
    training = Training(
        loss=registry.find(Loss, loss)(), optimizer=registry.find(Optimizer, "Adam.v1")()
    )
    return Setup(Xor(), network, training)


def row(*layers, size=4):
    return chain(layer("Input.v1", shape=[size]), *layers)


CASES = [
    # network, loss, data, node, is it a fault, a word of the sentence, the mend's name
    (row(dense(3, "softmax")), "MSE.v1", data(classes=3), "dense_1", False, "plateau",
     "Use cross-entropy loss"),
    (row(dense(3, "sigmoid")), "CrossEntropy.v1", data(classes=3), "dense_1", False, "add up",
     "Use softmax output"),
    (row(dense(1, "softmax")), "CrossEntropy.v1", data(classes=2), "dense_1", False, "always 1",
     "Use sigmoid output"),
    (row(dense(1, "tanh")), "CrossEntropy.v1", data(classes=2), "dense_1", False, "bounds",
     "Use sigmoid output"),
    (row(dense(1, "sigmoid")), "MSE.v1", data(), "dense_1", False, "from 0 to 1",
     "Use linear output"),
    (row(dense(1, "relu")), "MSE.v1", data(), "dense_1", False, "from 0 to ∞",
     "Use linear output"),
    (row(dense(1), layer("Tanh.v1")), "MSE.v1", data(), "tanh_1", False, "from -1 to 1",
     "Use linear output"),
    (row(dense(2, "softmax")), "MSE.v1", data(targets=2), "dense_1", False, "add up",
     "Use linear output"),
    (row(dense(3, "softmax"), layer("Softmax.v1")), "CrossEntropy.v1", data(classes=3),
     "softmax_1", False, "Two softmaxes", "Remove Softmax"),
    (row(dense(3, "softmax"), layer("Dropout.v1")), "CrossEntropy.v1", data(classes=3),
     "dropout_1", False, "very end", "Remove Dropout"),
    (row(dense(8), dense(3, "softmax")), "CrossEntropy.v1", data(classes=3), "dense_2", False,
     "no more than a single one", "Put ReLU between them"),
    (row(dense(5, "softmax")), "CrossEntropy.v1", data(classes=3), "dense_1", True, "3 classes",
     "Set units to 3"),
    (row(dense(3)), "CrossEntropy.v1", data(targets=3), "dense_1", True, "numbers as targets",
     "Use mean squared error"),
    (row(), "CrossEntropy.v1", data(classes=3), "input", True, "no layer", "Add an output layer"),
    (chain(layer("Input.v1", shape=[6, 6, 1]), dense(3, "softmax")), "CrossEntropy.v1",
     data((6, 6, 1), classes=3), "dense_1", True, "Flatten", "Insert Flatten"),
    (chain(layer("Input.v1", shape=[6, 6, 1]), layer("Flatten.v1"), layer("Conv2D.v1"),
           layer("Flatten.v1"), dense(3, "softmax")), "CrossEntropy.v1",
     data((6, 6, 1), classes=3), "conv2d_1", True, "image", "Remove Flatten"),
    (row(layer("Conv2D.v1"), layer("Flatten.v1"), dense(3, "softmax"), size=36),
     "CrossEntropy.v1", data((36,), classes=3), "conv2d_1", True, "image", "Insert Reshape"),
    (chain(layer("Input.v1", shape=[3, 3, 1]), layer("Conv2D.v1", kernel=[5, 5]),
           layer("Flatten.v1"), dense(3, "softmax")), "CrossEntropy.v1",
     data((3, 3, 1), classes=3), "conv2d_1", True, "padding", "Use “same” padding"),
    (chain(layer("Input.v1", shape=[6, 6, 1]), layer("Conv2D.v1")), "CrossEntropy.v1",
     data((6, 6, 1), classes=3), "conv2d_1", True, "classes", "Add an output layer"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("network", "loss", "given", "node", "fault", "words", "mend"),
    CASES,
    ids=[f"{n}-{case[6]}" for n, case in enumerate(CASES)],
)
def test_what_is_wrong_is_said_and_mended(network, loss, given, node, fault, words, mend):
    before = setup(network, loss)
    found = advise(before, given)
    (told,) = [item for item in found if item.node == node]
    assert told.is_fault is fault
    assert words in told.sentence
    assert told.mend is not None
    assert told.mend.name == mend
    after = told.mend(before)
    assert after != before
    after.network.check()
    # What was told is not told again, and nothing that keeps the network from running is left.
    left = advise(after, given)
    assert told.sentence not in [item.sentence for item in left]
    assert not [item for item in left if item.is_fault]


def branches(first, second, merge):
    """Two layers that read the input, and one that reads both."""
    return Network(
        (
            Node("input", layer("Input.v1", shape=[4])),
            Node("a", first, ("input",)),
            Node("b", second, ("input",)),
            Node("join", layer(merge), ("a", "b")),
            Node("out", dense(3, "softmax"), ("join",)),
        )
    )


@pytest.mark.parametrize("sizes", [(8, 5), (5, 8)])
def test_inputs_of_different_size_are_brought_together(sizes):
    before = setup(branches(dense(sizes[0], "relu"), dense(sizes[1], "relu"), "Add.v1"))
    (told,) = advise(before, data(classes=3))
    assert (told.node, told.is_fault) == ("join", True)
    after = told.mend(before)
    assert after.network.facts["join"].shape == (5,)
    assert advise(after, data(classes=3)) == []


def test_several_inputs_are_joined():
    network = branches(dense(4, "relu"), dense(4, "relu"), "Add.v1")
    nodes = [n for n in network.nodes if n.id != "join"]
    nodes[-1] = Node("out", nodes[-1].layer, ("a", "b"))
    before = setup(Network(tuple(nodes)))
    (told,) = advise(before, data(classes=3))
    assert told.mend.name == "Join with Add"
    after = told.mend(before)
    assert advise(after, data(classes=3)) == []
    assert len(after.network.nodes) == len(before.network.nodes) + 1


def test_targets_within_the_bounds_need_no_advice():
    given = data(low=0.0, high=1.0)
    assert advise(setup(row(dense(1, "sigmoid")), "MSE.v1"), given) == []


@pytest.mark.parametrize("name", [n for n in preset_names() if not n.startswith("mnist")])
def test_presets_need_no_advice(name):
    found = preset(name)
    assert advise(found, found.dataset.load()) == []


def test_a_mend_whose_node_is_gone_changes_nothing():
    network = chain(layer("Input.v1", shape=[6, 6, 1]), dense(3, "softmax"))
    (told,) = advise(setup(network), data((6, 6, 1), classes=3))
    other = setup(row(layer("Flatten.v1")))
    assert told.mend(other) == other
