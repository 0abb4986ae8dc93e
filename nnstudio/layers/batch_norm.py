"""BatchNorm: each channel gets mean 0 and variance 1 over the batch (Ioffe and Szegedy 2015).

The batch is cut into shards, so the statistics need two meetings of all shards in a step: each
shard leaves its count, mean and sum of squared deviations, all combine them in the same order
(Chan, Golub, LeVeque 1979), and on the way back each leaves its sums of dy and dy x̂ — which are
just its gradients of shift and scale.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nnstudio.core.contracts import Layer, Parameter, Plan, Shape
from nnstudio.core.fields import real
from nnstudio.core.jit import kernel
from nnstudio.core.ops import ChannelNorm, Op
from nnstudio.core.registry import register
from nnstudio.core.text import mark

f32 = np.float32


@kernel
def batch_norm_statistics(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, channels, places an example, the shard's part: count, means, squared deviations."""
    x, c, rows, part = row[1], row[2], row[3] * n, row[4]
    means = part + 16
    squares = means + c
    mem[part] = f32(rows)
    for q in range(2 * c):
        mem[means + q] = f32(0.0)
    for r in range(rows):
        for q in range(c):
            mem[means + q] += mem[x + r * c + q]
    inverse = f32(1.0) / f32(max(rows, 1))
    for q in range(c):
        mem[means + q] *= inverse
    for r in range(rows):
        for q in range(c):
            d = mem[x + r * c + q] - mem[means + q]
            mem[squares + q] += d * d


@kernel
def batch_norm_forward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, y, channels, places an example, first part, stride, shards, shard, scale, shift,
    moving mean, moving variance, momentum's place, ε's place, room for mean and 1/deviation."""
    x, y, c, rows = row[1], row[2], row[3], row[4] * n
    first, stride, shards, shard = row[5], row[6], row[7], row[8]
    scale, shift, moving_mean, moving_variance = row[9], row[10], row[11], row[12]
    momentum, epsilon, kept = mem[row[13]], mem[row[14]], row[15]
    means = kept
    squares = kept + c
    count = f32(0.0)
    for q in range(2 * c):
        mem[kept + q] = f32(0.0)
    for s in range(shards):
        part = first + s * stride
        more = mem[part]
        if more > f32(0.0):
            total = count + more
            share = more / total
            cross = count * share
            for q in range(c):
                d = mem[part + 16 + q] - mem[means + q]
                mem[means + q] += d * share
                mem[squares + q] += mem[part + 16 + c + q] + d * d * cross
            count = total
    inverse = f32(1.0) / max(count, f32(1.0))
    for q in range(c):
        variance = mem[squares + q] * inverse
        if shard == 0:
            rest = f32(1.0) - momentum
            mem[moving_mean + q] = momentum * mem[moving_mean + q] + rest * mem[means + q]
            mem[moving_variance + q] = momentum * mem[moving_variance + q] + rest * variance
        mem[squares + q] = f32(1.0) / math.sqrt(variance + epsilon)
    for r in range(rows):
        for q in range(c):
            normal = (mem[x + r * c + q] - mem[means + q]) * mem[squares + q]
            mem[y + r * c + q] = normal * mem[scale + q] + mem[shift + q]


@kernel
def batch_norm_sums(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, dy, channels, places an example, mean and 1/deviation, dscale, dshift."""
    x, dy, c, rows = row[1], row[2], row[3], row[4] * n
    means, dscale, dshift = row[5], row[6], row[7]
    inverse = means + c
    for q in range(c):
        mem[dscale + q] = f32(0.0)
        mem[dshift + q] = f32(0.0)
    for r in range(rows):
        for q in range(c):
            d = mem[dy + r * c + q]
            mem[dshift + q] += d
            mem[dscale + q] += d * (mem[x + r * c + q] - mem[means + q]) * mem[inverse + q]


@kernel
def batch_norm_backward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, dy, dx or −1, channels, places an example, mean and 1/deviation, scale, first
    shard's dscale and dshift, stride between shards' gradients, shards, first part, its stride,
    room for two sums a channel."""
    x, dy, dx, c, rows = row[1], row[2], row[3], row[4], row[5] * n
    means, scale, dscale, dshift = row[6], row[7], row[8], row[9]
    between, shards, first, stride, room = row[10], row[11], row[12], row[13], row[14]
    if dx >= 0:
        inverse = means + c
        count = f32(0.0)
        for q in range(2 * c):
            mem[room + q] = f32(0.0)
        for s in range(shards):
            count += mem[first + s * stride]
            for q in range(c):
                mem[room + q] += mem[dshift + s * between + q]
                mem[room + c + q] += mem[dscale + s * between + q]
        one = f32(1.0) / max(count, f32(1.0))
        for r in range(rows):
            for q in range(c):
                normal = (mem[x + r * c + q] - mem[means + q]) * mem[inverse + q]
                mean = (mem[room + q] + normal * mem[room + c + q]) * one
                mem[dx + r * c + q] = (
                    mem[scale + q] * mem[inverse + q] * (mem[dy + r * c + q] - mean)
                )


@kernel
def batch_norm_predict(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, y, channels, places an example, scale, shift, moving mean, variance, ε's place."""
    x, y, c, rows = row[1], row[2], row[3], row[4] * n
    scale, shift, mean, variance, epsilon = row[5], row[6], row[7], row[8], mem[row[9]]
    for r in range(rows):
        for q in range(c):
            factor = mem[scale + q] / math.sqrt(mem[variance + q] + epsilon)
            mem[y + r * c + q] = (mem[x + r * c + q] - mem[mean + q]) * factor + mem[shift + q]


@kernel
def batch_norm_predict_backward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, dy, dx or −1, channels, places an example, scale, mean, variance, ε's place,
    dscale, dshift: the same straight line, backward."""
    x, dy, dx, c, rows = row[1], row[2], row[3], row[4], row[5] * n
    scale, mean, variance, epsilon = row[6], row[7], row[8], mem[row[9]]
    dscale, dshift = row[10], row[11]
    for q in range(c):
        mem[dscale + q] = f32(0.0)
        mem[dshift + q] = f32(0.0)
    for r in range(rows):
        for q in range(c):
            inverse = f32(1.0) / math.sqrt(mem[variance + q] + epsilon)
            d = mem[dy + r * c + q]
            mem[dshift + q] += d
            mem[dscale + q] += d * (mem[x + r * c + q] - mem[mean + q]) * inverse
            if dx >= 0:
                mem[dx + r * c + q] = d * mem[scale + q] * inverse


@register("BatchNorm.v1")
class BatchNorm(Layer):
    """Normalises every channel over the batch, then scales and shifts it by learned numbers."""

    label = mark("Batch norm")
    group = mark("Normalization")
    help = mark("Gives every channel mean 0 and spread 1 over the batch; training gets steadier.")
    formula = mark("y = γ (x − mean) / √(variance + ε) + β")
    examples = (({}, ((5,),)), ({"epsilon": 0.01}, ((3, 4, 3),)), ({}, ((2, 2, 17),)))

    momentum: float = real(
        0.9, minimum=0.0, maximum=0.9999, step=0.01, label=mark("Momentum"),
        help=mark("How slowly the statistics for predicting follow those of the batches."),
    )  # fmt: skip
    epsilon: float = real(
        1e-3, minimum=1e-8, maximum=1.0, logarithmic=True, label=mark("ε"),
        help=mark("Keeps the division finite."),
    )  # fmt: skip

    def parameters(self, *shapes: Shape) -> tuple[Parameter, ...]:
        """scale, shift, moving_mean, moving_variance: (channels,) each; the last two are kept."""
        size = (shapes[0][-1],)
        return (
            Parameter("scale", size, "ones"),
            Parameter("shift", size, "zeros"),
            Parameter("moving_mean", size, "zeros", trainable=False),
            Parameter("moving_variance", size, "ones", trainable=False),
        )

    def flops(self, *shapes: Shape) -> int:
        """Two a number, when predicting."""
        return 2 * math.prod(shapes[0])

    def operations(self, *shapes: Shape) -> tuple[Op, ...]:
        """One."""
        return (ChannelNorm(self.epsilon, self.momentum),)

    def lower(self, plan: Plan, *inputs: Any) -> Any:
        """Statistics of the batch while training, the moving ones when predicting."""
        (x,) = inputs
        channels = x.shape[-1]
        rows = x.size // channels
        names = ("scale", "shift", "moving_mean", "moving_variance")
        scale, shift, mean, variance = (plan.parameter(name) for name in names)
        epsilon = plan.constant(self.epsilon)
        y = plan.tensor(x.shape)
        if not plan.training or plan.frozen:
            plan.forward(
                batch_norm_predict, x, y, channels, rows, scale, shift, mean, variance, epsilon
            )
            plan.backward(
                batch_norm_predict_backward, x, y.grad, x.grad, channels, rows, scale, mean,
                variance, epsilon, scale.grad, shift.grad, inputs=(x,),
            )  # fmt: skip
            return y
        parts = plan.shared(16 + 2 * channels)
        kept = plan.workspace(2 * channels)
        plan.forward(batch_norm_statistics, x, channels, rows, parts)
        plan.meet()
        plan.forward(
            batch_norm_forward, x, y, channels, rows, parts.first, parts.stride, plan.shards,
            plan.shard, scale, shift, mean, variance, plan.constant(self.momentum), epsilon, kept,
        )  # fmt: skip
        # Recorded in reverse: the sums run first, then all meet, then the gradient.
        plan.backward(
            batch_norm_backward, x, y.grad, x.grad, channels, rows, kept, scale,
            plan.of_first_shard(scale.grad), plan.of_first_shard(shift.grad),
            plan.gradient_stride, plan.shards, parts.first, parts.stride,
            plan.workspace(2 * channels), inputs=(x,),
        )  # fmt: skip
        plan.meet_backward()
        plan.backward(
            batch_norm_sums, x, y.grad, channels, rows, kept, scale.grad, shift.grad,
        )  # fmt: skip
        return y
