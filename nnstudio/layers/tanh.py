"""Tanh: the hyperbolic tangent."""

from __future__ import annotations

import numpy as np

from nnstudio.core.compiled.jit import kernel
from nnstudio.core.compiled.simd import tanh
from nnstudio.core.elementwise import Elementwise
from nnstudio.core.registry import register
from nnstudio.core.text import mark

f32 = np.float32


@kernel
def tanh_forward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, y, numbers an example."""
    x, y, count = row[1], row[2], row[3] * n
    for i in range(count):
        v = mem[x + i]
        mem[y + i] = tanh(v)


@kernel
def tanh_backward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: y, dy, dx, numbers an example."""
    y, dy, dx, count = row[1], row[2], row[3], row[4] * n
    for i in range(count):
        v = mem[y + i]
        mem[dx + i] = mem[dy + i] * (f32(1.0) - v * v)


@register("Tanh.v1")
class Tanh(Elementwise):
    """Squeezes numbers into −1..1."""

    label = mark("Tanh")
    name = "tanh"
    help = mark("Squeezes every number smoothly into −1 to 1.")
    formula = "y = tanh(x)"
    kernels = (tanh_forward, tanh_backward)

    def value(self, x: np.ndarray) -> np.ndarray:
        """tanh x."""
        return np.tanh(x)

    def derivative(self, x: np.ndarray) -> np.ndarray:
        """1 − tanh² x."""
        return 1 - np.tanh(x) ** 2
