"""Softmax: numbers become probabilities that sum to 1, along the last axis."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnstudio.core.compiled.jit import kernel
from nnstudio.core.compiled.simd import exp
from nnstudio.core.contracts import Activation, Plan, Shape
from nnstudio.core.registry import register
from nnstudio.core.text import mark

f32 = np.float32


@kernel
def softmax_forward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, y, rows an example, numbers a row."""
    x, y, rows, width = row[1], row[2], row[3] * n, row[4]
    for r in range(rows):
        at = x + r * width
        to = y + r * width
        top = mem[at]
        for j in range(1, width):
            top = max(top, mem[at + j])
        for j in range(width):
            mem[to + j] = exp(mem[at + j] - top)
        total = f32(0.0)
        for j in range(width):
            total += mem[to + j]
        inverse = f32(1.0) / total
        for j in range(width):
            mem[to + j] *= inverse


@kernel
def softmax_backward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: y, dy, dx, rows an example, numbers a row; dx = y (dy − Σ dy y)."""
    y, dy, dx, rows, width = row[1], row[2], row[3], row[4] * n, row[5]
    for r in range(rows):
        at = r * width
        dot = f32(0.0)
        for j in range(width):
            dot += mem[dy + at + j] * mem[y + at + j]
        for j in range(width):
            mem[dx + at + j] = mem[y + at + j] * (mem[dy + at + j] - dot)


@register("Softmax.v1")
class Softmax(Activation):
    """The probabilities of exclusive classes."""

    label = mark("Softmax")
    name = "softmax"
    help = mark("Turns numbers into probabilities of exclusive classes, which sum to 1.")
    formula = "y_i = e^(x_i) / Σ_j e^(x_j)"
    examples = (({}, ((5,),)), ({}, ((3, 3, 2),)))

    def value(self, x: np.ndarray) -> np.ndarray:
        """Along the last axis."""
        e = np.exp(x - x.max(axis=-1, keepdims=True))
        return np.asarray(e / e.sum(axis=-1, keepdims=True))

    def derivative(self, x: np.ndarray) -> np.ndarray:
        """By the input of the same place: y (1 − y)."""
        y = self.value(x)
        return y * (1 - y)

    def flops(self, *shapes: Shape) -> int:
        """Exponential, sum and division: three a number."""
        return 3 * int(np.prod(shapes[0]))

    def lower(self, plan: Plan, *inputs: Any) -> Any:
        """One row each way; the loss may take the logits instead."""
        (x,) = inputs
        y = plan.tensor(x.shape)
        y.logits = (self.name, x)
        width = x.shape[-1]
        plan.forward(softmax_forward, x, y, x.size // width, width)
        plan.backward(softmax_backward, y, y.grad, x.grad, x.size // width, width, inputs=(x,))
        return y
