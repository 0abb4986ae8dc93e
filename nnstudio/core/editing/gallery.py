"""Well-known architectures, built for the data at hand.

Each gives a network for a shape of examples; ``core.fitting`` then sees to output and loss. Ids
begin with the architecture's name, so that what is built anew also begins anew.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass

from nnstudio.core.contracts import Shape
from nnstudio.core.data import Data
from nnstudio.core.editing.mends import make
from nnstudio.core.fitting import fit
from nnstudio.core.network import Network, Node
from nnstudio.core.setup import Setup
from nnstudio.core.text import mark


class Builder:
    """Puts one layer after another; ``at`` is the last."""

    def __init__(self, name: str, shape: Shape) -> None:
        self.name = name
        self.nodes = [Node("input", make("Input.v1", shape=list(shape)))]
        self.at = "input"

    def add(self, type_name: str, *inputs: str, **values: object) -> str:
        """Append a layer after the last, or after the given ones; gives its id."""
        stem = type_name.split(".")[0].lower()
        count = sum(node.id.startswith(f"{self.name}_{stem}") for node in self.nodes)
        new = f"{self.name}_{stem}_{count + 1}"
        self.nodes.append(Node(new, make(type_name, **values), inputs or (self.at,)))
        self.at = new
        return new

    def row(self, shape: Shape) -> None:
        """Images are laid out as one row."""
        if len(shape) > 1:
            self.add("Flatten.v1")

    def dense(self, units: int, activation: str = "linear") -> str:
        """A Dense layer."""
        return self.add("Dense.v1", units=units, activation=activation)

    def conv(self, filters: int, size: int = 3, activation: str = "relu", stride: int = 1) -> str:
        """A convolution that keeps the size, but for its stride."""
        return self.add(
            "Conv2D.v1", filters=filters, kernel=[size, size], padding="same",
            activation=activation, stride=[stride, stride],
        )  # fmt: skip

    def network(self) -> Network:
        """What has been built."""
        return Network(tuple(self.nodes))


def _perceptron(made: Builder, shape: Shape, outputs: int) -> None:
    made.row(shape)
    made.dense(outputs)


def _xor(made: Builder, shape: Shape, outputs: int) -> None:
    made.row(shape)
    made.dense(4, "tanh")
    made.dense(outputs)


def _deep(made: Builder, shape: Shape, outputs: int) -> None:
    made.row(shape)
    for _ in range(6):
        made.dense(8, "tanh")
    made.dense(outputs)


def _lenet(made: Builder, shape: Shape, outputs: int) -> None:
    made.conv(6, 5, "tanh")
    made.add("AvgPool2D.v1")
    made.add("Conv2D.v1", filters=16, kernel=[5, 5], activation="tanh")
    made.add("AvgPool2D.v1")
    made.add("Flatten.v1")
    made.dense(120, "tanh")
    made.dense(84, "tanh")
    made.dense(outputs)


def _vgg(made: Builder, shape: Shape, outputs: int) -> None:
    for filters in (16, 32, 64):
        made.conv(filters)
        made.conv(filters)
        made.add("MaxPool2D.v1")
    made.add("Flatten.v1")
    made.dense(128, "relu")
    made.add("Dropout.v1", rate=0.5)
    made.dense(outputs)


def _residual(made: Builder, shape: Shape, outputs: int) -> None:
    made.conv(16, activation="linear")
    made.add("BatchNorm.v1")
    start = made.add("ReLU.v1")
    for filters, stride in ((16, 1), (32, 2), (64, 2)):
        made.conv(filters, activation="linear", stride=stride)
        made.add("BatchNorm.v1")
        made.add("ReLU.v1")
        made.conv(filters, activation="linear")
        end = made.add("BatchNorm.v1")
        if stride > 1:
            made.at = start
            start = made.conv(filters, 1, "linear", stride)
        made.add("Add.v1", end, start)
        start = made.add("ReLU.v1")
    made.add("GlobalAvgPool.v1")
    made.dense(outputs)


def _autoencoder(made: Builder, shape: Shape, outputs: int) -> None:
    made.row(shape)
    for units in (128, 32, 128):
        made.dense(units, "relu")
    made.dense(outputs, "sigmoid")


def _wide_and_deep(made: Builder, shape: Shape, outputs: int) -> None:
    made.row(shape)
    wide = made.at
    made.dense(32, "relu")
    deep = made.dense(16, "relu")
    made.add("Concatenate.v1", deep, wide)
    made.dense(outputs)


def _any(data: Data) -> bool:
    return True


def _is_image(data: Data) -> bool:
    return len(data.shape) == 3 and min(data.shape[:2]) >= 16


def _is_own_target(data: Data) -> bool:
    """Whether what is to be predicted is the example itself."""
    return data.task == "regression" and data.outputs == math.prod(data.shape)


@dataclass(frozen=True)
class Architecture:
    """One of the gallery. ``suits`` says whether data can feed it; ``preset`` is what brings data
    and training settings that do, ``dataset`` the type name of its data."""

    name: str
    label: str
    help: str
    build: Callable[[Builder, Shape, int], None]
    suits: Callable[[Data], bool]
    preset: str
    dataset: str
    shape: Shape
    outputs: int = 1

    def example(self) -> Network:
        """The network for data as it is usually meant for; for pictures of it."""
        return self._built(self.shape, self.outputs)

    def _built(self, shape: Shape, outputs: int) -> Network:
        made = Builder(self.name, shape)
        self.build(made, shape, outputs)
        return made.network()

    def setup(self, before: Setup, data: Data) -> Setup:
        """The setup with this network in place of its own, fitted to the data; raises
        ``StudioError`` if the data cannot feed it."""
        network = self._built(data.shape, data.outputs)
        output = network.output
        if data.task == "classification":
            final = "sigmoid" if data.outputs == 1 else "softmax"
            layer = dataclasses.replace(output.layer, activation=final)  # type: ignore[call-arg, type-var]
            network = network.replace(output.id, layer)
        network.check()
        return fit(before.with_network(network), data)


GALLERY = (
    Architecture(
        "perceptron", mark("Perceptron"),
        mark("One layer: what a straight line can tell apart (Rosenblatt 1958)."),
        _perceptron, _any, "circle", "TwoGaussians.v1", (2,),
    ),
    Architecture(
        "xor", mark("XOR net"),
        mark("Four hidden units bend the line: the smallest net that solves XOR."),
        _xor, _any, "xor", "Xor.v1", (2,),
    ),
    Architecture(
        "deep", mark("Deep tanh net"),
        mark("Six layers of eight: depth, and how gradients survive it."),
        _deep, _any, "two-spirals", "Spirals.v1", (2,),
    ),
    Architecture(
        "widedeep", mark("Wide and deep"),
        mark("A deep branch beside the plain inputs, joined at the end (Cheng 2016)."),
        _wide_and_deep, _any, "two-spirals", "Spirals.v1", (6,),
    ),
    Architecture(
        "lenet", mark("LeNet-5"),
        mark("Convolutions and pooling read handwritten digits (LeCun 1998)."),
        _lenet, _is_image, "mnist-lenet", "Mnist.v1", (28, 28, 1), 10,
    ),
    Architecture(
        "vgg", mark("Small VGG"),
        mark("Pairs of 3 × 3 convolutions, more filters at each level (Simonyan 2014)."),
        _vgg, _is_image, "mnist-cnn", "Mnist.v1", (28, 28, 1), 10,
    ),
    Architecture(
        "residual", mark("Residual net"),
        mark("Skip connections carry the signal past each block (He 2015)."),
        _residual, _is_image, "mnist-resnet", "Mnist.v1", (28, 28, 1), 10,
    ),
    Architecture(
        "autoencoder", mark("Autoencoder"),
        mark("Squeezes an image into 32 numbers and draws it again (Hinton 2006)."),
        _autoencoder, _is_own_target, "mnist-mlp", "MnistImages.v1", (28, 28, 1), 784,
    ),
)  # fmt: skip
