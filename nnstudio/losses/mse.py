"""Mean squared error."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnstudio.core.compiled.jit import kernel
from nnstudio.core.compiled.state import BATCH
from nnstudio.core.contracts import Loss, Plan, Shape
from nnstudio.core.data import Data
from nnstudio.core.registry import register
from nnstudio.core.targets import check_values, one_hot
from nnstudio.core.text import mark

f32 = np.float32


@kernel
def mse_values(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: y (n, size), target (n, size), dy, sums, size; loss = mean over batch and outputs."""
    y, t, dy, sums, size = row[1], row[2], row[3], row[4], row[5]
    factor = f32(2.0) / f32(state[BATCH] * size)
    total = f32(0.0)
    for i in range(n * size):
        d = mem[y + i] - mem[t + i]
        total += d * d
        mem[dy + i] = factor * d
    mem[sums] = total / f32(size)
    mem[sums + 1] = f32(0.0)


@kernel
def mse_classes(mem, row, n, state):  # type: ignore[no-untyped-def]
    """The same against one-hot classes: row as above, target holds class numbers (n, 1)."""
    y, t, dy, sums, size = row[1], row[2], row[3], row[4], row[5]
    factor = f32(2.0) / f32(state[BATCH] * size)
    total = f32(0.0)
    right = 0
    for i in range(n):
        wanted = np.int64(mem[t + i])
        at = i * size
        best = 0
        for j in range(size):
            v = mem[y + at + j]
            goal = f32(1.0) if j == wanted else f32(0.0)
            if size == 1:
                goal = mem[t + i]
            d = v - goal
            total += d * d
            mem[dy + at + j] = factor * d
            if v > mem[y + at + best]:
                best = j
        if size == 1:
            best = 1 if mem[y + at] > f32(0.5) else 0
        right += 1 if best == wanted else 0
    mem[sums] = total / f32(size)
    mem[sums + 1] = f32(right)


@register("MSE.v1")
class MSE(Loss):
    """The squared distance between prediction and target."""

    label = mark("Mean squared error")
    help = mark("The mean of squared differences; large errors count most. For regression.")
    formula = "L = mean((y − t)²)"
    tasks = ("regression", "classification")

    def check(self, output: Shape, data: Data) -> None:
        """The output must have as many numbers as there are targets."""
        classes = len(data.classes)
        if data.task == "regression" or output != (classes,):
            check_values(output, data)

    def lower(self, plan: Plan, output: Any, target: Any, sums: Any, task: str) -> None:
        """One row; targets are values, or class numbers."""
        kernel_ = mse_values if task == "regression" else mse_classes
        plan.forward(kernel_, output, target, output.grad, sums, output.size)

    def value(self, output: np.ndarray, target: np.ndarray, task: str, logits: bool) -> float:
        """In float64."""
        y = np.asarray(output, np.float64).reshape(len(output), -1)
        t = np.asarray(target, np.float64)
        if task == "classification" and y.shape[1] > 1:
            t = one_hot(t, y.shape[1])
        return float(((y - t) ** 2).mean())
