"""The kernels that belong to no layer: gathering the batch, adding up gradients."""

from __future__ import annotations

import numpy as np

from nnstudio.core.jit import bytes_at, floats_at, integers_at, kernel
from nnstudio.core.state import ORDER_ADDRESS, POSITION, X_ADDRESS, Y_ADDRESS

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
