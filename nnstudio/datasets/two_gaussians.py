"""Two round clouds: the simplest problem, one straight line solves it."""

from __future__ import annotations

import numpy as np

from nnstudio.core.plane import PlaneDataset, halves
from nnstudio.core.registry import register
from nnstudio.core.text import mark


@register("TwoGaussians.v1")
class TwoGaussians(PlaneDataset):
    """Class 1 around (2, 2), class 0 around (−2, −2), each with standard deviation 0.7."""

    label = mark("Two Gaussians")
    help = mark("Two round clouds that one straight line can part.")
    order = 3
    spread = 3.5

    def draw(self, random: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Normal around each centre."""
        second = halves(count)
        centre = np.where(second == 1, 2.0, -2.0)[:, None]
        return centre + 0.7 * random.standard_normal((count, 2)), second
