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

from nnstudio.core.compiled.jit import add8, device, fma8, kernel, load8, splat8, store8, zero8
from nnstudio.core.compiled.simd import minus8
from nnstudio.core.contracts import Layer, Parameter, Plan, Shape
from nnstudio.core.fields import real
from nnstudio.core.ops import ChannelNorm, Op
from nnstudio.core.registry import register
from nnstudio.core.text import mark

f32 = np.float32


#: Places of a block that stays in the first-level cache, at 16 channels, which fill a cache line:
#: from farther away, reading lines by halves takes 20 % longer.
ROWS = 256


@device
def moments(mem, x, c, rows):  # type: ignore[no-untyped-def]
    """Means and sums of squared deviations of eight channels over so many places."""
    s0, s1, s2, s3 = zero8(), zero8(), zero8(), zero8()
    r = 0
    while r + 4 <= rows:
        at = x + r * c
        s0 = add8(s0, load8(mem, at))
        s1 = add8(s1, load8(mem, at + c))
        s2 = add8(s2, load8(mem, at + 2 * c))
        s3 = add8(s3, load8(mem, at + 3 * c))
        r += 4
    while r < rows:
        s0 = add8(s0, load8(mem, x + r * c))
        r += 1
    mean = fma8(add8(add8(s0, s1), add8(s2, s3)), splat8(f32(1.0) / f32(rows)), zero8())
    s0, s1 = zero8(), zero8()
    r = 0
    while r + 2 <= rows:
        d = minus8(load8(mem, x + r * c), mean)
        s0 = fma8(d, d, s0)
        d = minus8(load8(mem, x + (r + 1) * c), mean)
        s1 = fma8(d, d, s1)
        r += 2
    if r < rows:
        d = minus8(load8(mem, x + r * c), mean)
        s0 = fma8(d, d, s0)
    return mean, add8(s0, s1)


@device
def combine(mem, means, squares, count, mean, more_squares, more):  # type: ignore[no-untyped-def]
    """Take the moments of ``more`` places into those of ``count`` at ``means`` and ``squares``."""
    share = f32(more) / f32(count + more)
    d = minus8(mean, load8(mem, means))
    store8(mem, means, fma8(d, splat8(share), load8(mem, means)))
    cross = fma8(d, splat8(f32(count) * share), zero8())
    store8(mem, squares, fma8(d, cross, add8(load8(mem, squares), more_squares)))


@kernel
def batch_norm_statistics(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, channels, places an example, the shard's part: count, means, squared deviations,
    the last two as wide as whole sixteens of channels."""
    x, c, rows, part = row[1], row[2], row[3] * n, row[4]
    wide = (c + 15) & -16
    means = part + 16
    squares = means + wide
    mem[part] = f32(rows)
    for j in range(0, 2 * wide, 8):
        store8(mem, means + j, zero8())
    for r in range(0, rows, ROWS):
        count = min(ROWS, rows - r)
        for j in range(0, c, 8):
            mean, more = moments(mem, x + r * c + j, c, count)
            combine(mem, means + j, squares + j, r, mean, more, count)


@kernel
def batch_norm_forward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, y, channels, places an example, first part, stride, shards, shard, scale, shift,
    moving mean, moving variance, momentum's place, ε's place, room for mean and 1/deviation."""
    x, y, c, rows = row[1], row[2], row[3], row[4] * n
    first, stride, shards, shard = row[5], row[6], row[7], row[8]
    scale, shift, moving_mean, moving_variance = row[9], row[10], row[11], row[12]
    momentum, epsilon, means = mem[row[13]], mem[row[14]], row[15]
    wide = (c + 15) & -16
    squares = means + wide
    for j in range(0, 2 * wide, 8):
        store8(mem, means + j, zero8())
    count = 0
    for s in range(shards):
        part = first + s * stride
        more = int(mem[part])
        if more > 0:
            for j in range(0, c, 8):
                mean, deviations = load8(mem, part + 16 + j), load8(mem, part + 16 + wide + j)
                combine(mem, means + j, squares + j, count, mean, deviations, more)
            count += more
    inverse = f32(1.0) / f32(max(count, 1))
    for q in range(c):
        variance = mem[squares + q] * inverse
        if shard == 0:
            rest = f32(1.0) - momentum
            mem[moving_mean + q] = momentum * mem[moving_mean + q] + rest * mem[means + q]
            mem[moving_variance + q] = momentum * mem[moving_variance + q] + rest * variance
        mem[squares + q] = f32(1.0) / math.sqrt(variance + epsilon)
    for r in range(0, rows, ROWS):
        end = min(r + ROWS, rows)
        j = wide - 16
        while j >= 0:  # from the right: what runs over a place's channels is overwritten
            mean0, mean1 = load8(mem, means + j), load8(mem, means + j + 8)
            add0, add1 = load8(mem, shift + j), load8(mem, shift + j + 8)
            factor0 = fma8(load8(mem, squares + j), load8(mem, scale + j), zero8())
            factor1 = fma8(load8(mem, squares + j + 8), load8(mem, scale + j + 8), zero8())
            for i in range(r, end):
                at = i * c + j
                d0, d1 = load8(mem, x + at), load8(mem, x + at + 8)
                store8(mem, y + at, fma8(minus8(d0, mean0), factor0, add0))
                store8(mem, y + at + 8, fma8(minus8(d1, mean1), factor1, add1))
            j -= 16


@kernel
def batch_norm_sums(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, dy, channels, places an example, mean and 1/deviation, dscale, dshift, room for
    two sums a channel."""
    x, dy, c, rows = row[1], row[2], row[3], row[4] * n
    means, dscale, dshift, room = row[5], row[6], row[7], row[8]
    wide = (c + 15) & -16
    for j in range(0, 2 * wide, 8):
        store8(mem, room + j, zero8())
    for r in range(0, rows, ROWS):
        end = min(r + ROWS, rows)
        for j in range(0, c, 16):
            mean0, mean1 = load8(mem, means + j), load8(mem, means + j + 8)
            total0, total1, product0, product1 = zero8(), zero8(), zero8(), zero8()
            for i in range(r, end):
                at = i * c + j
                d0, d1 = load8(mem, dy + at), load8(mem, dy + at + 8)
                total0 = add8(total0, d0)
                total1 = add8(total1, d1)
                product0 = fma8(d0, minus8(load8(mem, x + at), mean0), product0)
                product1 = fma8(d1, minus8(load8(mem, x + at + 8), mean1), product1)
            to = room + j
            store8(mem, to, add8(load8(mem, to), total0))
            store8(mem, to + 8, add8(load8(mem, to + 8), total1))
            to += wide
            at = means + wide + j
            store8(mem, to, fma8(product0, load8(mem, at), load8(mem, to)))
            store8(mem, to + 8, fma8(product1, load8(mem, at + 8), load8(mem, to + 8)))
    for q in range(c):
        mem[dshift + q] = mem[room + q]
        mem[dscale + q] = mem[room + wide + q]


@kernel
def batch_norm_backward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, dy, dx or −1, channels, places an example, mean and 1/deviation, scale, first
    shard's dscale and dshift, stride between shards' gradients, shards, first part, its stride,
    room for two sums a channel."""
    x, dy, dx, c, rows = row[1], row[2], row[3], row[4], row[5] * n
    means, scale, dscale, dshift = row[6], row[7], row[8], row[9]
    between, shards, first, stride, room = row[10], row[11], row[12], row[13], row[14]
    if dx >= 0:
        wide = (c + 15) & -16
        count = f32(0.0)
        for q in range(2 * wide):
            mem[room + q] = f32(0.0)
        for s in range(shards):
            count += mem[first + s * stride]
            for q in range(c):
                mem[room + q] += mem[dshift + s * between + q]
                mem[room + wide + q] += mem[dscale + s * between + q]
        one = splat8(f32(1.0) / max(count, f32(1.0)))
        for r in range(0, rows, ROWS):
            end = min(r + ROWS, rows)
            j = wide - 16
            while j >= 0:  # from the right
                mean0, mean1 = load8(mem, means + j), load8(mem, means + j + 8)
                inverse0, inverse1 = load8(mem, means + wide + j), load8(mem, means + wide + j + 8)
                factor0 = fma8(load8(mem, scale + j), inverse0, zero8())
                factor1 = fma8(load8(mem, scale + j + 8), inverse1, zero8())
                total0 = fma8(load8(mem, room + j), one, zero8())
                total1 = fma8(load8(mem, room + j + 8), one, zero8())
                at = room + wide + j
                slope0 = fma8(load8(mem, at), fma8(inverse0, one, zero8()), zero8())
                slope1 = fma8(load8(mem, at + 8), fma8(inverse1, one, zero8()), zero8())
                for i in range(r, end):
                    at = i * c + j
                    d0 = minus8(load8(mem, dy + at), total0)
                    d1 = minus8(load8(mem, dy + at + 8), total1)
                    d0 = fma8(minus8(mean0, load8(mem, x + at)), slope0, d0)
                    d1 = fma8(minus8(mean1, load8(mem, x + at + 8)), slope1, d1)
                    store8(mem, dx + at, fma8(d0, factor0, zero8()))
                    store8(mem, dx + at + 8, fma8(d1, factor1, zero8()))
                j -= 16


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
        wide = -(-channels // 16) * 16
        parts = plan.shared(16 + 2 * wide)
        kept = plan.workspace(2 * wide)
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
            plan.workspace(2 * wide), inputs=(x,),
        )  # fmt: skip
        plan.meet_backward()
        plan.backward(
            batch_norm_sums, x, y.grad, channels, rows, kept, scale.grad, shift.grad,
            plan.workspace(2 * wide),
        )  # fmt: skip
        return y
