"""UpSampling2D: an image made larger by whole factors."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnstudio.core.compiled.jit import add8, device, fma8, kernel, load8, splat8, store8, zero8
from nnstudio.core.contracts import Layer, Plan, Shape
from nnstudio.core.fields import choice, sizes
from nnstudio.core.ops import Enlarge, Op
from nnstudio.core.registry import register
from nnstudio.core.shapes import need_image, shape_text
from nnstudio.core.text import mark

f32 = np.float32


@device
def source(place, factor, size, smooth):  # type: ignore[no-untyped-def]
    """The row (or column) of the small image that a row of the large one shows; with ``smooth``
    it may lie between two. Centres of pixels are at halves, as in Keras and TensorFlow."""
    if smooth == 0:
        return f32(place // factor)
    at = (f32(place) + f32(0.5)) / f32(factor) - f32(0.5)
    return min(max(at, f32(0.0)), f32(size - 1))


@kernel
def up_sampling2d_forward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, y, height, width, channels, factor y, factor x, whether bilinear (0 or 1)."""
    x, y, height, width, channels = row[1], row[2], row[3], row[4], row[5]
    tall, wide, smooth = row[6], row[7], row[8]
    for line in range(n * height * tall):
        example = line // (height * tall)
        at_y = source(line - example * height * tall, tall, height, smooth)
        i = np.int64(at_y)
        down = at_y - f32(i)
        upper = x + (example * height + i) * width * channels
        lower = upper + (width * channels if down > f32(0.0) else 0)
        for q in range(width * wide):
            to = y + (line * width * wide + q) * channels
            at_x = source(q, wide, width, smooth)
            j = np.int64(at_x)
            right = at_x - f32(j)
            a = j * channels
            b = a + (channels if right > f32(0.0) else 0)
            near, far = f32(1.0) - right, right
            aa, ab = splat8((f32(1.0) - down) * near), splat8((f32(1.0) - down) * far)
            ba, bb = splat8(down * near), splat8(down * far)
            for c in range(0, channels, 8):
                v = fma8(load8(mem, upper + a + c), aa, zero8())
                if smooth != 0:
                    v = fma8(load8(mem, upper + b + c), ab, v)
                    v = fma8(load8(mem, lower + a + c), ba, v)
                    v = fma8(load8(mem, lower + b + c), bb, v)
                store8(mem, to + c, v)


@kernel
def up_sampling2d_backward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: dy, dx, height, width, channels, factors, whether bilinear: each pixel gathers from
    all that show it.

    Eight lanes may run into the next pixel, which is written after; so pixels go in order.
    """
    dy, dx, height, width, channels = row[1], row[2], row[3], row[4], row[5]
    tall, wide, smooth = row[6], row[7], row[8]
    # Half a pixel's height and width more on each side, where neighbours blend into it.
    more_y, more_x = smooth * (tall + 1) // 2, smooth * (wide + 1) // 2
    for line in range(n * height):
        example = line // height
        i = line - example * height
        above, below = max(i * tall - more_y, 0), min((i + 1) * tall + more_y, height * tall)
        image = dy + example * height * tall * width * wide * channels
        for j in range(width):
            to = dx + (line * width + j) * channels
            first, end = max(j * wide - more_x, 0), min((j + 1) * wide + more_x, width * wide)
            for c in range(0, channels, 8):
                total = zero8()
                for r in range(above, below):
                    at = image + r * width * wide * channels + c
                    if smooth == 0:
                        for q in range(first, end):
                            total = add8(total, load8(mem, at + q * channels))
                        continue
                    near_y = max(f32(1.0) - abs(source(r, tall, height, smooth) - f32(i)), f32(0.0))
                    for q in range(first, end):
                        near_x = f32(1.0) - abs(source(q, wide, width, smooth) - f32(j))
                        share = splat8(near_y * max(near_x, f32(0.0)))
                        total = fma8(load8(mem, at + q * channels), share, total)
                store8(mem, to + c, total)


@register("UpSampling2D.v1")
class UpSampling2D(Layer):
    """Each pixel becomes a block of pixels, or blends into its neighbours."""

    label = mark("Upsampling 2-D")
    group = mark("Shape")
    help = mark("Makes the image larger by repeating pixels or by blending between them.")
    formula = "y[i, j, c] = x[i / s, j / t, c]"
    examples = (
        ({}, ((3, 2, 3),)),
        ({"size": [3, 1]}, ((2, 5, 8),)),
        ({"interpolation": "bilinear"}, ((4, 3, 2),)),
        ({"size": [1, 3], "interpolation": "bilinear"}, ((1, 4, 9),)),
    )

    size: tuple[int, ...] = sizes(
        (2, 2), maximum=64, length=2, label=mark("Factors"),
        help=mark("How many times as high and as wide the image becomes."),
    )  # fmt: skip
    interpolation: str = choice(
        "nearest", ("nearest", "bilinear"), label=mark("Interpolation"),
        help=mark("“nearest” repeats pixels, “bilinear” blends between their centres."),
        labels={"nearest": mark("nearest"), "bilinear": mark("bilinear")},
    )  # fmt: skip

    def infer(self, *shapes: Shape) -> Shape:
        """(height, width, channels), times the factors."""
        height, width, channels = need_image(self, shapes[0])
        return (height * self.size[0], width * self.size[1], channels)

    def flops(self, *shapes: Shape) -> int:
        """Eight a number where it blends."""
        height, width, channels = self.infer(*shapes)
        return 8 * height * width * channels if self.interpolation == "bilinear" else 0

    def summary(self) -> str:
        """The factors."""
        return shape_text(self.size)

    def operations(self, *shapes: Shape) -> tuple[Op, ...]:
        """One."""
        return (Enlarge(self.size, self.interpolation == "bilinear"),)

    def lower(self, plan: Plan, *inputs: Any) -> Any:
        """One row each way."""
        (x,) = inputs
        y = plan.tensor(self.infer(x.shape))
        geometry = (*x.shape, *self.size, int(self.interpolation == "bilinear"))
        plan.forward(up_sampling2d_forward, x, y, *geometry)
        plan.backward(up_sampling2d_backward, y.grad, x.grad, *geometry, inputs=(x,))
        return y
