"""Cosine decay with warm restarts (SGDR: Loshchilov and Hutter 2017, arXiv 1608.03983)."""

from __future__ import annotations

import numpy as np

from nnstudio.core.contracts import Schedule
from nnstudio.core.fields import integer, real
from nnstudio.core.registry import register
from nnstudio.core.text import mark


@register("Cosine.v1")
class Cosine(Schedule):
    """Half a cosine wave down; then, if a period is set, from the top again."""

    label = mark("Cosine, warm restarts")
    help = mark("Falls along a cosine wave, and may begin again from the top.")
    formula = "η(t) = η · (e + (1 − e) ½ (1 + cos(π t / T)))"

    period: int = integer(
        0, minimum=0, maximum=1_000_000_000, label=mark("Period (steps)"),
        help=mark("Steps until the first restart; 0: once over the whole run, if it has an end."),
    )  # fmt: skip
    multiplier: int = integer(
        1, minimum=1, maximum=10, label=mark("Period grows by"),
        help=mark("How many times longer each period is than the one before."),
    )  # fmt: skip
    end: float = real(
        0.0, minimum=0.0, maximum=1.0, step=0.1, label=mark("Final factor"),
        help=mark("The share of the learning rate that remains at the end."),
    )  # fmt: skip

    def factors(self, steps: np.ndarray, total: int) -> np.ndarray:
        """By the place of each step within its period."""
        if self.period == 0:
            if total == 0:
                return np.ones(len(steps))
            place = np.minimum(steps / total, 1.0)
        elif self.multiplier == 1:
            place = steps % self.period / self.period
        else:
            starts, length = [0], self.period
            while len(steps) and starts[-1] + length <= steps.max():
                starts.append(starts[-1] + length)
                length *= self.multiplier
            number = np.searchsorted(starts, steps, side="right") - 1
            lengths = self.period * np.power(self.multiplier, number, dtype=np.float64)
            place = (steps - np.array(starts)[number]) / lengths
        return self.end + (1 - self.end) * 0.5 * (1 + np.cos(np.pi * place))
