"""Reduce on plateau: the learning rate falls when the validation loss no longer does."""

from __future__ import annotations

import math

import numpy as np

from nnstudio.core.contracts import Schedule
from nnstudio.core.fields import integer, real
from nnstudio.core.registry import register
from nnstudio.core.text import mark


@register("ReduceOnPlateau.v1")
class ReduceOnPlateau(Schedule):
    """Watches the validation loss after every epoch (after Keras' ReduceLROnPlateau).

    It remembers the factor so far, the best loss, and the epochs since it (−1: none seen yet).
    """

    label = mark("Reduce on plateau")
    help = mark("Lowers the learning rate when the validation loss stops falling.")
    formula = mark("no better loss for p epochs:  η ← γ η")
    observes = True
    start = (1.0, 0.0, -1.0)

    factor: float = real(
        0.5, minimum=0.0, maximum=1.0, step=0.1, label=mark("Factor"),
        help=mark("What the learning rate is multiplied by each time."),
    )  # fmt: skip
    patience: int = integer(
        10, minimum=1, maximum=1_000_000, label=mark("Patience (epochs)"),
        help=mark("Epochs without a better validation loss before the rate falls."),
    )  # fmt: skip
    threshold: float = real(
        0.0001, minimum=0.0, maximum=1.0, logarithmic=True, label=mark("Least improvement"),
        help=mark("The share of the best loss that a better one must be below it."),
    )  # fmt: skip
    least: float = real(
        0.0001, minimum=0.0, maximum=1.0, logarithmic=True, label=mark("Least factor"),
        help=mark("The learning rate falls no further than to this share of it."),
    )  # fmt: skip

    def factors(self, steps: np.ndarray, total: int) -> np.ndarray:
        """1 at every step: what changes is what ``observe`` remembers."""
        return np.ones(len(steps))

    def observe(self, memory: tuple[float, ...], loss: float) -> tuple[float, ...]:
        """Count the epochs since the best loss; a loss that is no number is not better."""
        factor, best, waited = memory
        if waited < 0:
            return (factor, loss, 0.0) if math.isfinite(loss) else memory
        if loss < best - self.threshold * abs(best):
            return (factor, loss, 0.0)
        if waited + 1 < self.patience:
            return (factor, best, waited + 1)
        return (max(self.least, factor * self.factor), best, 0.0)
