"""Exponential decay: the learning rate falls by the same share at every step."""

from __future__ import annotations

import numpy as np

from nnstudio.core.contracts import Schedule
from nnstudio.core.fields import integer, real
from nnstudio.core.registry import register
from nnstudio.core.text import mark


@register("Exponential.v1")
class Exponential(Schedule):
    """A smooth slope: fast at first, never at zero."""

    label = mark("Exponential decay")
    help = mark("Shrinks the learning rate by the same share at every step.")
    formula = "η(t) = η · γ^(t / T)"

    every: int = integer(
        1000, minimum=1, maximum=1_000_000_000, label=mark("Interval (steps)"),
        help=mark("Steps over which the whole factor is applied, little by little."),
    )  # fmt: skip
    factor: float = real(
        0.5, minimum=0.0, maximum=1.0, step=0.1, label=mark("Factor"),
        help=mark("What the learning rate is multiplied by each time."),
    )  # fmt: skip

    def factors(self, steps: np.ndarray, total: int) -> np.ndarray:
        """factor^(step / every)."""
        return np.power(self.factor, steps / self.every)
