"""Leaky ReLU: a ReLU that lets a little through below zero (Maas et al. 2013)."""

from __future__ import annotations

import numpy as np

from nnstudio.core.compiled.jit import kernel
from nnstudio.core.elementwise import Elementwise
from nnstudio.core.fields import real
from nnstudio.core.registry import register
from nnstudio.core.text import mark

f32 = np.float32


@kernel
def leaky_relu_forward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, y, numbers an example, slope's place."""
    x, y, count = row[1], row[2], row[3] * n
    slope = mem[row[4]]
    for i in range(count):
        v = mem[x + i]
        mem[y + i] = v if v > f32(0.0) else v * slope


@kernel
def leaky_relu_backward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: y, dy, dx, numbers an example, slope's place."""
    y, dy, dx, count = row[1], row[2], row[3], row[4] * n
    slope = mem[row[5]]
    for i in range(count):
        v = mem[y + i]
        mem[dx + i] = mem[dy + i] if v > f32(0.0) else mem[dy + i] * slope


@register("LeakyReLU.v1")
class LeakyReLU(Elementwise):
    """Negative inputs are scaled down instead of cut off."""

    label = mark("Leaky ReLU")
    name = "leaky_relu"
    help = mark("Like ReLU, but a little of what is below zero goes through, so no unit dies.")
    formula = mark("y = x where x > 0, else a x")
    kernels = (leaky_relu_forward, leaky_relu_backward)
    settings = ("slope",)
    initial_weights = "he_uniform"
    examples = (({}, ((5,),)), ({"slope": 0.01}, ((3, 3, 2),)), ({"slope": 0.0}, ((4,),)))

    # The default is that of the function of this name in Keras.
    slope: float = real(
        0.2, minimum=0.0, maximum=1.0, step=0.05, label=mark("Slope"),
        help=mark("The factor for numbers below zero."),
    )  # fmt: skip

    def value(self, x: np.ndarray) -> np.ndarray:
        """x above zero, slope · x elsewhere."""
        return np.where(x > 0, x, self.slope * x)

    def derivative(self, x: np.ndarray) -> np.ndarray:
        """1 above zero, the slope elsewhere."""
        return np.where(x > 0, 1.0, self.slope)
