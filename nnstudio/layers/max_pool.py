"""Max pool, 1-D and 2-D: the largest number of each window (Riesenhuber and Poggio 1999)."""

from __future__ import annotations

import numpy as np

from nnstudio.core.compiled.jit import (
    add8,
    device,
    equal8,
    greater8,
    kernel,
    load8,
    splat8,
    store8,
    zero8,
)
from nnstudio.core.pooling import Pooling1D, Pooling2D, covering, inside
from nnstudio.core.registry import register
from nnstudio.core.text import mark

f32 = np.float32


@device
def largest_of_four(mem, x, line, channels, y, places):  # type: ignore[no-untyped-def]
    """One window of 2 x 2 pixels, in registers; ``line`` is from one pixel to that below it."""
    one, two, three = splat8(f32(1.0)), splat8(f32(2.0)), splat8(f32(3.0))
    for c in range(0, channels, 8):
        best = load8(mem, x + c)
        v = load8(mem, x + channels + c)
        place, best = greater8(v, best, one, zero8()), greater8(v, best, v, best)
        v = load8(mem, x + line + c)
        place, best = greater8(v, best, two, place), greater8(v, best, v, best)
        v = load8(mem, x + line + channels + c)
        place, best = greater8(v, best, three, place), greater8(v, best, v, best)
        store8(mem, y + c, best)
        store8(mem, places + c, place)


@kernel
def max_pool_forward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, y, places, geometry (core/pooling.py). A place is a number's index in its window."""
    x, y, places = row[1], row[2], row[3]
    height, width, channels, rows, columns = row[4], row[5], row[6], row[7], row[8]
    window_y, window_x, stride_y, stride_x, top, left = (
        row[9], row[10], row[11], row[12], row[13], row[14],
    )  # fmt: skip
    low = splat8(f32(-np.inf))
    for line in range(n * rows):
        example = line // rows
        start_y, begin_y, end_y = inside(line - example * rows, stride_y, top, window_y, height)
        square = window_y == 2 and window_x == 2 and end_y == begin_y + 2
        image = x + example * height * width * channels
        for q in range(columns):
            start_x, begin_x, end_x = inside(q, stride_x, left, window_x, width)
            to = (line * columns + q) * channels
            if square and end_x == begin_x + 2:
                a = image + (begin_y * width + begin_x) * channels
                largest_of_four(mem, a, width * channels, channels, y + to, places + to)
                continue
            for c in range(0, channels, 8):
                best, place = low, zero8()
                for i in range(begin_y, end_y):
                    for j in range(begin_x, end_x):
                        v = load8(mem, image + (i * width + j) * channels + c)
                        here = splat8(f32((i - start_y) * window_x + j - start_x))
                        place, best = greater8(v, best, here, place), greater8(v, best, v, best)
                store8(mem, y + to + c, best)
                store8(mem, places + to + c, place)


@kernel
def max_pool_backward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: dy, dx, places, geometry: each number gathers from the windows whose largest it was.

    Eight lanes may run into the next pixel, which is written after; so pixels go in order.
    """
    dy, dx, places = row[1], row[2], row[3]
    height, width, channels, rows, columns = row[4], row[5], row[6], row[7], row[8]
    window_y, window_x, stride_y, stride_x, top, left = (
        row[9], row[10], row[11], row[12], row[13], row[14],
    )  # fmt: skip
    nothing = zero8()
    for line in range(n * height):
        example = line // height
        i = line - example * height
        first_r, end_r = covering(i, 0, 0, stride_y, top, window_y, rows)
        first_q, end_q = 0, 0
        for j in range(width):
            first_q, end_q = covering(j, first_q, end_q, stride_x, left, window_x, columns)
            to = dx + (line * width + j) * channels
            at = ((example * rows + first_r) * columns + first_q) * channels
            index = (i - first_r * stride_y + top) * window_x + j - first_q * stride_x + left
            if end_r == first_r + 1 and end_q == first_q + 1:
                here = splat8(f32(index))
                for c in range(0, channels, 8):
                    place, d = load8(mem, places + at + c), load8(mem, dy + at + c)
                    store8(mem, to + c, equal8(place, here, d, nothing))
                continue
            for c in range(0, channels, 8):
                total = nothing
                for r in range(end_r - first_r):
                    for q in range(end_q - first_q):
                        from_here = at + (r * columns + q) * channels + c
                        here = splat8(f32(index - r * stride_y * window_x - q * stride_x))
                        place, d = load8(mem, places + from_here), load8(mem, dy + from_here)
                        total = add8(total, equal8(place, here, d, nothing))
                store8(mem, to + c, total)


@register("MaxPool1D.v1")
class MaxPool1D(Pooling1D):
    """The largest of every few steps, channel by channel."""

    label = mark("Max pool 1-D")
    help = mark("Keeps the largest number of every few steps; the sequence gets shorter.")
    formula = "y[t, c] = max x[s t + a, c]"
    how = "max"
    kernels = (max_pool_forward, max_pool_backward)
    keeps = True


@register("MaxPool2D.v1")
class MaxPool2D(Pooling2D):
    """The largest number of each window of an image, channel by channel."""

    label = mark("Max pool 2-D")
    help = mark("Keeps the largest number of each small window; the image gets smaller.")
    formula = "y[i, j, c] = max x[s i + a, s j + b, c]"
    how = "max"
    kernels = (max_pool_forward, max_pool_backward)
    keeps = True
