"""GELU: the Gaussian error linear unit, exact (Hendrycks and Gimpel 2016)."""

from __future__ import annotations

import math

import numpy as np

from nnstudio.core.compiled.jit import kernel
from nnstudio.core.compiled.simd import erf, exp
from nnstudio.core.elementwise import Elementwise
from nnstudio.core.registry import register
from nnstudio.core.text import mark

f32 = np.float32
HALF_ROOT = 0.7071067811865476  # 1 / √2
PEAK = 0.3989422804014327  # 1 / √(2 π), the density at 0


@kernel
def gelu_forward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, y, numbers an example."""
    x, y, count = row[1], row[2], row[3] * n
    for i in range(count):
        v = mem[x + i]
        mem[y + i] = v * f32(0.5) * (f32(1.0) + erf(v * f32(HALF_ROOT)))


@kernel
def gelu_backward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, dy, dx, numbers an example."""
    x, dy, dx, count = row[1], row[2], row[3], row[4] * n
    for i in range(count):
        v = mem[x + i]
        below = f32(0.5) * (f32(1.0) + erf(v * f32(HALF_ROOT)))
        density = f32(PEAK) * exp(f32(-0.5) * v * v)
        mem[dx + i] = mem[dy + i] * (below + v * density)


@register("GELU.v1")
class GELU(Elementwise):
    """Each number times the share of a normal distribution that lies below it."""

    label = mark("GELU")
    name = "gelu"
    help = mark("A smooth ReLU: each number times the probability that a normal one is smaller.")
    formula = "y = x Φ(x) = x (1 + erf(x / √2)) / 2"
    kernels = (gelu_forward, gelu_backward)
    keeps = "x"
    cost = 4
    initial_weights = "he_uniform"

    def value(self, x: np.ndarray) -> np.ndarray:
        """x Φ(x)."""
        return x * self._below(x)

    def derivative(self, x: np.ndarray) -> np.ndarray:
        """Φ(x) + x φ(x)."""
        return self._below(x) + x * PEAK * np.exp(-0.5 * x * x)

    @staticmethod
    def _below(x: np.ndarray) -> np.ndarray:
        return 0.5 * (1 + np.vectorize(math.erf, otypes=[np.float64])(x * HALF_ROOT))
