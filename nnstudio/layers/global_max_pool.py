"""GlobalMaxPool: the largest number of every channel."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nnstudio.core.compiled.jit import equal8, greater8, kernel, load8, splat8, store8, zero8
from nnstudio.core.contracts import Layer, Plan, Shape
from nnstudio.core.ops import GlobalPool, Op
from nnstudio.core.registry import register
from nnstudio.core.shapes import need_channels
from nnstudio.core.text import mark

f32 = np.float32


@kernel
def global_max_pool_forward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, y, places, pixels an example, channels. A place is the number of a pixel."""
    x, y, places, pixels, channels = row[1], row[2], row[3], row[4], row[5]
    for e in range(n):
        image = x + e * pixels * channels
        for c in range(0, channels, 8):
            best, place = load8(mem, image + c), zero8()
            for p in range(1, pixels):
                v = load8(mem, image + p * channels + c)
                here = splat8(f32(p))
                place, best = greater8(v, best, here, place), greater8(v, best, v, best)
            store8(mem, y + e * channels + c, best)
            store8(mem, places + e * channels + c, place)


@kernel
def global_max_pool_backward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: dy, dx, places, pixels an example, channels. Eight lanes may run into the next pixel,
    which is written after."""
    dy, dx, places, pixels, channels = row[1], row[2], row[3], row[4], row[5]
    nothing = zero8()
    for e in range(n):
        for p in range(pixels):
            here = splat8(f32(p))
            to = dx + (e * pixels + p) * channels
            for c in range(0, channels, 8):
                at = e * channels + c
                place, d = load8(mem, places + at), load8(mem, dy + at)
                store8(mem, to + c, equal8(place, here, d, nothing))


@register("GlobalMaxPool.v1")
class GlobalMaxPool(Layer):
    """One number a channel: the largest of the whole image or sequence."""

    label = mark("Global max pool")
    group = mark("Pooling")
    help = mark("Takes each channel's largest number of the whole image or sequence.")
    formula = "y[c] = max x[i, j, c]"
    examples = (({}, ((3, 4, 5),)), ({}, ((7, 2),)), ({}, ((2, 2, 17),)))

    def infer(self, *shapes: Shape) -> Shape:
        """(..., channels) -> (channels,)."""
        return need_channels(self, shapes[0])

    def flops(self, *shapes: Shape) -> int:
        """One a number."""
        return math.prod(shapes[0])

    def operations(self, *shapes: Shape) -> tuple[Op, ...]:
        """One."""
        return (GlobalPool("max"),)

    def lower(self, plan: Plan, *inputs: Any) -> Any:
        """One row each way."""
        (x,) = inputs
        channels = x.shape[-1]
        y, places = plan.tensor((channels,)), plan.scratch(channels)
        geometry = (x.size // channels, channels)
        plan.forward(global_max_pool_forward, x, y, places, *geometry)
        plan.backward(global_max_pool_backward, y.grad, x.grad, places, *geometry, inputs=(x,))
        return y
