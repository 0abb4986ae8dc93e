"""MNIST to be drawn again: the image is the target, for autoencoders (Hinton and Salakhutdinov
2006)."""

from __future__ import annotations

import numpy as np

from nnstudio.core.contracts import Dataset
from nnstudio.core.data import Data, Part
from nnstudio.core.digits import TRAIN, VALID, digits
from nnstudio.core.fields import integer
from nnstudio.core.registry import register
from nnstudio.core.text import mark


def _own_target(part: Part) -> Part:
    """The same images with themselves as targets: (n, 784) float32 from 0 to 1."""
    flat = part.x.reshape(len(part), -1)
    return Part(part.x, flat.astype(np.float32) * np.float32(1 / 255))


@register("MnistImages.v1")
class MnistImages(Dataset):
    """Grey images of 28 × 28, each to be given back as it is."""

    label = mark("MNIST, redrawn")
    help = mark("Handwritten digits that the network has to draw again, for autoencoders.")
    group = "Images"
    task = "regression"
    source = "Yann LeCun, Corinna Cortes, Christopher J.C. Burges"
    licence = "CC BY-SA 3.0"
    order = 2

    train_examples: int = integer(
        10_000, minimum=10, maximum=TRAIN, step=1000, label=mark("Training examples"),
        help=mark("How many of the 60,000 digits the network learns from."),
    )  # fmt: skip
    valid_examples: int = integer(
        1_000, minimum=10, maximum=VALID, step=1000, label=mark("Validation examples"),
        help=mark("How many of the 10,000 test digits validate it."),
    )  # fmt: skip

    def load(self) -> Data:
        """Raises ``StudioError`` if the files are damaged."""
        return Data(
            name=self.label,
            task="regression",
            train=_own_target(digits("train", self.train_examples)),
            valid=_own_target(digits("t10k", self.valid_examples)),
            scale=1 / 255,
        )
