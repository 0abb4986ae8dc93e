"""A checkerboard of four by four fields: many small regions to learn."""

from __future__ import annotations

import numpy as np

from nnstudio.core.plane import PlaneDataset, halves
from nnstudio.core.registry import register
from nnstudio.core.text import mark

FIELDS = 4
#: The side of a field; the board reaches from −5 to 5.
SIDE = 10 / FIELDS
#: Points keep this distance from a field's border while there is no noise.
MARGIN = 0.15


@register("Checkerboard.v1")
class Checkerboard(PlaneDataset):
    """Class 1 on the fields whose row and column have an even sum, class 0 on the others."""

    label = mark("Checkerboard")
    help = mark("Fields of a checkerboard; needs many units or sin features.")
    order = 6
    spread = 1.0

    def draw(self, random: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Uniform within the fields of each class."""
        dark = halves(count)
        field, first, second = random.random((count, 3)).T
        chosen = (field * (FIELDS * FIELDS // 2)).astype(int)
        row, pair = np.divmod(chosen, FIELDS // 2)
        column = 2 * pair + (row + 1 - dark) % 2
        within = MARGIN + (SIDE - 2 * MARGIN) * np.stack([first, second], 1)
        return SIDE * np.stack([column, row], 1) - 5 + within, dark
