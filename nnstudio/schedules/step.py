"""Step decay: the learning rate falls all at once, every so many steps."""

from __future__ import annotations

import numpy as np

from nnstudio.core.contracts import Schedule
from nnstudio.core.fields import integer, real
from nnstudio.core.registry import register
from nnstudio.core.text import mark


@register("Step.v1")
class Step(Schedule):
    """A staircase down."""

    label = mark("Step decay")
    help = mark("Multiplies the learning rate by a factor every so many steps.")
    formula = "η(t) = η · γ^⌊t / T⌋"

    every: int = integer(
        1000, minimum=1, maximum=1_000_000_000, label=mark("Interval (steps)"),
        help=mark("Steps from one change to the next."),
    )  # fmt: skip
    factor: float = real(
        0.5, minimum=0.0, maximum=1.0, step=0.1, label=mark("Factor"),
        help=mark("What the learning rate is multiplied by each time."),
    )  # fmt: skip

    def factors(self, steps: np.ndarray, total: int) -> np.ndarray:
        """factor^⌊step / every⌋."""
        return np.power(self.factor, steps // self.every, dtype=np.float64)
