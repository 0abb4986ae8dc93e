"""GlobalAvgPool: the mean of every channel (Lin, Chen and Yan 2013)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nnstudio.core.compiled.jit import add8, fma8, kernel, load8, splat8, store8, zero8
from nnstudio.core.contracts import Layer, Plan, Shape
from nnstudio.core.ops import GlobalPool, Op
from nnstudio.core.registry import register
from nnstudio.core.shapes import need_channels
from nnstudio.core.text import mark

f32 = np.float32


@kernel
def global_avg_pool_forward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, y, pixels an example, channels."""
    x, y, pixels, channels = row[1], row[2], row[3], row[4]
    share = splat8(f32(1.0) / f32(pixels))
    for e in range(n):
        image = x + e * pixels * channels
        for c in range(0, channels, 8):
            total = zero8()
            for p in range(pixels):
                total = add8(total, load8(mem, image + p * channels + c))
            store8(mem, y + e * channels + c, fma8(total, share, zero8()))


@kernel
def global_avg_pool_backward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: dy, dx, pixels an example, channels. Eight lanes may run into the next pixel, which
    is written after."""
    dy, dx, pixels, channels = row[1], row[2], row[3], row[4]
    share = splat8(f32(1.0) / f32(pixels))
    for e in range(n):
        for p in range(e * pixels, (e + 1) * pixels):
            for c in range(0, channels, 8):
                d = fma8(load8(mem, dy + e * channels + c), share, zero8())
                store8(mem, dx + p * channels + c, d)


@register("GlobalAvgPool.v1")
class GlobalAvgPool(Layer):
    """One number a channel: its mean over the whole image or sequence."""

    label = mark("Global average pool")
    group = mark("Pooling")
    help = mark("Takes each channel's mean over the whole image or sequence.")
    formula = "y[c] = mean x[i, j, c]"
    examples = (({}, ((3, 4, 5),)), ({}, ((7, 2),)), ({}, ((2, 2, 17),)))

    def infer(self, *shapes: Shape) -> Shape:
        """(..., channels) -> (channels,)."""
        return need_channels(self, shapes[0])

    def flops(self, *shapes: Shape) -> int:
        """One a number."""
        return math.prod(shapes[0])

    def operations(self, *shapes: Shape) -> tuple[Op, ...]:
        """One."""
        return (GlobalPool("mean"),)

    def lower(self, plan: Plan, *inputs: Any) -> Any:
        """One row each way."""
        (x,) = inputs
        channels = x.shape[-1]
        y = plan.tensor((channels,))
        pixels = x.size // channels
        plan.forward(global_avg_pool_forward, x, y, pixels, channels)
        plan.backward(global_avg_pool_backward, y.grad, x.grad, pixels, channels, inputs=(x,))
        return y
