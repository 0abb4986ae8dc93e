"""MNIST: 70,000 handwritten digits (LeCun, Bottou, Bengio and Haffner 1998)."""

from __future__ import annotations

from functools import cache

import numpy as np

from nnstudio.core.contracts import Dataset
from nnstudio.core.data import Data, Part
from nnstudio.core.fields import integer
from nnstudio.core.idx import read_idx
from nnstudio.core.registry import register
from nnstudio.core.resources import resource
from nnstudio.core.text import StudioError, mark

SIDE = 28
TRAIN, VALID = 60_000, 10_000
#: A request for so few examples, such as a thumbnail's, decodes only the files' beginnings.
FEW = 256


@register("Mnist.v1")
class Mnist(Dataset):
    """Grey images of 28 × 28, kept as uint8, in their original order."""

    label = mark("MNIST")
    help = mark("Handwritten digits of 28 × 28 grey values.")
    group = "Images"
    source = "Yann LeCun, Corinna Cortes, Christopher J.C. Burges"
    licence = "CC BY-SA 3.0"
    order = 1

    train_examples: int = integer(
        TRAIN, minimum=10, maximum=TRAIN, step=1000, label=mark("Training examples"),
        help=mark("How many of the 60,000 digits the network learns from."),
    )  # fmt: skip
    valid_examples: int = integer(
        VALID, minimum=10, maximum=VALID, step=1000, label=mark("Validation examples"),
        help=mark("How many of the 10,000 test digits validate it."),
    )  # fmt: skip

    def load(self) -> Data:
        """The first examples of either part; raises ``StudioError`` if the files are damaged."""
        return Data(
            name=self.label,
            task="classification",
            train=_part("train", TRAIN, self.train_examples),
            valid=_part("t10k", VALID, self.valid_examples),
            classes=tuple(str(digit) for digit in range(10)),
            target_names=(mark("digit"),),
            scale=1 / 255,
        )


def _part(name: str, total: int, count: int) -> Part:
    """The first ``count`` examples; views of arrays that are decoded once."""
    images, labels = _decoded(name, FEW if count <= FEW else total)
    return Part(images[:count], labels[:count])


@cache
def _decoded(name: str, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Images (count, 28, 28, 1) uint8 and digits (count, 1) float32, which nobody may change."""
    folder = resource("datasets", "mnist")
    images = read_idx(folder / f"{name}-images-idx3-ubyte.gz", (SIDE, SIDE), count)
    labels = read_idx(folder / f"{name}-labels-idx1-ubyte.gz", (), count)
    if labels.max() > 9:
        raise StudioError(
            mark("The file {name} holds the digit {value}. Install NNStudio again."),
            name=f"{name}-labels-idx1-ubyte.gz",
            value=int(labels.max()),
        )
    images = images[..., None]
    digits = labels.astype(np.float32)[:, None]
    images.flags.writeable = digits.flags.writeable = False
    return images, digits
