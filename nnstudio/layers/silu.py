"""SiLU: the sigmoid-weighted linear unit, also called Swish (Elfwing et al. 2017)."""

from __future__ import annotations

import numpy as np

from nnstudio.core.compiled.jit import kernel
from nnstudio.core.compiled.simd import sigmoid
from nnstudio.core.elementwise import Elementwise
from nnstudio.core.registry import register
from nnstudio.core.text import mark

f32 = np.float32


@kernel
def silu_forward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, y, numbers an example."""
    x, y, count = row[1], row[2], row[3] * n
    for i in range(count):
        v = mem[x + i]
        mem[y + i] = v * sigmoid(v)


@kernel
def silu_backward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, dy, dx, numbers an example."""
    x, dy, dx, count = row[1], row[2], row[3], row[4] * n
    for i in range(count):
        v = mem[x + i]
        s = sigmoid(v)
        mem[dx + i] = mem[dy + i] * s * (f32(1.0) + v * (f32(1.0) - s))


@register("SiLU.v1")
class SiLU(Elementwise):
    """Each number times its own sigmoid."""

    label = mark("SiLU")
    name = "silu"
    help = mark("Each number times its sigmoid: a smooth ReLU, also called Swish.")
    formula = "y = x / (1 + e^−x)"
    kernels = (silu_forward, silu_backward)
    keeps = "x"
    cost = 2
    initial_weights = "he_uniform"

    def value(self, x: np.ndarray) -> np.ndarray:
        """x σ(x)."""
        return x * 0.5 * (1 + np.tanh(0.5 * x))

    def derivative(self, x: np.ndarray) -> np.ndarray:
        """σ (1 + x (1 − σ))."""
        s = 0.5 * (1 + np.tanh(0.5 * x))
        return s * (1 + x * (1 - s))
