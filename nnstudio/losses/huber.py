"""Huber's loss: squared for small differences, absolute for large ones (Huber 1964)."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnstudio.core.compiled.jit import kernel
from nnstudio.core.compiled.state import BATCH
from nnstudio.core.contracts import Loss, Plan, Shape
from nnstudio.core.data import Data
from nnstudio.core.fields import real
from nnstudio.core.registry import register
from nnstudio.core.targets import check_numbers
from nnstudio.core.text import mark

f32 = np.float32


@kernel
def huber(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: y (n, size), target (n, size), dy, sums, size, δ's place.

    With c = d cut off at ±δ the loss is c (d − c/2) and its slope c.
    """
    y, t, dy, sums, size, delta = row[1], row[2], row[3], row[4], row[5], mem[row[6]]
    factor = f32(1.0) / f32(state[BATCH] * size)
    total = f32(0.0)
    for i in range(n * size):
        d = mem[y + i] - mem[t + i]
        # A comparison with NaN is false, so a difference that is no number stays one.
        cut = delta if d > delta else -delta if d < -delta else d
        total += cut * (d - f32(0.5) * cut)
        mem[dy + i] = factor * cut
    mem[sums] = total / f32(size)
    mem[sums + 1] = f32(0.0)


@register("Huber.v1")
class Huber(Loss):
    """A parabola that goes on as straight lines beyond ±δ."""

    label = mark("Huber")
    help = mark("Squared for small differences, straight for large ones: outliers pull less.")
    formula = mark("L = mean(|d| ≤ δ: ½ d²;  else δ (|d| − ½ δ)),  d = y − t")
    tasks = ("regression",)

    delta: float = real(
        1.0, minimum=1e-6, maximum=1e6, logarithmic=True, label=mark("δ"),
        help=mark("The difference from which on the loss is a straight line."),
    )  # fmt: skip

    def check(self, output: Shape, data: Data) -> None:
        """One output a target."""
        check_numbers(self.label, output, data)

    def lower(self, plan: Plan, output: Any, target: Any, sums: Any, task: str) -> None:
        """One row."""
        delta = plan.constant(self.delta)
        plan.forward(huber, output, target, output.grad, sums, output.size, delta)

    def value(self, output: np.ndarray, target: np.ndarray, task: str, logits: bool) -> float:
        """In float64."""
        y = np.asarray(output, np.float64).reshape(len(output), -1)
        d = np.abs(y - target)
        return float(np.where(d <= self.delta, d * d / 2, self.delta * (d - self.delta / 2)).mean())
