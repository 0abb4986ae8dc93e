"""The reference networks of the speed tables: layers, batch, optimizer, and data of their shape."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnstudio.core import registry
from nnstudio.core.contracts import Dataset, Layer, Loss, Optimizer
from nnstudio.core.data import Data, Part
from nnstudio.core.network import Network, Node, chain
from nnstudio.core.setup import Setup, Training


@dataclass(frozen=True)
class Reference:
    """``layers``: tuples such as ("dense", units, activation). ``goal`` maps a peer to the least
    ratio that we want to reach."""

    name: str
    shape: tuple[int, ...]
    layers: tuple[tuple, ...]
    batch: int
    optimizer: str
    rate: float
    classes: int
    examples: int
    goal: dict[str, float]

    def data(self) -> Data:
        """Random examples and classes of the right shape."""
        rng = np.random.default_rng(0)
        x = rng.standard_normal((self.examples, *self.shape)).astype(np.float32)
        y = rng.integers(0, self.classes, (self.examples, 1)).astype(np.float32)
        part = Part(x, y)
        return Data(self.name, "classification", part, part, tuple(map(str, range(self.classes))))

    def setup(self) -> Setup:
        """The same network for our engine."""

        def layer(type_name: str, **values: object) -> Layer:
            made: Layer = registry.from_json(Layer, {"type": type_name, **values})
            return made

        network = chain(layer("Input.v1", shape=list(self.shape)))

        def add(made: Layer, inputs: tuple[str, ...] | None = None) -> str:
            nonlocal network
            name = network.new_id(made)
            node = Node(name, made, inputs or (network.output.id,))
            network = Network((*network.nodes, node))
            return name

        for kind, *rest in self.layers:
            if kind == "dense":
                add(layer("Dense.v1", units=rest[0], activation=rest[1]))
            elif kind == "conv":
                filters, size, padding, activation = rest
                add(
                    layer(
                        "Conv2D.v1", filters=filters, kernel=[size, size], padding=padding,
                        activation=activation,
                    )
                )  # fmt: skip
            elif kind == "maxpool":
                add(layer("MaxPool2D.v1"))
            elif kind == "avgpool":
                add(layer("AvgPool2D.v1"))
            elif kind == "dropout":
                add(layer("Dropout.v1", rate=rest[0]))
            elif kind == "flatten":
                add(layer("Flatten.v1"))
            elif kind == "globalpool":
                add(layer("GlobalAvgPool.v1"))
            elif kind == "stem":
                _conv_norm(add, layer, rest[0], 1)
                add(layer("ReLU.v1"))
            elif kind == "residual":
                filters, stride = rest
                x = network.output.id
                _conv_norm(add, layer, filters, stride, x)
                add(layer("ReLU.v1"))
                b = _conv_norm(add, layer, filters, 1)
                if stride != 1:
                    short = layer(
                        "Conv2D.v1", filters=filters, kernel=[1, 1], stride=[stride] * 2,
                        padding="same", use_bias=False,
                    )  # fmt: skip
                    x = add(short, (x,))
                add(layer("Add.v1"), (b, x))
                add(layer("ReLU.v1"))
        name = {"sgd": "SGD.v1", "adam": "Adam.v1"}[self.optimizer]
        training = Training(
            learning_rate=self.rate,
            batch_size=self.batch,
            loss=registry.find(Loss, "CrossEntropy.v1")(),
            optimizer=registry.find(Optimizer, name)(),
        )
        return Setup(registry.find(Dataset, "Xor.v1")(), network, training)


def _conv_norm(add, layer, filters, stride, x=None):  # type: ignore[no-untyped-def]
    """Convolution 3x3 without bias, then batch norm."""
    add(
        layer(
            "Conv2D.v1", filters=filters, kernel=[3, 3], stride=[stride] * 2, padding="same",
            use_bias=False,
        ),
        (x,) if x else None,
    )  # fmt: skip
    return add(layer("BatchNorm.v1"))


def _dense(*units: int, activation: str, last: str) -> tuple[tuple, ...]:
    return (*(("dense", u, activation) for u in units[:-1]), ("dense", units[-1], last))


REFERENCES = (
    Reference(
        "2-4-2-1 tanh SGD, 10", (2,), _dense(4, 2, 1, activation="tanh", last="sigmoid"),
        10, "sgd", 0.03, 2, 200, {"torch": 200, "best": 4},
    ),
    Reference(
        "7-8x6-1 tanh SGD, 10", (7,), _dense(*[8] * 6, 1, activation="tanh", last="sigmoid"),
        10, "sgd", 0.03, 2, 200, {"torch": 80, "best": 2.5},
    ),
    Reference(
        "1000-128-64-10 relu Adam, 32", (1000,),
        _dense(128, 64, 10, activation="relu", last="softmax"),
        32, "adam", 0.001, 10, 6400, {"torch": 4, "best": 1.5},
    ),
    Reference(
        "784-128-10 relu Adam, 32", (784,), _dense(128, 10, activation="relu", last="softmax"),
        32, "adam", 0.001, 10, 6400, {"torch": 5, "best": 1.7},
    ),
    Reference(
        "784-512-512-10 relu Adam, 128", (784,),
        _dense(512, 512, 10, activation="relu", last="softmax"),
        128, "adam", 0.001, 10, 6400, {"torch": 2.5, "best": 2},
    ),
    Reference(
        "LeNet-5 on 28x28, Adam, 128", (28, 28, 1),
        (
            ("conv", 6, 5, "same", "tanh"), ("avgpool",), ("conv", 16, 5, "valid", "tanh"),
            ("avgpool",), ("flatten",), *_dense(120, 84, 10, activation="tanh", last="softmax"),
        ),
        128, "adam", 0.001, 10, 2560, {"torch": 2, "best": 2},
    ),
    Reference(
        "conv 32-64 3x3, pool, Adam, 128", (28, 28, 1),
        (
            ("conv", 32, 3, "valid", "relu"), ("maxpool",), ("conv", 64, 3, "valid", "relu"),
            ("maxpool",), ("dropout", 0.5), ("flatten",), ("dense", 10, "softmax"),
        ),
        128, "adam", 0.001, 10, 2560, {"torch": 2.5, "best": 2},
    ),
    Reference(
        "ResNet, 8 conv layers, Adam, 64", (28, 28, 1),
        (
            ("stem", 16), ("residual", 16, 1), ("residual", 32, 2), ("residual", 32, 1),
            ("globalpool",), ("dense", 10, "softmax"),
        ),
        64, "adam", 0.001, 10, 1280, {"torch": 1.5, "best": 1.5},
    ),
)  # fmt: skip
