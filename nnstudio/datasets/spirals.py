"""Two spirals wound into each other: hard for a small network (Lang and Witbrock 1988)."""

from __future__ import annotations

import numpy as np

from nnstudio.core.plane import PlaneDataset, halves
from nnstudio.core.registry import register
from nnstudio.core.text import mark

#: The spirals begin at this share of their length: in the very centre the classes would coincide.
START = 0.06


@register("Spirals.v1")
class Spirals(PlaneDataset):
    """Radius 5 s and angle 1.75 · 2π s for s from 0.06 to 1; class 0 is turned by half a circle.

    The shape is that of TensorFlow Playground (Smilkov et al. 2017).
    """

    label = mark("Two spirals")
    help = mark("Two spirals wound into each other; hard without sin features.")
    order = 4
    spread = 0.8

    def draw(self, random: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Evenly spaced along each spiral."""
        second = halves(count)
        along = START + (1 - START) * (np.arange(count) // 2) / max((count - 1) // 2, 1)
        angle = 1.75 * 2 * np.pi * along + np.where(second == 1, 0.0, np.pi)
        radius = 5 * along
        return np.stack([radius * np.sin(angle), radius * np.cos(angle)], 1), second
