"""Products of a wide first layer that the shards share by inputs, not by examples.

Where a batch has fewer examples than the layer has inputs, cutting the batch makes every core read
all weights and leave a gradient as large as them, which must then be added up: more traffic
between cores than arithmetic (784 x 128 weights and 32 examples: 41 of 136 µs). So each shard
takes the weights of some inputs for *all* examples: it leaves its part of the outputs, which are
few, to be added up, and computes the gradient of its own weights whole. The same core meets the
same weights, gradients and optimizer slots step after step.

A value of shard s lies ``apart`` floats after that of shard s − 1.
"""

from __future__ import annotations

import numpy as np

from nnstudio.core.compiled.jit import device, fma8, load8, splat8, store8, zero8
from nnstudio.core.compiled.state import BATCH
from nnstudio.core.compiled.tiles import pack, tile_rows

f32 = np.float32

#: Rows of the right matrix in one packed block, as in ``core/compiled/matmul.py``.
DEPTH = 256
#: Least weights that are worth it.
WEIGHTS = 16_384


def suits(inputs: int, units: int, batch: int) -> bool:
    """Whether a layer's products are better shared this way."""
    return units % 16 == 0 and inputs >= max(2 * batch, 64) and inputs * units >= WEIGHTS


def workspace(units: int, batch: int) -> int:
    """Floats of room that either direction needs."""
    return 16 * DEPTH + (units + 16) * (batch + 1) + 64


@device
def first_input(inputs, shard, shards):  # type: ignore[no-untyped-def]
    """Where a shard's inputs begin: at a multiple of 16."""
    return inputs if shard == shards else ((inputs * shard) // shards) & -16


@device
def rows_of(state, shard, examples):  # type: ignore[no-untyped-def]
    """How many examples a shard has in this step."""
    return min(max(state[BATCH] - shard * examples, 0), examples)


@device
def multiply_part(mem, state, shard, shards, examples, inputs, units, x, apart, w, part, work):  # type: ignore[no-untyped-def]
    """part (batch, units) = X[:, own inputs] W[own inputs, :] for all examples; ``x`` is the
    shard's own part of X."""
    x0 = x - shard * apart
    begin, end = first_input(inputs, shard, shards), first_input(inputs, shard + 1, shards)
    for j in range(0, units, 16):
        for k in range(begin, end, DEPTH):
            depth = min(DEPTH, end - k)
            pack(mem, depth, w + k * units + j, units, work)
            for s in range(shards):
                rows, to = rows_of(state, s, examples), part + s * examples * units + j
                tile_rows(mem, rows, x0 + s * apart + k, inputs, 1, work, 16, depth, to, units,
                          k == begin, -1)  # fmt: skip


@device
def add_parts(mem, n, shard, shards, examples, units, first, stride, bias, y):  # type: ignore[no-untyped-def]
    """Y (n, units) = Σ of the shards' parts of a shard's own examples, in order, + bias."""
    one = splat8(f32(1.0))
    for i in range(n):
        at = first + (shard * examples + i) * units
        for j in range(0, units, 8):
            total = load8(mem, bias + j) if bias >= 0 else zero8()
            for s in range(shards):
                total = fma8(one, load8(mem, at + s * stride + j), total)
            store8(mem, y + i * units + j, total)


@device
def weight_gradient_part(  # type: ignore[no-untyped-def]
    mem, state, shard, shards, examples, inputs, units, x, dy, apart, dw, work
):
    """dW[own inputs, :] = X[:, own inputs]^T dY over all examples."""
    x0, dy0 = x - shard * apart, dy - shard * apart
    begin, end = first_input(inputs, shard, shards), first_input(inputs, shard + 1, shards)
    batch = 0
    for s in range(shards):
        batch += rows_of(state, s, examples)
    left = work + units * batch
    for j in range(0, units, 16):
        done = 0
        for s in range(shards):
            rows = rows_of(state, s, examples)
            pack(mem, rows, dy0 + s * apart + j, units, work + j * batch + 16 * done)
            done += rows
    for r in range(begin, end, 16):
        done = 0
        for s in range(shards):
            rows = rows_of(state, s, examples)
            pack(mem, rows, x0 + s * apart + r, inputs, left + 16 * done)
            done += rows
        for j in range(0, units, 16):
            tile_rows(mem, min(16, end - r), left, 1, 16, work + j * batch, 16, batch,
                      dw + r * units + j, units, True, -1)  # fmt: skip
