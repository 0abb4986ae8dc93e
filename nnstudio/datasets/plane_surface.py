"""Regression on an inclined plane: a single linear unit learns it."""

from __future__ import annotations

import numpy as np

from nnstudio.core.data import PLANE_LIMIT
from nnstudio.core.plane import PlaneDataset
from nnstudio.core.registry import register
from nnstudio.core.text import mark


@register("PlaneSurface.v1")
class PlaneSurface(PlaneDataset):
    """The target is (x1 + x2) / 12, from −1 to 1."""

    label = mark("Inclined plane")
    help = mark("A number that rises evenly across the plane.")
    task = "regression"
    order = 7
    spread = 3.0

    def draw(self, random: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Uniform over the whole plane."""
        points = random.uniform(-PLANE_LIMIT, PLANE_LIMIT, (count, 2))
        return points, points.sum(1) / (2 * PLANE_LIMIT)
