"""LayerNorm: each example gets mean 0 and variance 1 by itself (Ba, Kiros and Hinton 2016)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nnstudio.core.compiled.jit import kernel
from nnstudio.core.contracts import Layer, Parameter, Plan, Shape
from nnstudio.core.fields import choice, real
from nnstudio.core.ops import ExampleNorm, Op
from nnstudio.core.registry import register
from nnstudio.core.text import mark

f32 = np.float32


@kernel
def layer_norm_forward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, scale, shift, y, kept (mean and 1/deviation a row), rows an example, numbers a row,
    ε's place."""
    x, scale, shift, y, kept = row[1], row[2], row[3], row[4], row[5]
    rows, width, epsilon = row[6] * n, row[7], mem[row[8]]
    share = f32(1.0) / f32(width)
    for r in range(rows):
        at = r * width
        total = f32(0.0)
        for j in range(width):
            total += mem[x + at + j]
        mean = total * share
        squares = f32(0.0)
        for j in range(width):
            d = mem[x + at + j] - mean
            squares += d * d
        inverse = f32(1.0) / np.sqrt(squares * share + epsilon)
        for j in range(width):
            normal = (mem[x + at + j] - mean) * inverse
            mem[y + at + j] = normal * mem[scale + j] + mem[shift + j]
        mem[kept + 2 * r] = mean
        mem[kept + 2 * r + 1] = inverse


@kernel
def layer_norm_backward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, scale, dy, dx or −1, dscale, dshift, kept, rows an example, numbers a row.

    With g = scale · dy and x̂ the normalised x: dx = (g − mean g − x̂ mean(g x̂)) / deviation.
    """
    x, scale, dy, dx, dscale, dshift = row[1], row[2], row[3], row[4], row[5], row[6]
    kept, rows, width = row[7], row[8] * n, row[9]
    share = f32(1.0) / f32(width)
    for j in range(width):
        mem[dscale + j] = f32(0.0)
        mem[dshift + j] = f32(0.0)
    for r in range(rows):
        at = r * width
        mean, inverse = mem[kept + 2 * r], mem[kept + 2 * r + 1]
        for j in range(width):
            d = mem[dy + at + j]
            mem[dscale + j] += d * (mem[x + at + j] - mean) * inverse
            mem[dshift + j] += d
        if dx >= 0:
            sum_g = f32(0.0)
            sum_gx = f32(0.0)
            for j in range(width):
                g = mem[dy + at + j] * mem[scale + j]
                sum_g += g
                sum_gx += g * (mem[x + at + j] - mean)
            low = sum_g * share
            slope = sum_gx * share * inverse * inverse
            for j in range(width):
                g = mem[dy + at + j] * mem[scale + j]
                mem[dx + at + j] = (g - low - (mem[x + at + j] - mean) * slope) * inverse


@register("LayerNorm.v1")
class LayerNorm(Layer):
    """Normalises each example over its own numbers, then scales and shifts by learned ones."""

    label = mark("Layer norm")
    group = mark("Normalization")
    help = mark("Gives each example mean 0 and spread 1 by itself, whatever the batch.")
    formula = mark("y = γ (x − mean) / √(variance + ε) + β")
    examples = (
        ({}, ((5,),)),
        ({"epsilon": 1e-5}, ((3, 4, 17),)),
        ({"axes": "all"}, ((3, 2, 3),)),
        ({"axes": "all", "epsilon": 0.1}, ((9,),)),
    )

    axes: str = choice(
        "last", ("last", "all"), label=mark("Axes"),
        help=mark("Over the last axis alone (the channels), or over all numbers of an example."),
        labels={"last": mark("last axis"), "all": mark("all axes")},
    )  # fmt: skip
    epsilon: float = real(
        1e-3, minimum=1e-8, maximum=1.0, logarithmic=True, label=mark("ε"),
        help=mark("Keeps the division finite."),
    )  # fmt: skip

    def parameters(self, *shapes: Shape) -> tuple[Parameter, ...]:
        """scale and shift, of the shape that is normalised over."""
        shape = shapes[0] if self.axes == "all" else shapes[0][-1:]
        return (Parameter("scale", shape, "ones"), Parameter("shift", shape, "zeros"))

    def flops(self, *shapes: Shape) -> int:
        """Mean one, variance three, the rest four a number."""
        return 8 * math.prod(shapes[0])

    def operations(self, *shapes: Shape) -> tuple[Op, ...]:
        """One."""
        axes = len(shapes[0]) if self.axes == "all" else 1
        return (ExampleNorm(axes, self.epsilon),)

    def lower(self, plan: Plan, *inputs: Any) -> Any:
        """One row each way."""
        (x,) = inputs
        width = x.size if self.axes == "all" else x.shape[-1]
        rows = x.size // width
        scale, shift = plan.parameter("scale"), plan.parameter("shift")
        y, kept = plan.tensor(x.shape), plan.scratch(2 * rows)
        epsilon = plan.constant(self.epsilon)
        plan.forward(layer_norm_forward, x, scale, shift, y, kept, rows, width, epsilon)
        plan.backward(
            layer_norm_backward, x, scale, y.grad, x.grad, scale.grad, shift.grad, kept, rows,
            width, inputs=(x,),
        )  # fmt: skip
        return y
