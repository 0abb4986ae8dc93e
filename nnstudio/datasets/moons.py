"""Two half circles that reach into each other."""

from __future__ import annotations

import numpy as np

from nnstudio.core.plane import PlaneDataset, halves
from nnstudio.core.registry import register
from nnstudio.core.text import mark


@register("Moons.v1")
class Moons(PlaneDataset):
    """Class 0 an upper half circle of radius 3.2, class 1 a lower one, shifted by one radius."""

    label = mark("Two moons")
    help = mark("Two half circles that reach into each other.")
    order = 5

    def draw(self, random: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Uniform along each half circle."""
        lower = halves(count)
        angle = np.pi * random.random(count)
        x1 = np.where(lower == 1, 1 - np.cos(angle), np.cos(angle)) - 0.5
        x2 = np.where(lower == 1, 0.5 - np.sin(angle), np.sin(angle)) - 0.25
        return 3.2 * np.stack([x1, x2], 1), lower
