"""Convolutions of 3 x 3 windows at stride 1 with a quarter of the products (Winograd 1980; Lavin
and Gray 2016, F(4x4, 3x3)).

A tile of 4 x 4 outputs sees 6 x 6 inputs. With g the filter and d the inputs of one channel::

    Y = Aᵀ [Σ over channels of (G g Gᵀ) ⊙ (Bᵀ d B)] A

so that 36 products a channel and filter do the work of 144 (core/compiled/transforms.py has the matrices);
over many tiles these are 36 matrix products of tiles x channels by channels x filters. Backward
is the adjoint, step by step::

    dM = A dY Aᵀ        dU = Σ over tiles of Vᵀ dM,  dg = Gᵀ dU G        dV = dM Uᵀ,  dX = B dV Bᵀ

Tiles go in blocks that stay in the second-level cache from the first transform to the last.
"""

from __future__ import annotations

import numpy as np

from nnstudio.core.compiled.convolution import Geometry
from nnstudio.core.compiled.jit import add8, device, load8, store8, transpose8, zero8
from nnstudio.core.compiled.tiles import tile_rows
from nnstudio.core.compiled.transforms import (
    filter_backward,
    filter_forward,
    input_backward,
    input_forward,
    output_backward,
    output_forward,
)

f32 = np.float32

#: Floats of a block's transformed inputs and outputs: 256 KB.
BLOCK = 65_536
#: Most outputs computed for each one wanted, where tiles reach over the edge.
WASTE = 2.0


def suits(made: Geometry) -> bool:
    """Whether a convolution is of this kind and large enough to gain."""
    rows, columns = made.output
    return (
        made.kernel == (3, 3)
        and made.stride == (1, 1)
        and made.dilation == (1, 1)
        and made.groups == 1
        and made.channels % 16 == 0
        and made.filters % 16 == 0
        and 16 * -(-rows // 4) * -(-columns // 4) <= WASTE * rows * columns
    )


def block_tiles(made: Geometry, examples: int) -> int:
    """Tiles of a block."""
    rows, columns = made.output
    most = max(8, BLOCK // (36 * (made.channels + made.filters)))
    return min(most & -2, examples * -(-rows // 4) * -(-columns // 4))


def workspace(made: Geometry, examples: int) -> int:
    """Floats of room that either direction needs."""
    c, f = made.channels, made.filters
    tiles = block_tiles(made, examples)
    return 3 * 36 * c * f + 36 * (tiles * (c + f) + 32) + 36 * (max(c, f) + 8) + 64


@device
def transform_filters(mem, channels, filters, w, u, room):  # type: ignore[no-untyped-def]
    """U (36, C, F) of W (3, 3, C, F)."""
    size = channels * filters
    for i in range(0, size, 8):
        for j in range(3):
            filter_forward(mem, w + j * size + i, 3 * size, room + 8 * j, 24)
        for j in range(6):
            filter_forward(mem, room + 24 * j, 8, u + 6 * j * size + i, size)


@device
def transpose_filters(mem, channels, filters, u, to):  # type: ignore[no-untyped-def]
    """Uᵀ (36, F, C) of U (36, C, F)."""
    for k in range(36):
        at = k * channels * filters
        for c in range(0, channels, 8):
            for f in range(0, filters, 8):
                transpose8(
                    mem, u + at + c * filters + f, filters, to + at + f * channels + c, channels
                )


@device
def filters_back(mem, channels, filters, du, dw, room):  # type: ignore[no-untyped-def]
    """dW (3, 3, C, F) of dU (36, C, F)."""
    size = channels * filters
    for i in range(0, size, 8):
        for j in range(6):
            filter_backward(mem, du + j * size + i, 6 * size, room + 8 * j, 48)
        for j in range(3):
            filter_backward(mem, room + 48 * j, 8, dw + 3 * j * size + i, size)


@device
def cut_patch(mem, image, height, width, channels, y, x, size, patch):  # type: ignore[no-untyped-def]
    """Copy size x size pixels from (y, x) of an image, which may lie partly outside, where it is
    zero, to ``patch``. Gives where they can be read and the distance of lines: what lies wholly
    inside is not copied."""
    if y >= 0 and x >= 0 and y + size <= height and x + size <= width:
        return image + (y * width + x) * channels, width * channels
    first, end = max(x, 0), min(x + size, width)
    for i in range(size):
        to = patch + i * size * channels
        if y + i < 0 or y + i >= height:
            for q in range(0, size * channels, 8):
                store8(mem, to + q, zero8())
            continue
        for q in range(0, (first - x) * channels, 8):
            store8(mem, to + q, zero8())
        source = image + ((y + i) * width + x) * channels
        for q in range((first - x) * channels, (end - x) * channels, 8):
            store8(mem, to + q, load8(mem, source + q))
        for q in range((end - x) * channels, size * channels, 8):
            store8(mem, to + q, zero8())
    return patch, size * channels


@device
def place_of(tile, rows, columns):  # type: ignore[no-untyped-def]
    """A tile's example, row and column."""
    example = tile // (rows * columns)
    rest = tile - example * rows * columns
    return example, rest // columns, rest - (rest // columns) * columns


@device
def inputs_forward(mem, row, g, x, first, count, v, apart, patch, room):  # type: ignore[no-untyped-def]
    """V (36, count, C), the 36 ``apart``, of so many tiles."""
    height, width, channels = row[g], row[g + 1], row[g + 2]
    rows, columns = (row[g + 12] + 3) // 4, (row[g + 13] + 3) // 4
    for t in range(count):
        example, i, j = place_of(first + t, rows, columns)
        image = x + example * height * width * channels
        y0, x0 = 4 * i - row[g + 8], 4 * j - row[g + 9]
        at, line = cut_patch(mem, image, height, width, channels, y0, x0, 6, patch)
        for c in range(0, channels, 8):
            for q in range(6):
                input_forward(mem, at + q * channels + c, line, room + 8 * q, 48)
            for q in range(6):
                to = v + 6 * q * apart + t * channels + c
                input_forward(mem, room + 48 * q, 8, to, apart)


@device
def add_to(mem, at, value):  # type: ignore[no-untyped-def]
    """Add eight lanes to memory."""
    store8(mem, at, add8(load8(mem, at), value))


@device
def inputs_backward(mem, row, g, dx, first, count, dv, apart, room):  # type: ignore[no-untyped-def]
    """Add what dV (36, count, C) says to dX."""
    height, width, channels = row[g], row[g + 1], row[g + 2]
    rows, columns = (row[g + 12] + 3) // 4, (row[g + 13] + 3) // 4
    for t in range(count):
        example, i, j = place_of(first + t, rows, columns)
        image = dx + example * height * width * channels
        y0, x0 = 4 * i - row[g + 8], 4 * j - row[g + 9]
        for c in range(0, channels, 8):
            for q in range(6):
                at = dv + q * apart + t * channels + c
                d0, d1, d2, d3, d4, d5 = input_backward(mem, at, 6 * apart)
                store8(mem, room + 8 * q, d0)
                store8(mem, room + 8 * q + 48, d1)
                store8(mem, room + 8 * q + 96, d2)
                store8(mem, room + 8 * q + 144, d3)
                store8(mem, room + 8 * q + 192, d4)
                store8(mem, room + 8 * q + 240, d5)
            for p in range(max(0, -y0), min(6, height - y0)):
                d0, d1, d2, d3, d4, d5 = input_backward(mem, room + 48 * p, 8)
                to = image + ((y0 + p) * width + x0) * channels + c
                if x0 >= 0:
                    add_to(mem, to, d0)
                if x0 + 1 >= 0 and x0 + 1 < width:
                    add_to(mem, to + channels, d1)
                if x0 + 2 < width:
                    add_to(mem, to + 2 * channels, d2)
                if x0 + 3 < width:
                    add_to(mem, to + 3 * channels, d3)
                if x0 + 4 < width:
                    add_to(mem, to + 4 * channels, d4)
                if x0 + 5 < width:
                    add_to(mem, to + 5 * channels, d5)


@device
def outputs_forward(mem, row, g, bias, y, first, count, m, apart, room):  # type: ignore[no-untyped-def]
    """Y of so many tiles from M (36, count, F)."""
    height, width, filters = row[g + 12], row[g + 13], row[g + 3]
    rows, columns = (height + 3) // 4, (width + 3) // 4
    for t in range(count):
        example, i, j = place_of(first + t, rows, columns)
        image = y + example * height * width * filters
        high, wide = min(4, height - 4 * i), min(4, width - 4 * j)
        for f in range(0, filters, 8):
            start = load8(mem, bias + f) if bias >= 0 else zero8()
            for q in range(6):
                y0, y1, y2, y3 = output_forward(mem, m + q * apart + t * filters + f, 6 * apart)
                store8(mem, room + 8 * q, y0)
                store8(mem, room + 8 * q + 48, y1)
                store8(mem, room + 8 * q + 96, y2)
                store8(mem, room + 8 * q + 144, y3)
            for p in range(high):
                y0, y1, y2, y3 = output_forward(mem, room + 48 * p, 8)
                to = image + ((4 * i + p) * width + 4 * j) * filters + f
                store8(mem, to, add8(y0, start))
                if wide > 1:
                    store8(mem, to + filters, add8(y1, start))
                if wide > 2:
                    store8(mem, to + 2 * filters, add8(y2, start))
                if wide > 3:
                    store8(mem, to + 3 * filters, add8(y3, start))


@device
def outputs_backward(mem, row, g, dy, first, count, dm, apart, patch, room):  # type: ignore[no-untyped-def]
    """dM (36, count, F) of so many tiles of dY."""
    height, width, filters = row[g + 12], row[g + 13], row[g + 3]
    rows, columns = (height + 3) // 4, (width + 3) // 4
    for t in range(count):
        example, i, j = place_of(first + t, rows, columns)
        image = dy + example * height * width * filters
        at, line = cut_patch(mem, image, height, width, filters, 4 * i, 4 * j, 4, patch)
        for f in range(0, filters, 8):
            for q in range(4):
                output_backward(mem, at + q * filters + f, line, room + 8 * q, 32)
            for q in range(6):
                to = dm + 6 * q * apart + t * filters + f
                output_backward(mem, room + 32 * q, 8, to, apart)


@device
def convolve_tiles(mem, row, g, n, x, w, bias, y, work, most):  # type: ignore[no-untyped-def]
    """Y = conv(X, W) + bias in blocks of at most so many tiles."""
    c, f = row[g + 2], row[g + 3]
    tiles = n * ((row[g + 12] + 3) // 4) * ((row[g + 13] + 3) // 4)
    room = work
    patch = room + 36 * 8
    u = patch + 36 * c
    v = u + 36 * c * f
    apart_v, apart_m = most * c + 16, most * f + 16  # not a power of 2: they would share cache sets
    m = v + 36 * apart_v
    transform_filters(mem, c, f, w, u, room)
    for first in range(0, tiles, most):
        count = min(most, tiles - first)
        inputs_forward(mem, row, g, x, first, count, v, apart_v, patch, room)
        for k in range(36):
            for j in range(0, f, 16):
                tile_rows(mem, count, v + k * apart_v, c, 1, u + k * c * f + j, f, c,
                          m + k * apart_m + j, f, True, -1)  # fmt: skip
        outputs_forward(mem, row, g, bias, y, first, count, m, apart_m, room)


@device
def convolve_tiles_backward(mem, row, g, n, x, w, dy, dx, dw, work, most):  # type: ignore[no-untyped-def]
    """dW and, if ``dx`` is not −1, dX of the same."""
    c, f = row[g + 2], row[g + 3]
    tiles = n * ((row[g + 12] + 3) // 4) * ((row[g + 13] + 3) // 4)
    room = work
    patch = room + 36 * 8
    u = patch + 36 * max(c, f)
    turned = u + 36 * c * f
    du = turned + 36 * c * f
    v = du + 36 * c * f
    apart_v, apart_m = most * c + 16, most * f + 16
    m = v + 36 * apart_v
    for i in range(0, 36 * c * f, 8):
        store8(mem, du + i, zero8())
    if dx >= 0:
        transform_filters(mem, c, f, w, u, room)
        transpose_filters(mem, c, f, u, turned)
        for i in range(0, n * row[g] * row[g + 1] * c, 8):
            store8(mem, dx + i, zero8())
    for first in range(0, tiles, most):
        count = min(most, tiles - first)
        inputs_forward(mem, row, g, x, first, count, v, apart_v, patch, room)
        outputs_backward(mem, row, g, dy, first, count, m, apart_m, patch, room)
        for k in range(36):
            for j in range(0, f, 16):
                tile_rows(mem, c, v + k * apart_v, 1, c, m + k * apart_m + j, f, count,
                          du + k * c * f + j, f, False, -1)  # fmt: skip
        if dx >= 0:
            for k in range(36):
                for j in range(0, c, 16):
                    tile_rows(mem, count, m + k * apart_m, f, 1, turned + k * c * f + j, c, f,
                              v + k * apart_v + j, c, True, -1)  # fmt: skip
            inputs_backward(mem, row, g, dx, first, count, v, apart_v, room)
    filters_back(mem, c, f, du, dw, room)
