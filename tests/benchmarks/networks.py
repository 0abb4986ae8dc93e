"""The reference networks of the speed tables: layers, batch, optimizer, and data of their shape."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnstudio.core import registry
from nnstudio.core.contracts import Dataset, Layer, Loss, Optimizer
from nnstudio.core.data import Data, Part
from nnstudio.core.network import chain
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

        layers = [layer("Input.v1", shape=list(self.shape))]
        for kind, *rest in self.layers:
            if kind == "dense":
                layers.append(layer("Dense.v1", units=rest[0], activation=rest[1]))
        name = {"sgd": "SGD.v1", "adam": "Adam.v1"}[self.optimizer]
        training = Training(
            learning_rate=self.rate,
            batch_size=self.batch,
            loss=registry.find(Loss, "CrossEntropy.v1")(),
            optimizer=registry.find(Optimizer, name)(),
        )
        return Setup(registry.find(Dataset, "Xor.v1")(), chain(*layers), training)


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
)  # fmt: skip
