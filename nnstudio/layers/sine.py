"""Sine: a periodic activation (Sitzmann et al. 2020)."""

from __future__ import annotations

import numpy as np

from nnstudio.core.compiled.jit import kernel
from nnstudio.core.compiled.simd import cos, sin
from nnstudio.core.elementwise import Elementwise
from nnstudio.core.registry import register
from nnstudio.core.text import mark

f32 = np.float32


@kernel
def sine_forward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, y, numbers an example."""
    x, y, count = row[1], row[2], row[3] * n
    for i in range(count):
        v = mem[x + i]
        mem[y + i] = sin(v)


@kernel
def sine_backward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, dy, dx, numbers an example."""
    x, dy, dx, count = row[1], row[2], row[3], row[4] * n
    for i in range(count):
        v = mem[x + i]
        mem[dx + i] = mem[dy + i] * cos(v)


@register("Sine.v1")
class Sine(Elementwise):
    """Waves; with few units it fits what repeats."""

    label = mark("Sine")
    name = "sine"
    help = mark("A wave: suits data that repeats, and fine detail in images.")
    formula = "y = sin(x)"
    kernels = (sine_forward, sine_backward)
    keeps = "x"

    def value(self, x: np.ndarray) -> np.ndarray:
        """sin x."""
        return np.sin(x)

    def derivative(self, x: np.ndarray) -> np.ndarray:
        """cos x."""
        return np.cos(x)
