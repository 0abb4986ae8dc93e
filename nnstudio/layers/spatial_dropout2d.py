"""SpatialDropout2D: zeroes whole channels of an image while training (Tompson et al. 2015)."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnstudio.core.compiled.jit import kernel
from nnstudio.core.compiled.simd import random_bits, random_key
from nnstudio.core.compiled.state import SEED, STEP
from nnstudio.core.contracts import Layer, Plan, Shape
from nnstudio.core.fields import real
from nnstudio.core.ops import Noise, Op
from nnstudio.core.registry import register
from nnstudio.core.shapes import need_image
from nnstudio.core.text import mark

f32 = np.float32
u32 = np.uint32


@kernel
def draw_channels(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: factors, channels, rate's place, stream, the shard's first example.

    The factor of a channel of an example is 0, or 1 / (1 − rate) if it is kept.
    """
    factors, channels, stream, first = row[1], row[2], row[4], row[5]
    p = mem[row[3]]
    scale = f32(1.0) / (f32(1.0) - p)
    threshold = u32(np.float64(p) * 4294967296.0)
    key = random_key(state[SEED], stream, state[STEP])
    begin = first * channels
    for i in range(n * channels):
        keep = random_bits(key, begin + i) >= threshold
        mem[factors + i] = scale if keep else f32(0.0)


@kernel
def scale_channels(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, factors, y, pixels an example, channels; there with values, back with gradients."""
    x, factors, y, pixels, channels = row[1], row[2], row[3], row[4], row[5]
    for e in range(n):
        factor = factors + e * channels
        for p in range(e * pixels, (e + 1) * pixels):
            for c in range(channels):
                mem[y + p * channels + c] = mem[x + p * channels + c] * mem[factor + c]


@register("SpatialDropout2D.v1")
class SpatialDropout2D(Layer):
    """Dropout for images, where neighbours know too much of each other; off when predicting."""

    label = mark("Spatial dropout 2-D")
    group = mark("Regularization")
    help = mark("Zeroes a random share of whole channels in each training step.")
    formula = mark("y = m x / (1 − p), m = 0 for a channel with probability p")
    examples = (({"rate": 0.3}, ((3, 4, 7),)), ({"rate": 0.0}, ((2, 2, 3),)))

    rate: float = real(
        0.5, minimum=0.0, maximum=0.99, step=0.05, label=mark("Rate"),
        help=mark("The share of channels that become zero in each step."),
    )  # fmt: skip

    def infer(self, *shapes: Shape) -> Shape:
        """Any image."""
        return need_image(self, shapes[0])

    def summary(self) -> str:
        """Its rate."""
        return f"{100 * self.rate:.0f} %"

    def operations(self, *shapes: Shape) -> tuple[Op, ...]:
        """One, while training."""
        return (Noise("channels", self.rate),)

    def lower(self, plan: Plan, *inputs: Any) -> Any:
        """Rows only while training."""
        (x,) = inputs
        if not plan.training:
            return x
        y = plan.tensor(x.shape)
        channels = x.shape[-1]
        pixels = x.size // channels
        factors = plan.scratch(channels)
        rate, stream = plan.constant(self.rate), plan.stream()
        plan.forward(draw_channels, factors, channels, rate, stream, plan.first)
        plan.forward(scale_channels, x, factors, y, pixels, channels)
        plan.backward(scale_channels, y.grad, factors, x.grad, pixels, channels, inputs=(x,))
        return y
