"""A disc inside a ring: no straight line parts them."""

from __future__ import annotations

import numpy as np

from nnstudio.core.plane import PlaneDataset, halves
from nnstudio.core.registry import register
from nnstudio.core.text import mark


@register("Circle.v1")
class Circle(PlaneDataset):
    """Class 1 within half the radius of 5, class 0 from 0.7 of it outward.

    The radii are those of TensorFlow Playground (Smilkov et al. 2017).
    """

    label = mark("Circle")
    help = mark("A disc inside a ring.")
    order = 1

    def draw(self, random: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Uniform in radius and angle."""
        inside = halves(count)
        along, turn = random.random((count, 2)).T
        radius = np.where(inside == 1, 2.5 * along, 3.5 + 1.5 * along)
        angle = 2 * np.pi * turn
        return np.stack([radius * np.sin(angle), radius * np.cos(angle)], 1), inside
