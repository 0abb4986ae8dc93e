"""A constant learning rate."""

from __future__ import annotations

import numpy as np

from nnstudio.core.contracts import Schedule
from nnstudio.core.registry import register
from nnstudio.core.text import mark


@register("Constant.v1")
class Constant(Schedule):
    """The learning rate stays as it is."""

    label = mark("Constant")
    help = mark("The learning rate stays as it is.")
    formula = "η(t) = η"

    def factors(self, steps: np.ndarray, total: int) -> np.ndarray:
        """1 at every step."""
        return np.ones(len(steps), np.float32)
