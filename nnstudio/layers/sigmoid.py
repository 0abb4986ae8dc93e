"""Sigmoid: the logistic function."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnstudio.core.compiled.jit import kernel
from nnstudio.core.compiled.simd import sigmoid
from nnstudio.core.contracts import Plan
from nnstudio.core.elementwise import Elementwise
from nnstudio.core.registry import register
from nnstudio.core.text import mark

f32 = np.float32


@kernel
def sigmoid_forward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, y, numbers an example."""
    x, y, count = row[1], row[2], row[3] * n
    for i in range(count):
        v = mem[x + i]
        mem[y + i] = sigmoid(v)


@kernel
def sigmoid_backward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: y, dy, dx, numbers an example."""
    y, dy, dx, count = row[1], row[2], row[3], row[4] * n
    for i in range(count):
        v = mem[y + i]
        mem[dx + i] = mem[dy + i] * v * (f32(1.0) - v)


@register("Sigmoid.v1")
class Sigmoid(Elementwise):
    """Squeezes numbers into 0..1."""

    label = mark("Sigmoid")
    name = "sigmoid"
    help = mark("Squeezes every number smoothly into 0 to 1: the probability of one class.")
    formula = "y = 1 / (1 + e^−x)"
    kernels = (sigmoid_forward, sigmoid_backward)

    def value(self, x: np.ndarray) -> np.ndarray:
        """1 / (1 + e^−x), without overflow."""
        return 0.5 * (1 + np.tanh(0.5 * x))

    def derivative(self, x: np.ndarray) -> np.ndarray:
        """y (1 − y)."""
        y = self.value(x)
        return y * (1 - y)

    def lower(self, plan: Plan, *inputs: Any) -> Any:
        """One row each way; the loss may take the logits instead."""
        y = super().lower(plan, *inputs)
        y.logits = (self.name, inputs[0])
        return y
