"""SELU: an ELU scaled so that activations normalise themselves (Klambauer et al. 2017)."""

from __future__ import annotations

import numpy as np

from nnstudio.core.compiled.jit import kernel
from nnstudio.core.compiled.simd import expm1
from nnstudio.core.elementwise import Elementwise
from nnstudio.core.registry import register
from nnstudio.core.text import mark

f32 = np.float32
#: The fixed point of mean 0 and variance 1 (Klambauer et al. 2017, equation 14).
ALPHA = 1.6732632423543772
SCALE = 1.0507009873554805


@kernel
def selu_forward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, y, numbers an example."""
    x, y, count = row[1], row[2], row[3] * n
    for i in range(count):
        v = mem[x + i]
        low = f32(SCALE * ALPHA) * expm1(min(v, f32(0.0)))
        mem[y + i] = f32(SCALE) * v if v > f32(0.0) else low


@kernel
def selu_backward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: y, dy, dx, numbers an example."""
    y, dy, dx, count = row[1], row[2], row[3], row[4] * n
    for i in range(count):
        v = mem[y + i]
        slope = f32(SCALE) if v > f32(0.0) else v + f32(SCALE * ALPHA)
        mem[dx + i] = mem[dy + i] * slope


@register("SELU.v1")
class SELU(Elementwise):
    """Keeps mean 0 and variance 1 from layer to layer."""

    label = mark("SELU")
    name = "selu"
    help = mark("A scaled ELU: through many layers, means stay near 0 and variances near 1.")
    formula = mark("y = s x where x > 0, else s a (e^x − 1)")
    kernels = (selu_forward, selu_backward)
    cost = 3
    initial_weights = "lecun_normal"

    def value(self, x: np.ndarray) -> np.ndarray:
        """s x above zero, s a (e^x − 1) elsewhere."""
        return SCALE * np.where(x > 0, x, ALPHA * np.expm1(np.minimum(x, 0)))

    def derivative(self, x: np.ndarray) -> np.ndarray:
        """s above zero, s a e^x elsewhere."""
        return SCALE * np.where(x > 0, 1.0, ALPHA * np.exp(np.minimum(x, 0)))
