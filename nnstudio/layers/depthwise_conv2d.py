"""DepthwiseConv2D: every channel has filters of its own (Chollet 2017)."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnstudio.core.compiled.convolution import Geometry, sum_pixels
from nnstudio.core.compiled.jit import kernel
from nnstudio.core.contracts import Parameter, Plan, Shape
from nnstudio.core.convolutional import Convolutional
from nnstudio.core.fields import integer
from nnstudio.core.ops import Op
from nnstudio.core.registry import register
from nnstudio.core.shapes import need_image
from nnstudio.core.text import mark

f32 = np.float32


@kernel
def depthwise_conv2d_forward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, weight (taps, C multiplier), bias or −1, y, multiplier, geometry."""
    x, w, bias, y, times, g = row[1], row[2], row[3], row[4], row[5], 6
    height, width, c = row[g], row[g + 1], row[g + 2]
    kh, kw, sy, sx = row[g + 4], row[g + 5], row[g + 6], row[g + 7]
    top, left, dy, dx, oh, ow = (
        row[g + 8], row[g + 9], row[g + 10], row[g + 11], row[g + 12], row[g + 13],
    )  # fmt: skip
    wide = c * times
    at = y
    for example in range(n):
        image = x + example * height * width * c
        for oy in range(oh):
            for ox in range(ow):
                for q in range(wide):
                    mem[at + q] = mem[bias + q] if bias >= 0 else f32(0.0)
                for ky in range(kh):
                    iy = oy * sy + ky * dy - top
                    if iy < 0 or iy >= height:
                        continue
                    for kx in range(kw):
                        ix = ox * sx + kx * dx - left
                        if ix < 0 or ix >= width:
                            continue
                        source = image + (iy * width + ix) * c
                        tap = w + (ky * kw + kx) * wide
                        if times == 1:
                            for q in range(c):
                                mem[at + q] += mem[source + q] * mem[tap + q]
                        else:
                            for q in range(c):
                                v = mem[source + q]
                                for m in range(times):
                                    mem[at + q * times + m] += v * mem[tap + q * times + m]
                at += wide


@kernel
def depthwise_conv2d_backward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, weight, dy, dx or −1, dweight, dbias or −1, multiplier, geometry."""
    x, w, dout, dimage, dw, db, times = row[1], row[2], row[3], row[4], row[5], row[6], row[7]
    g = 8
    height, width, c = row[g], row[g + 1], row[g + 2]
    kh, kw, sy, sx = row[g + 4], row[g + 5], row[g + 6], row[g + 7]
    top, left, dy, dx, oh, ow = (
        row[g + 8], row[g + 9], row[g + 10], row[g + 11], row[g + 12], row[g + 13],
    )  # fmt: skip
    wide = c * times
    for i in range(kh * kw * wide):
        mem[dw + i] = f32(0.0)
    if dimage >= 0:
        for i in range(n * height * width * c):
            mem[dimage + i] = f32(0.0)
    if db >= 0:
        sum_pixels(mem, n * oh * ow, wide, dout, db)
    at = dout
    for example in range(n):
        image = example * height * width * c
        for oy in range(oh):
            for ox in range(ow):
                for ky in range(kh):
                    iy = oy * sy + ky * dy - top
                    if iy < 0 or iy >= height:
                        continue
                    for kx in range(kw):
                        ix = ox * sx + kx * dx - left
                        if ix < 0 or ix >= width:
                            continue
                        place = image + (iy * width + ix) * c
                        tap = (ky * kw + kx) * wide
                        for q in range(c):
                            v = mem[x + place + q]
                            back = f32(0.0)
                            for m in range(times):
                                d = mem[at + q * times + m]
                                mem[dw + tap + q * times + m] += v * d
                                back += d * mem[w + tap + q * times + m]
                            if dimage >= 0:
                                mem[dimage + place + q] += back
                at += wide


@register("DepthwiseConv2D.v1")
class DepthwiseConv2D(Convolutional):
    """Filters that see one channel each: few weights, little work."""

    label = mark("Depthwise conv 2-D")
    help = mark("Every channel is filtered by itself: few weights and little work.")
    formula = "y[i, j, c m + k] = f(Σ x[s i + a, s j + b, c] w[a, b, c, k] + b[c m + k])"
    examples = (
        ({"kernel": [3, 3]}, ((5, 6, 3),)),
        ({"kernel": [3, 2], "multiplier": 2, "padding": "same"}, ((4, 5, 2),)),
        ({"kernel": [2, 2], "stride": [2, 2], "activation": "relu"}, ((6, 6, 9),)),
        ({"kernel": [2, 2], "dilation": [2, 2], "use_bias": False}, ((5, 5, 2),)),
    )

    filters: int = 0  # follows from the channels and the multiplier
    multiplier: int = integer(
        1, minimum=1, maximum=64, label=mark("Depth multiplier"),
        help=mark("How many filters each channel has."),
    )  # fmt: skip

    def geometry(self, shape: Shape) -> Geometry:
        """Sizes for an input; raises ``StudioError`` if it is no image or too small."""
        height, width, channels = need_image(self, shape)
        return self.windows(height, width, channels, channels * self.multiplier, channels)

    def infer(self, *shapes: Shape) -> Shape:
        """(height, width, channels) -> (output height, output width, channels × multiplier)."""
        made = self.geometry(shapes[0])
        return (*made.output, made.filters)

    def parameters(self, *shapes: Shape) -> tuple[Parameter, ...]:
        """weight (kernel height, kernel width, channels, multiplier), bias (channels × that,).

        Fans are those of one channel.
        """
        made = self.geometry(shapes[0])
        shape = (*made.kernel, made.channels, self.multiplier)
        weight = Parameter("weight", shape, self.start, made.depth, made.depth, True)
        bias = Parameter("bias", (made.filters,), "zeros", made.depth, made.depth)
        return (weight, bias) if self.use_bias else (weight,)

    def flops(self, *shapes: Shape) -> int:
        """Two a weight and output pixel, one a bias, one an activation."""
        made = self.geometry(shapes[0])
        return self.cost(made, made.output[0] * made.output[1])

    def operations(self, *shapes: Shape) -> tuple[Op, ...]:
        """Convolution, then the activation."""
        made = self.geometry(shapes[0])
        return self.convolution(made)

    def lower(self, plan: Plan, *inputs: Any) -> Any:
        """Convolution and bias, then the activation."""
        (x,) = inputs
        made = self.geometry(x.shape)
        w, b = self.places(plan)
        z = plan.tensor((*made.output, made.filters))
        plan.forward(depthwise_conv2d_forward, x, w, b, z, self.multiplier, *made.row())
        plan.backward(
            depthwise_conv2d_backward, x, w, z.grad, x.grad, w.grad, b.grad if b else None,
            self.multiplier, *made.row(), inputs=(x,),
        )  # fmt: skip
        return plan.activate(self.activation, z)
