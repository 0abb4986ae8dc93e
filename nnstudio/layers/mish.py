"""Mish: each number times tanh of its softplus (Misra 2019)."""

from __future__ import annotations

import numpy as np

from nnstudio.core.compiled.jit import kernel
from nnstudio.core.compiled.simd import exp
from nnstudio.core.elementwise import Elementwise
from nnstudio.core.registry import register
from nnstudio.core.text import mark

f32 = np.float32


@kernel
def mish_forward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, y, numbers an example."""
    x, y, count = row[1], row[2], row[3] * n
    for i in range(count):
        v = mem[x + i]
        # tanh(softplus(v)) = m / (m + 2) with m = e (e + 2), e = e^v; it is 1 from v = 20 on.
        e = exp(min(v, f32(20.0)))
        m = e * (e + f32(2.0))
        mem[y + i] = v * (m / (m + f32(2.0)))


@kernel
def mish_backward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, dy, dx, numbers an example."""
    x, dy, dx, count = row[1], row[2], row[3], row[4] * n
    for i in range(count):
        v = mem[x + i]
        e = exp(min(v, f32(20.0)))
        m = e * (e + f32(2.0))
        t = f32(1.0) / (m + f32(2.0))
        slope = m * t + v * (f32(4.0) * e * (e + f32(1.0)) * t * t)
        mem[dx + i] = mem[dy + i] * slope


@register("Mish.v1")
class Mish(Elementwise):
    """A smooth ReLU with a shallow dip below zero."""

    label = mark("Mish")
    name = "mish"
    help = mark("A smooth ReLU that dips a little below zero.")
    formula = "y = x tanh(ln(1 + e^x))"
    kernels = (mish_forward, mish_backward)
    keeps = "x"
    cost = 4
    initial_weights = "he_uniform"

    def value(self, x: np.ndarray) -> np.ndarray:
        """x tanh(softplus(x))."""
        return x * np.tanh(np.logaddexp(0, x))

    def derivative(self, x: np.ndarray) -> np.ndarray:
        """t + x (1 − t²) σ(x), t = tanh(softplus(x))."""
        t = np.tanh(np.logaddexp(0, x))
        return t + x * (1 - t * t) * 0.5 * (1 + np.tanh(0.5 * x))
