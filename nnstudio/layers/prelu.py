"""PReLU: a leaky ReLU whose slopes are learned (He et al. 2015)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nnstudio.core.compiled.jit import kernel
from nnstudio.core.contracts import Layer, Parameter, Plan, Shape
from nnstudio.core.ops import Op, Slope
from nnstudio.core.registry import register
from nnstudio.core.text import mark

f32 = np.float32


@kernel
def prelu_forward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, slope, y, rows an example, channels."""
    x, slope, y, rows, channels = row[1], row[2], row[3], row[4] * n, row[5]
    for r in range(rows):
        at = r * channels
        for c in range(channels):
            v = mem[x + at + c]
            mem[y + at + c] = v if v > f32(0.0) else v * mem[slope + c]


@kernel
def prelu_backward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, slope, dy, dx or −1, dslope, rows an example, channels."""
    x, slope, dy, dx, dslope = row[1], row[2], row[3], row[4], row[5]
    rows, channels = row[6] * n, row[7]
    for c in range(channels):
        mem[dslope + c] = f32(0.0)
    for r in range(rows):
        at = r * channels
        for c in range(channels):
            mem[dslope + c] += mem[dy + at + c] * min(mem[x + at + c], f32(0.0))
    if dx >= 0:
        for r in range(rows):
            at = r * channels
            for c in range(channels):
                d = mem[dy + at + c]
                mem[dx + at + c] = d if mem[x + at + c] > f32(0.0) else d * mem[slope + c]


@register("PReLU.v1")
class PReLU(Layer):
    """Below zero each channel has a slope of its own, which is learned."""

    label = mark("PReLU")
    group = mark("Activations")
    help = mark("A leaky ReLU that learns for each channel how much goes through below zero.")
    formula = mark("y = x where x > 0, else a x; a is learned")
    examples = (({}, ((5,),)), ({}, ((3, 4, 3),)), ({}, ((2, 2, 17),)))

    def parameters(self, *shapes: Shape) -> tuple[Parameter, ...]:
        """slope (channels,); it begins as a plain ReLU, as in Keras."""
        return (Parameter("slope", (shapes[0][-1],), "zeros"),)

    def flops(self, *shapes: Shape) -> int:
        """One a number."""
        return math.prod(shapes[0])

    def operations(self, *shapes: Shape) -> tuple[Op, ...]:
        """One."""
        return (Slope(),)

    def lower(self, plan: Plan, *inputs: Any) -> Any:
        """One row each way."""
        (x,) = inputs
        channels = x.shape[-1]
        rows = x.size // channels
        slope, y = plan.parameter("slope"), plan.tensor(x.shape)
        plan.forward(prelu_forward, x, slope, y, rows, channels)
        plan.backward(
            prelu_backward, x, slope, y.grad, x.grad, slope.grad, rows, channels, inputs=(x,)
        )
        return y
