"""Hard swish: SiLU in cheap pieces (Howard et al. 2019, MobileNetV3)."""

from __future__ import annotations

import numpy as np

from nnstudio.core.compiled.jit import kernel
from nnstudio.core.elementwise import Elementwise
from nnstudio.core.registry import register
from nnstudio.core.text import mark

f32 = np.float32


@kernel
def hard_swish_forward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, y, numbers an example."""
    x, y, count = row[1], row[2], row[3] * n
    for i in range(count):
        v = mem[x + i]
        t = v * f32(1.0 / 6.0) + f32(0.5)
        t = f32(0.0) if t < f32(0.0) else t
        t = f32(1.0) if t > f32(1.0) else t
        mem[y + i] = v * t


@kernel
def hard_swish_backward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, dy, dx, numbers an example."""
    x, dy, dx, count = row[1], row[2], row[3], row[4] * n
    for i in range(count):
        v = mem[x + i]
        slope = v * f32(1.0 / 3.0) + f32(0.5)
        slope = f32(0.0) if v <= f32(-3.0) else slope
        slope = f32(1.0) if v >= f32(3.0) else slope
        mem[dx + i] = mem[dy + i] * slope


@register("HardSwish.v1")
class HardSwish(Elementwise):
    """Each number times its hard sigmoid."""

    label = mark("Hard swish")
    name = "hard_swish"
    help = mark("Each number times its hard sigmoid: a cheap SiLU, made for phones.")
    formula = "y = x min(max(x + 3, 0), 6) / 6"
    kernels = (hard_swish_forward, hard_swish_backward)
    keeps = "x"
    cost = 3
    initial_weights = "he_uniform"

    def value(self, x: np.ndarray) -> np.ndarray:
        """x relu6(x + 3) / 6."""
        return x * np.clip(x + 3, 0, 6) / 6

    def derivative(self, x: np.ndarray) -> np.ndarray:
        """0 below −3, 1 above 3, x/3 + 1/2 between."""
        return np.where(x <= -3, 0.0, np.where(x >= 3, 1.0, x / 3 + 0.5))
