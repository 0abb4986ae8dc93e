"""Dropout: zeroes a random share of its input while training (Srivastava et al. 2014)."""

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
from nnstudio.core.text import mark

f32 = np.float32
u32 = np.uint32


@kernel
def dropout_forward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, y, numbers an example, rate's place, stream, the shard's first example.

    What is kept is scaled by 1 / (1 − rate), so that predicting needs no scaling.
    """
    x, y, size, rate, stream, first = row[1], row[2], row[3], row[4], row[5], row[6]
    p = mem[rate]
    scale = f32(1.0) / (f32(1.0) - p)
    threshold = u32(np.float64(p) * 4294967296.0)
    key = random_key(state[SEED], stream, state[STEP])
    begin = first * size
    for i in range(n * size):
        keep = random_bits(key, begin + i) >= threshold
        mem[y + i] = mem[x + i] * scale if keep else f32(0.0)


@kernel
def dropout_backward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: dy, dx, numbers an example, rate's place, stream, first: the same mask again."""
    dy, dx, size, rate, stream, first = row[1], row[2], row[3], row[4], row[5], row[6]
    p = mem[rate]
    scale = f32(1.0) / (f32(1.0) - p)
    threshold = u32(np.float64(p) * 4294967296.0)
    key = random_key(state[SEED], stream, state[STEP])
    begin = first * size
    for i in range(n * size):
        keep = random_bits(key, begin + i) >= threshold
        mem[dx + i] = mem[dy + i] * scale if keep else f32(0.0)


@register("Dropout.v1")
class Dropout(Layer):
    """Forces units not to rely on single inputs; does nothing when predicting."""

    label = mark("Dropout")
    group = mark("Regularization")
    help = mark("Zeroes a random share of numbers in each training step, against overfitting.")
    formula = mark("y = m x / (1 − p), m = 0 with probability p")
    examples = (({"rate": 0.3}, ((7,),)), ({"rate": 0.0}, ((4, 4, 2),)))

    rate: float = real(
        0.5, minimum=0.0, maximum=0.99, step=0.05, label=mark("Rate"),
        help=mark("The share of numbers that become zero in each step."),
    )  # fmt: skip

    def flops(self, *shapes: Shape) -> int:
        """Nothing when predicting."""
        return 0

    def summary(self) -> str:
        """Its rate."""
        return f"{100 * self.rate:.0f} %"

    def operations(self, *shapes: Shape) -> tuple[Op, ...]:
        """One, while training."""
        return (Noise("dropout", self.rate),)

    def lower(self, plan: Plan, *inputs: Any) -> Any:
        """Rows only while training."""
        (x,) = inputs
        if not plan.training:
            return x
        y = plan.tensor(x.shape)
        rate, stream = plan.constant(self.rate), plan.stream()
        plan.forward(dropout_forward, x, y, x.size, rate, stream, plan.first)
        plan.backward(
            dropout_backward, y.grad, x.grad, x.size, rate, stream, plan.first, inputs=(x,)
        )
        return y
