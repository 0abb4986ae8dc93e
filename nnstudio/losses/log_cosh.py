"""The logarithm of the hyperbolic cosine: Huber's loss without a corner or a setting."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnstudio.core.compiled.jit import device, kernel
from nnstudio.core.compiled.simd import exp, log1p, tanh
from nnstudio.core.compiled.state import BATCH
from nnstudio.core.contracts import Loss, Plan, Shape
from nnstudio.core.data import Data
from nnstudio.core.registry import register
from nnstudio.core.targets import check_numbers
from nnstudio.core.text import mark

f32 = np.float32


@device
def log_of_cosh(d):  # type: ignore[no-untyped-def]
    """log(cosh(d)) = |d| + log(1 + e^−2|d|) − log 2, and a series where that would cancel."""
    a = abs(d)
    z = a * a
    small = z * (f32(0.5) - z * (f32(1.0 / 12.0) - z * f32(1.0 / 45.0)))
    large = a + log1p(exp(f32(-2.0) * a)) - f32(0.6931471805599453)
    return small if a < f32(0.1) else large


@kernel
def log_cosh(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: y (n, size), target (n, size), dy, sums, size; the slope is tanh(d)."""
    y, t, dy, sums, size = row[1], row[2], row[3], row[4], row[5]
    factor = f32(1.0) / f32(state[BATCH] * size)
    total = f32(0.0)
    for i in range(n * size):
        d = mem[y + i] - mem[t + i]
        total += log_of_cosh(d)
        mem[dy + i] = factor * tanh(d)
    mem[sums] = total / f32(size)
    mem[sums + 1] = f32(0.0)


@register("LogCosh.v1")
class LogCosh(Loss):
    """About d²/2 for small differences and |d| − log 2 for large ones, smooth everywhere."""

    label = mark("Log-cosh")
    help = mark("Nearly squared for small differences, nearly straight for large ones.")
    formula = "L = mean(log cosh(y − t))"
    tasks = ("regression",)

    def check(self, output: Shape, data: Data) -> None:
        """One output a target."""
        check_numbers(self.label, output, data)

    def lower(self, plan: Plan, output: Any, target: Any, sums: Any, task: str) -> None:
        """One row."""
        plan.forward(log_cosh, output, target, output.grad, sums, output.size)

    def value(self, output: np.ndarray, target: np.ndarray, task: str, logits: bool) -> float:
        """In float64."""
        y = np.asarray(output, np.float64).reshape(len(output), -1)
        d = np.abs(y - target)
        return float((d + np.log1p(np.exp(-2 * d)) - np.log(2)).mean())
