"""ELU: the exponential linear unit (Clevert et al. 2015)."""

from __future__ import annotations

import numpy as np

from nnstudio.core.compiled.jit import kernel
from nnstudio.core.compiled.simd import expm1
from nnstudio.core.elementwise import Elementwise
from nnstudio.core.fields import real
from nnstudio.core.registry import register
from nnstudio.core.text import mark

f32 = np.float32


@kernel
def elu_forward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, y, numbers an example, alpha's place."""
    x, y, count = row[1], row[2], row[3] * n
    alpha = mem[row[4]]
    for i in range(count):
        v = mem[x + i]
        low = alpha * expm1(min(v, f32(0.0)))
        mem[y + i] = v if v > f32(0.0) else low


@kernel
def elu_backward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: y, dy, dx, numbers an example, alpha's place."""
    y, dy, dx, count = row[1], row[2], row[3], row[4] * n
    alpha = mem[row[5]]
    for i in range(count):
        v = mem[y + i]
        mem[dx + i] = mem[dy + i] if v > f32(0.0) else mem[dy + i] * (v + alpha)


@register("ELU.v1")
class ELU(Elementwise):
    """Below zero it bends smoothly towards −alpha."""

    label = mark("ELU")
    name = "elu"
    help = mark("Like ReLU, but bends smoothly to a negative limit, which keeps means near zero.")
    formula = mark("y = x where x > 0, else a (e^x − 1)")
    kernels = (elu_forward, elu_backward)
    settings = ("alpha",)
    cost = 2
    initial_weights = "he_uniform"
    examples = (({}, ((5,),)), ({"alpha": 0.5}, ((3, 3, 2),)), ({"alpha": 0.0}, ((4,),)))

    alpha: float = real(
        1.0, minimum=0.0, maximum=10.0, step=0.1, label=mark("Alpha"),
        help=mark("Far below zero the output approaches minus this."),
    )  # fmt: skip

    def value(self, x: np.ndarray) -> np.ndarray:
        """x above zero, alpha (e^x − 1) elsewhere."""
        return np.where(x > 0, x, self.alpha * np.expm1(np.minimum(x, 0)))

    def derivative(self, x: np.ndarray) -> np.ndarray:
        """1 above zero, alpha e^x elsewhere."""
        return np.where(x > 0, 1.0, self.alpha * np.exp(np.minimum(x, 0)))
