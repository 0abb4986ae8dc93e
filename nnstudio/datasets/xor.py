"""Exclusive or: opposite quarters of the plane belong together."""

from __future__ import annotations

import numpy as np

from nnstudio.core.plane import PlaneDataset, halves
from nnstudio.core.registry import register
from nnstudio.core.text import mark

#: Points keep this distance from the axes while there is no noise.
MARGIN = 0.3


@register("Xor.v1")
class Xor(PlaneDataset):
    """Class 1 where x1 and x2 have the same sign, class 0 where the signs differ."""

    label = mark("XOR")
    help = mark("Opposite quarters of the plane belong to the same class.")
    order = 2

    def draw(self, random: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Uniform within each quarter."""
        same = halves(count)
        sign, first, second = random.random((count, 3)).T
        x1 = np.where(sign < 0.5, -1, 1) * (MARGIN + (5 - MARGIN) * first)
        x2 = np.where(same == 1, np.sign(x1), -np.sign(x1)) * (MARGIN + (5 - MARGIN) * second)
        return np.stack([x1, x2], 1), same
