"""Softsign: like tanh, but it approaches its limits more slowly (Turian et al. 2009)."""

from __future__ import annotations

import numpy as np

from nnstudio.core.compiled.jit import kernel
from nnstudio.core.elementwise import Elementwise
from nnstudio.core.registry import register
from nnstudio.core.text import mark

f32 = np.float32


@kernel
def softsign_forward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, y, numbers an example."""
    x, y, count = row[1], row[2], row[3] * n
    for i in range(count):
        v = mem[x + i]
        mem[y + i] = v / (f32(1.0) + abs(v))


@kernel
def softsign_backward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, dy, dx, numbers an example."""
    x, dy, dx, count = row[1], row[2], row[3], row[4] * n
    for i in range(count):
        v = mem[x + i]
        scale = f32(1.0) / (f32(1.0) + abs(v))
        mem[dx + i] = mem[dy + i] * scale * scale


@register("Softsign.v1")
class Softsign(Elementwise):
    """Squeezes numbers into −1..1 without an exponential."""

    label = mark("Softsign")
    name = "softsign"
    help = mark("Squeezes numbers into −1 to 1 like tanh, but nears the limits more slowly.")
    formula = "y = x / (1 + |x|)"
    kernels = (softsign_forward, softsign_backward)
    keeps = "x"
    cost = 2

    def value(self, x: np.ndarray) -> np.ndarray:
        """x / (1 + |x|)."""
        return x / (1 + np.abs(x))

    def derivative(self, x: np.ndarray) -> np.ndarray:
        """1 / (1 + |x|)²."""
        return 1 / (1 + np.abs(x)) ** 2
