"""ReLU: the rectified linear unit (Nair and Hinton 2010)."""

from __future__ import annotations

import numpy as np

from nnstudio.core.compiled.jit import kernel
from nnstudio.core.elementwise import Elementwise
from nnstudio.core.registry import register
from nnstudio.core.text import mark

f32 = np.float32


@kernel
def relu_forward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, y, numbers an example."""
    x, y, count = row[1], row[2], row[3] * n
    for i in range(count):
        v = mem[x + i]
        mem[y + i] = f32(0.0) if v < f32(0.0) else v  # NaN goes through


@kernel
def relu_backward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: y, dy, dx, numbers an example."""
    y, dy, dx, count = row[1], row[2], row[3], row[4] * n
    for i in range(count):
        v = mem[y + i]
        mem[dx + i] = mem[dy + i] if v > f32(0.0) else f32(0.0)


@register("ReLU.v1")
class ReLU(Elementwise):
    """Negative inputs become zero."""

    label = mark("ReLU")
    name = "relu"
    help = mark("Cuts off everything below zero; cheap, and its gradient does not fade.")
    formula = "y = max(0, x)"
    kernels = (relu_forward, relu_backward)
    initial_weights = "he_uniform"

    def value(self, x: np.ndarray) -> np.ndarray:
        """max(0, x)."""
        return np.maximum(x, 0)

    def derivative(self, x: np.ndarray) -> np.ndarray:
        """1 above zero, 0 elsewhere."""
        return (x > 0).astype(x.dtype)
