"""Hard sigmoid: the sigmoid in three straight pieces (Keras 3 and PyTorch define it so)."""

from __future__ import annotations

import numpy as np

from nnstudio.core.compiled.jit import kernel
from nnstudio.core.elementwise import Elementwise
from nnstudio.core.registry import register
from nnstudio.core.text import mark

f32 = np.float32


@kernel
def hard_sigmoid_forward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, y, numbers an example."""
    x, y, count = row[1], row[2], row[3] * n
    for i in range(count):
        v = mem[x + i]
        t = v * f32(1.0 / 6.0) + f32(0.5)
        t = f32(0.0) if t < f32(0.0) else t  # NaN goes through
        mem[y + i] = f32(1.0) if t > f32(1.0) else t


@kernel
def hard_sigmoid_backward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: y, dy, dx, numbers an example."""
    y, dy, dx, count = row[1], row[2], row[3], row[4] * n
    for i in range(count):
        v = mem[y + i]
        inside = v > f32(0.0) and v < f32(1.0)
        mem[dx + i] = mem[dy + i] * f32(1.0 / 6.0) if inside else f32(0.0)


@register("HardSigmoid.v1")
class HardSigmoid(Elementwise):
    """0 up to −3, 1 from 3 on, a straight line between."""

    label = mark("Hard sigmoid")
    name = "hard_sigmoid"
    help = mark("The sigmoid in three straight pieces: cheap, and exactly 0 or 1 far out.")
    formula = "y = min(max(x + 3, 0), 6) / 6"
    kernels = (hard_sigmoid_forward, hard_sigmoid_backward)
    cost = 2

    def value(self, x: np.ndarray) -> np.ndarray:
        """relu6(x + 3) / 6."""
        return np.clip(x + 3, 0, 6) / 6

    def derivative(self, x: np.ndarray) -> np.ndarray:
        """1/6 within ±3, 0 outside."""
        return np.where(np.abs(x) < 3, 1 / 6, 0.0)
