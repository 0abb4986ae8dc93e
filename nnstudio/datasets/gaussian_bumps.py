"""Regression on hills and hollows: six bumps of either sign."""

from __future__ import annotations

import numpy as np

from nnstudio.core.data import PLANE_LIMIT
from nnstudio.core.plane import PlaneDataset
from nnstudio.core.registry import register
from nnstudio.core.text import mark

#: Centre x1, centre x2 and height of each bump.
BUMPS = np.array(
    [[-4, 2.5, 1], [0, 2.5, -1], [4, 2.5, 1], [-4, -2.5, -1], [0, -2.5, 1], [4, -2.5, -1]]
)
WIDTH = 1.2


@register("GaussianBumps.v1")
class GaussianBumps(PlaneDataset):
    """The target is the sum of six Gaussian bumps of height ±1 and standard deviation 1.2."""

    label = mark("Gaussian bumps")
    help = mark("A number that forms hills and hollows over the plane.")
    task = "regression"
    order = 8

    def draw(self, random: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Uniform over the whole plane."""
        points = random.uniform(-PLANE_LIMIT, PLANE_LIMIT, (count, 2))
        squared = ((points[:, None, :] - BUMPS[None, :, :2]) ** 2).sum(2)
        return points, np.exp(-squared / (2 * WIDTH**2)) @ BUMPS[:, 2]
