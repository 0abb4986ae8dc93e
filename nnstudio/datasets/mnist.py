"""MNIST: 70,000 handwritten digits (LeCun, Bottou, Bengio and Haffner 1998)."""

from __future__ import annotations

from nnstudio.core.contracts import Dataset
from nnstudio.core.data import Data, held
from nnstudio.core.digits import TRAIN, VALID, digits
from nnstudio.core.fields import integer
from nnstudio.core.registry import register
from nnstudio.core.text import mark


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
        return held(self, self._make)

    def _make(self) -> Data:
        return Data(
            name=self.label,
            task="classification",
            train=digits("train", self.train_examples),
            valid=digits("t10k", self.valid_examples),
            classes=tuple(str(digit) for digit in range(10)),
            target_names=(mark("digit"),),
            scale=1 / 255,
        )
