"""Small makers of layers, networks and data that many tests share."""

from __future__ import annotations

import numpy as np

from nnstudio.core import registry
from nnstudio.core.contracts import Dataset, Layer, Loss, Optimizer
from nnstudio.core.data import Data, Part
from nnstudio.core.network import Network, Node, chain
from nnstudio.core.setup import Setup, Training


def layer(type_name, **values):
    return registry.from_json(Layer, {"type": type_name, **values})


def loss(type_name, **values):
    return registry.from_json(Loss, {"type": type_name, **values})


def optimizer(type_name, **values):
    return registry.from_json(Optimizer, {"type": type_name, **values})


#: What several inputs of a layer under test are: the network's input through these in turn.
BRANCHES = ("Tanh.v1", "Sigmoid.v1", "Sine.v1", "Softsign.v1")


def around(subject, shapes):
    """A network of one layer under test, fed by one Input: through nothing else, or, if it has
    several inputs (which must have equal shapes), each through another of ``BRANCHES``."""
    assert len(set(shapes)) == 1
    nodes = [Node("input", layer("Input.v1", shape=list(shapes[0])))]
    if len(shapes) > 1:
        nodes += [
            Node(f"branch_{number}", layer(name), ("input",))
            for number, (_, name) in enumerate(zip(shapes, BRANCHES, strict=False))
        ]
        assert len(nodes) == len(shapes) + 1
    inputs = tuple(node.id for node in nodes[1:]) or ("input",)
    return Network((*nodes, Node("it", subject, inputs)))


def branches(x, count):
    """The inputs of the layer that ``around`` puts in a network of input ``x``."""
    return [x] if count == 1 else [layer(name).value(x) for name in BRANCHES[:count]]


def mlp(*sizes, activation="tanh", last="sigmoid"):
    return chain(
        layer("Input.v1", shape=[sizes[0]]),
        *(layer("Dense.v1", units=u, activation=activation) for u in sizes[1:-1]),
        layer("Dense.v1", units=sizes[-1], activation=last),
    )


def random_data(features, classes, examples=60, seed=0, task="classification", valid=20):
    rng = np.random.default_rng(seed)

    def part(n):
        x = rng.standard_normal((n, features)).astype(np.float32)
        if task == "regression":
            return Part(x, rng.standard_normal((n, classes)).astype(np.float32))
        return Part(x, rng.integers(0, classes, (n, 1)).astype(np.float32))

    names = tuple(map(str, range(classes))) if task == "classification" else ()
    return Data("random", task, part(examples), part(valid), names)


def setup(network, loss_name="CrossEntropy.v1", optimizer_name="SGD.v1", **values):
    specs = {k: values.pop(k) for k in ("loss", "optimizer") if k in values}
    training = Training(
        loss=specs.get("loss") or loss(loss_name),
        optimizer=specs.get("optimizer") or optimizer(optimizer_name),
        **values,
    )
    return Setup(registry.find(Dataset, "Xor.v1")(), network, training)
