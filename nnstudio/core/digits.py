"""The 70,000 handwritten digits of MNIST (LeCun, Bottou, Bengio and Haffner 1998), decoded once."""

from __future__ import annotations

from functools import cache

import numpy as np

from nnstudio.core.data import Part
from nnstudio.core.resources import resource
from nnstudio.core.sources.idx import read_idx
from nnstudio.core.text import StudioError, mark

SIDE = 28
TRAIN, VALID = 60_000, 10_000
#: A request for so few examples, such as a thumbnail's, decodes only the files' beginnings.
FEW = 256


def digits(name: str, count: int) -> Part:
    """The first ``count`` of ``"train"`` or ``"t10k"``: views of arrays that are decoded once."""
    total = TRAIN if name == "train" else VALID
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
