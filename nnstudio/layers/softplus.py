"""Softplus: a smooth ReLU (Dugas et al. 2001)."""

from __future__ import annotations

import numpy as np

from nnstudio.core.compiled.jit import kernel
from nnstudio.core.compiled.simd import sigmoid, softplus
from nnstudio.core.elementwise import Elementwise
from nnstudio.core.registry import register
from nnstudio.core.text import mark

f32 = np.float32


@kernel
def softplus_forward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, y, numbers an example."""
    x, y, count = row[1], row[2], row[3] * n
    for i in range(count):
        v = mem[x + i]
        mem[y + i] = softplus(v)


@kernel
def softplus_backward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, dy, dx, numbers an example."""
    x, dy, dx, count = row[1], row[2], row[3], row[4] * n
    for i in range(count):
        v = mem[x + i]
        mem[dx + i] = mem[dy + i] * sigmoid(v)


@register("Softplus.v1")
class Softplus(Elementwise):
    """Close to 0 far below zero, close to x far above."""

    label = mark("Softplus")
    name = "softplus"
    help = mark("A smooth ReLU whose output is always positive.")
    formula = "y = ln(1 + e^x)"
    kernels = (softplus_forward, softplus_backward)
    keeps = "x"
    cost = 2
    initial_weights = "he_uniform"

    def value(self, x: np.ndarray) -> np.ndarray:
        """ln(1 + e^x), without overflow."""
        return np.logaddexp(0, x)

    def derivative(self, x: np.ndarray) -> np.ndarray:
        """The sigmoid."""
        return 0.5 * (1 + np.tanh(0.5 * x))
