"""The kernels that belong to no layer: gathering the batch, adding up gradients."""

from __future__ import annotations

import math

import numpy as np

from nnstudio.core.compiled.jit import bytes_at, floats_at, integers_at, kernel
from nnstudio.core.compiled.state import ORDER_ADDRESS, POSITION, UPDATES, X_ADDRESS, Y_ADDRESS

f32 = np.float32


@kernel
def gather_floats(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, numbers an example, the shard's first example. Copies float32 examples."""
    x, size, first = row[1], row[2], row[3]
    order = integers_at(state[ORDER_ADDRESS])
    data = floats_at(state[X_ADDRESS])
    begin = state[POSITION] + first
    for i in range(n):
        at = order[begin + i] * size
        to = x + i * size
        for j in range(size):
            mem[to + j] = data[at + j]


@kernel
def gather_bytes(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, numbers an example, first example, scale's and shift's places. uint8 -> float32."""
    x, size, first = row[1], row[2], row[3]
    scale, shift = mem[row[4]], mem[row[5]]
    order = integers_at(state[ORDER_ADDRESS])
    data = bytes_at(state[X_ADDRESS])
    begin = state[POSITION] + first
    for i in range(n):
        at = order[begin + i] * size
        to = x + i * size
        for j in range(size):
            mem[to + j] = f32(data[at + j]) * scale + shift


@kernel
def gather_targets(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: y, targets an example, the shard's first example."""
    y, size, first = row[1], row[2], row[3]
    order = integers_at(state[ORDER_ADDRESS])
    data = floats_at(state[Y_ADDRESS])
    begin = state[POSITION] + first
    for i in range(n):
        at = order[begin + i] * size
        for j in range(size):
            mem[y + i * size + j] = data[at + j]


@kernel
def accumulate(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: sum, part, numbers an example: sum += part."""
    total, part, count = row[1], row[2], row[3] * n
    for i in range(count):
        mem[total + i] += mem[part + i]


@kernel
def sum_shards(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: gradient, count, shards, stride: the first shard's gradient becomes the sum."""
    g, count, shards, stride = row[1], row[2], row[3], row[4]
    for s in range(1, shards):
        at = g + s * stride
        for i in range(count):
            mem[g + i] += mem[at + i]


@kernel
def regularize(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: parameter, gradient, count, l1's and l2's places: g += l1 sign(w) + l2 w."""
    w, g, count = row[1], row[2], row[3]
    l1, l2 = mem[row[4]], mem[row[5]]
    if l2 != f32(0.0):
        for i in range(count):
            mem[g + i] += l2 * mem[w + i]
    if l1 != f32(0.0):
        for i in range(count):
            v = mem[w + i]
            sign = f32(1.0) if v > f32(0.0) else f32(-1.0) if v < f32(0.0) else f32(0.0)
            mem[g + i] += l1 * sign


@kernel
def clip_values(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: gradient, count, limit's place: every number is brought into −limit..limit.

    NaN stays: the loss must show it.
    """
    g, count, limit = row[1], row[2], mem[row[3]]
    for i in range(count):
        v = mem[g + i]
        v = limit if v > limit else v
        mem[g + i] = -limit if v < -limit else v


@kernel
def squared_norm(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: gradient, count, result."""
    g, count = row[1], row[2]
    total = f32(0.0)
    for i in range(count):
        total += mem[g + i] * mem[g + i]
    mem[row[3]] = total


@kernel
def clip_norm(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: gradient, count, all squared norms, how many, limit's place (Pascanu et al. 2013)."""
    g, count, norms, parts, limit = row[1], row[2], row[3], row[4], mem[row[5]]
    total = f32(0.0)
    for i in range(parts):
        total += mem[norms + i]
    norm = math.sqrt(total)
    if norm > limit:
        factor = limit / norm
        for i in range(count):
            mem[g + i] *= factor


@kernel
def scale_rate(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: a segment's own rate, the learning rate, factor's place."""
    mem[row[1]] = mem[row[2]] * mem[row[3]]


@kernel
def average(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: parameter, running mean, count, decay's place; begins at the first parameters."""
    w, mean, count, decay = row[1], row[2], row[3], mem[row[4]]
    if state[UPDATES] == 0:
        decay = f32(0.0)
    rest = f32(1.0) - decay
    for i in range(count):
        mem[mean + i] = decay * mem[mean + i] + rest * mem[w + i]


@kernel
def max_norm(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: weight (inputs, units), inputs, units, limit's place (Srebro et al. 2005)."""
    w, inputs, units, limit = row[1], row[2], row[3], mem[row[4]]
    for u in range(units):
        total = f32(0.0)
        for i in range(inputs):
            v = mem[w + i * units + u]
            total += v * v
        norm = math.sqrt(total)
        if norm > limit:
            factor = limit / norm
            for i in range(inputs):
                mem[w + i * units + u] *= factor
