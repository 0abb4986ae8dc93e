"""Mean absolute error."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnstudio.core.compiled.jit import kernel
from nnstudio.core.compiled.state import BATCH
from nnstudio.core.contracts import Loss, Plan, Shape
from nnstudio.core.data import Data
from nnstudio.core.registry import register
from nnstudio.core.targets import check_numbers
from nnstudio.core.text import mark

f32 = np.float32


@kernel
def mean_absolute(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: y (n, size), target (n, size), dy, sums, size; loss = mean over batch and outputs."""
    y, t, dy, sums, size = row[1], row[2], row[3], row[4], row[5]
    factor = f32(1.0) / f32(state[BATCH] * size)
    total = f32(0.0)
    for i in range(n * size):
        d = mem[y + i] - mem[t + i]
        total += abs(d)
        slope = factor if d > f32(0.0) else -factor
        mem[dy + i] = f32(0.0) if d == f32(0.0) else slope
    mem[sums] = total / f32(size)
    mem[sums + 1] = f32(0.0)


@register("MAE.v1")
class MAE(Loss):
    """The distance between prediction and target; its best constant guess is the median."""

    label = mark("Mean absolute error")
    help = mark("The mean of differences, sign left out; outliers count no more than others.")
    formula = "L = mean(|y − t|)"
    tasks = ("regression",)

    def check(self, output: Shape, data: Data) -> None:
        """One output a target."""
        check_numbers(self.label, output, data)

    def lower(self, plan: Plan, output: Any, target: Any, sums: Any, task: str) -> None:
        """One row."""
        plan.forward(mean_absolute, output, target, output.grad, sums, output.size)

    def value(self, output: np.ndarray, target: np.ndarray, task: str, logits: bool) -> float:
        """In float64."""
        y = np.asarray(output, np.float64).reshape(len(output), -1)
        return float(np.abs(y - target).mean())
