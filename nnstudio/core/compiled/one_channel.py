"""Convolutions of images of one channel: what a network for grey images begins with.

A patch is then so small (9 or 25 numbers) that collecting it pixel by pixel costs more than
multiplying it. So the panel lies across: a line for each number of the patch and a column for each
output pixel, P of them, which is copied in runs as long as the image's rows::

    Y (P, F) = panelᵀ (P, D) W (D, F)            with more than 8 filters
    Yᵀ (F, P) = Wᵀ (F, D) panel (D, P)           with up to 8, so that pixels fill the registers
    dW (D, F) = panel (D, P) dY (P, F), and a line of ones below the panel gives dbias
"""

from __future__ import annotations

import numpy as np

from nnstudio.core.compiled.convolution import Geometry
from nnstudio.core.compiled.jit import device, load8, splat8, store8, transpose8, zero8
from nnstudio.core.compiled.tiles import tile_rows

f32 = np.float32

#: Output pixels of a panel.
PIXELS = 512
#: The distance of its lines: not a power of 2, else they would share cache sets.
ACROSS = PIXELS + 16
#: Most filters for which pixels fill the registers.
FEW = 8


def suits(made: Geometry) -> bool:
    """Whether a convolution is of this kind."""
    return made.channels == 1 and made.stride[1] == 1 and made.depth <= 256


def workspace(made: Geometry) -> int:
    """Floats of room that either direction needs."""
    wide = -(-made.filters // 16) * 16
    return (made.depth + 1) * (ACROSS + wide) + (FEW + 1) * ACROSS + 64


@device
def unroll_across(mem, row, g, x, pixel, count, to):  # type: ignore[no-untyped-def]
    """The patches of ``count`` output pixels from number ``pixel`` as columns (D, ACROSS)."""
    height, width = row[g], row[g + 1]
    kh, kw, sy = row[g + 4], row[g + 5], row[g + 6]
    top, left, dy, dx = row[g + 8], row[g + 9], row[g + 10], row[g + 11]
    oh, ow = row[g + 12], row[g + 13]
    done = 0
    while done < count:  # as much of a row of the output as there is
        line = (pixel + done) // ow
        ox = pixel + done - line * ow
        run = min(ow - ox, count - done)
        example = line // oh
        image = x + example * height * width
        oy = line - example * oh
        for ky in range(kh):
            iy = oy * sy + ky * dy - top
            outside = iy < 0 or iy >= height
            for kx in range(kw):
                at = to + (ky * kw + kx) * ACROSS + done
                ix = ox + kx * dx - left
                first = run if outside else min(max(-ix, 0), run)
                end = max(min(width - ix, run), first)
                source = image + iy * width + ix
                # Eight at a time, into what is written next: a loop to the exact end is slower.
                for q in range(0, first, 8):
                    store8(mem, at + q, zero8())
                for q in range(first, end, 8):
                    store8(mem, at + q, load8(mem, source + q))
                for q in range(end, run, 8):
                    store8(mem, at + q, zero8())
        done += run


@device
def convolve_one(mem, row, g, n, x, w, bias, y, work):  # type: ignore[no-untyped-def]
    """Y = conv(X, W) + bias: X (n, H, W), W (D, F), Y (n, OH, OW, F)."""
    filters, depth = row[g + 3], row[g + 4] * row[g + 5]
    pixels = n * row[g + 12] * row[g + 13]
    panel = work
    turned = panel + (depth + 1) * ACROSS
    last = ((filters - 1) // 16) * 16
    for pixel in range(0, pixels, PIXELS):
        count = min(PIXELS, pixels - pixel)
        unroll_across(mem, row, g, x, pixel, count, panel)
        to = y + pixel * filters
        if filters > FEW:
            j = last
            while j >= 0:  # from the right: what runs over a pixel's end is overwritten
                start = bias + j if bias >= 0 else -1
                tile_rows(mem, count, panel, 1, ACROSS, w + j, filters, depth, to + j, filters,
                          True, start)  # fmt: skip
                j -= 16
            continue
        for f in range(filters):
            value = splat8(mem[bias + f]) if bias >= 0 else zero8()
            for p in range(0, PIXELS, 8):
                store8(mem, turned + f * ACROSS + p, value)
        for p in range(0, count, 16):
            tile_rows(mem, filters, w, 1, filters, panel + p, ACROSS, depth, turned + p, ACROSS,
                      False, -1)  # fmt: skip
        whole = count & -8 if pixel + count == pixels else count
        for p in range(0, whole, 8):  # may run into the next pixels, which come later
            transpose8(mem, turned + p, ACROSS, to + p * filters, filters)
        for p in range(whole, count):
            for f in range(filters):
                mem[to + p * filters + f] = mem[turned + f * ACROSS + p]


@device
def filter_gradient_one(mem, row, g, n, x, dy, dw, db, work):  # type: ignore[no-untyped-def]
    """dW and, if ``db`` is not −1, dbias of the same."""
    filters, depth = row[g + 3], row[g + 4] * row[g + 5]
    pixels = n * row[g + 12] * row[g + 13]
    wide = ((filters + 15) // 16) * 16
    panel = work
    sums = panel + (depth + 1) * ACROSS
    lines = depth + 1 if db >= 0 else depth
    for i in range(0, (depth + 1) * wide, 8):
        store8(mem, sums + i, zero8())
    for p in range(0, PIXELS, 8):
        store8(mem, panel + depth * ACROSS + p, splat8(f32(1.0)))
    for pixel in range(0, pixels, PIXELS):
        count = min(PIXELS, pixels - pixel)
        unroll_across(mem, row, g, x, pixel, count, panel)
        for j in range(0, filters, 16):
            tile_rows(mem, lines, panel, ACROSS, 1, dy + pixel * filters + j, filters, count,
                      sums + j, wide, False, -1)  # fmt: skip
    for d in range(depth):
        for f in range(filters):
            mem[dw + d * filters + f] = mem[sums + d * wide + f]
    if db >= 0:
        for f in range(filters):
            mem[db + f] = mem[sums + depth * wide + f]
