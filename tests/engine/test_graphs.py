"""Random networks: sound ones have right gradients, unsound ones are refused by name."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nnstudio.core import registry
from nnstudio.core.contracts import Layer, initializer
from nnstudio.core.network import Network, Node
from nnstudio.core.text import StudioError
from nnstudio.engine.differentiate import Differentiator
from tests.helpers import layer

#: Smooth layers only: a difference across a kink says nothing about a gradient.
ROWS = (
    ("Dense.v1", {"units": 3, "activation": "tanh"}),
    ("Dense.v1", {"units": 5, "activation": "gelu"}),
    ("Dense.v1", {"units": 2}),
    ("Tanh.v1", {}),
    ("SiLU.v1", {}),
    ("Softmax.v1", {}),
    ("LayerNorm.v1", {"epsilon": 0.1}),
)
IMAGES = (
    ("Conv2D.v1", {"filters": 2, "kernel": [3, 3], "padding": "same", "activation": "tanh"}),
    ("Conv2D.v1", {"filters": 3, "kernel": [2, 2]}),
    ("DepthwiseConv2D.v1", {"kernel": [2, 2], "padding": "same"}),
    ("AvgPool2D.v1", {"pool_size": [2, 2], "padding": "same"}),
    ("UpSampling2D.v1", {"size": [2, 2]}),
    ("ZeroPadding2D.v1", {}),
    ("Sigmoid.v1", {}),
    ("Flatten.v1", {}),
    ("GlobalAvgPool.v1", {}),
)
MERGES = ("Add.v1", "Multiply.v1", "Average.v1", "Concatenate.v1")
MOST = 12


@st.composite
def networks(draw):
    """A sound directed acyclic graph of up to 12 layers that ends in one output."""
    shape = draw(st.sampled_from([(3,), (4,), (4, 4, 1), (5, 3, 2)]))
    network = Network((Node("input", layer("Input.v1", shape=list(shape))),))
    for _ in range(draw(st.integers(1, MOST))):
        sources = [n.id for n in network.nodes]
        source = draw(st.sampled_from(sources[-3:]))
        shape = network.facts[source].shape
        twins = [name for name in sources if network.facts[name].shape == shape and name != source]
        if twins and draw(st.booleans()):
            made = layer(draw(st.sampled_from(MERGES)))
            inputs = (source, draw(st.sampled_from(twins)))
        else:
            name, values = draw(st.sampled_from(ROWS if len(shape) == 1 else IMAGES))
            made, inputs = layer(name, **values), (source,)
        larger = Network((*network.nodes, Node(network.new_id(made), made, inputs)))
        found = larger.facts[larger.output.id]
        if found.error is None and np.prod(found.shape) <= 200:
            network = larger
    return network


@settings(max_examples=30, suppress_health_check=list(HealthCheck))
@given(networks(), st.integers(0, 1000))
def test_gradients_of_random_graphs_equal_differences(network, seed):
    rng = np.random.default_rng(seed)
    shape = network.facts["input"].shape
    x = rng.standard_normal((2, *shape)).astype(np.float32)
    parameters = {
        (node.id, p.name): initializer(p.initializer).fill(p, rng)
        for node in network.nodes
        for p in network.facts[node.id].parameters
    }
    weights = rng.standard_normal((2, *network.output_shape)).astype(np.float32)
    machine = Differentiator(network, 2)
    _, by_input, by_parameter = machine.run(parameters, x, weights)

    def total(values, examples):
        output, _, _ = machine.run(values, examples, weights)
        return float((output.astype(np.float64) * weights).sum())

    # A few directions: a directional derivative tests every number of the gradient at once.
    for _ in range(2):
        direction = rng.standard_normal(x.shape).astype(np.float32)
        step = 2e-2
        up, down = total(parameters, x + step * direction), total(parameters, x - step * direction)
        measured, exact = (up - down) / (2 * step), float((by_input * direction).sum())
        scale = np.linalg.norm(by_input) * np.linalg.norm(direction)
        assert abs(measured - exact) <= 0.02 * scale + 2e-3
        for key, gradient in by_parameter.items():
            turn = rng.standard_normal(gradient.shape).astype(np.float32)
            plus = {**parameters, key: parameters[key] + step * turn}
            minus = {**parameters, key: parameters[key] - step * turn}
            measured = (total(plus, x) - total(minus, x)) / (2 * step)
            exact = float((gradient * turn).sum())
            scale = np.linalg.norm(gradient) * np.linalg.norm(turn)
            assert abs(measured - exact) <= 0.03 * scale + 4e-3, key


def unsound(name):
    """The network with one wrong node, and that node's id."""
    row = Node("input", layer("Input.v1", shape=[6]))
    image = Node("input", layer("Input.v1", shape=[4, 4, 2]))
    dense = layer("Dense.v1", units=3)
    wrong = {
        "dense on an image": (image, Node("bad", dense, ("input",))),
        "conv on a row": (row, Node("bad", layer("Conv2D.v1"), ("input",))),
        "window too large": (image, Node("bad", layer("Conv2D.v1", kernel=[5, 5]), ("input",))),
        "pool on a row": (row, Node("bad", layer("MaxPool2D.v1"), ("input",))),
        "groups do not divide": (image, Node("bad", layer("Conv2D.v1", groups=3), ("input",))),
        "add unlike shapes": (
            row, Node("d", dense, ("input",)), Node("bad", layer("Add.v1"), ("input", "d")),
        ),
        "reshape to another size": (
            row, Node("bad", layer("Reshape.v1", shape=[4, 2]), ("input",)),
        ),
    }  # fmt: skip
    return Network(wrong[name])


@pytest.mark.parametrize(
    "name",
    [
        "dense on an image", "conv on a row", "window too large", "pool on a row",
        "groups do not divide", "add unlike shapes", "reshape to another size",
    ],
)  # fmt: skip
def test_unsound_networks_are_refused_on_the_node(name):
    network = unsound(name)
    (error,) = network.errors
    assert error.node == "bad" and str(error).endswith(".")
    with pytest.raises(StudioError):
        Differentiator(network, 2)


def test_no_cycles_and_no_twins():
    one = Node("input", layer("Input.v1", shape=[3]))
    tanh = registry.find(Layer, "Tanh.v1")()
    with pytest.raises(StudioError, match="before"):
        Network((one, Node("a", tanh, ("b",)), Node("b", tanh, ("a",))))
    with pytest.raises(StudioError, match="Two layers"):
        Network((one, Node("a", tanh, ("input",)), Node("a", tanh, ("input",))))
