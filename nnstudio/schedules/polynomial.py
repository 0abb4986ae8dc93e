"""Polynomial decay: a straight line (power 1) or a curve down to a final learning rate."""

from __future__ import annotations

import numpy as np

from nnstudio.core.contracts import Schedule
from nnstudio.core.fields import integer, real
from nnstudio.core.registry import register
from nnstudio.core.text import mark


@register("Polynomial.v1")
class Polynomial(Schedule):
    """From the learning rate to a share of it, which it then keeps."""

    label = mark("Polynomial decay")
    help = mark("Falls to a final learning rate, along a straight line if the power is 1.")
    formula = "η(t) = η · (e + (1 − e) (1 − t / T)^p)"

    steps: int = integer(
        0, minimum=0, maximum=1_000_000_000, label=mark("Length (steps)"),
        help=mark("0: the whole run, if Epochs sets an end; without one the rate stays."),
    )  # fmt: skip
    power: float = real(
        1.0, minimum=0.1, maximum=10.0, step=0.5, label=mark("Power"),
        help=mark("1 is a straight line; more falls faster at first."),
    )  # fmt: skip
    end: float = real(
        0.0, minimum=0.0, maximum=1.0, step=0.1, label=mark("Final factor"),
        help=mark("The share of the learning rate that remains at the end."),
    )  # fmt: skip

    def factors(self, steps: np.ndarray, total: int) -> np.ndarray:
        """end + (1 − end) (1 − step / steps)^power, and the end from there on."""
        length = self.steps or total
        if length == 0:
            return np.ones(len(steps))
        left = 1 - np.minimum(steps / length, 1.0)
        return self.end + (1 - self.end) * left**self.power
