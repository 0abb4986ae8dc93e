"""Average pool, 1-D and 2-D: the mean of each window (LeCun et al. 1989)."""

from __future__ import annotations

import numpy as np

from nnstudio.core.compiled.jit import add8, fma8, kernel, load8, splat8, store8, zero8
from nnstudio.core.pooling import Pooling1D, Pooling2D, covering, inside
from nnstudio.core.registry import register
from nnstudio.core.text import mark

f32 = np.float32


@kernel
def avg_pool_forward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, y, −1, geometry (core/pooling.py). Padding does not count."""
    x, y = row[1], row[2]
    height, width, channels, rows, columns = row[4], row[5], row[6], row[7], row[8]
    window_y, window_x, stride_y, stride_x, top, left = (
        row[9], row[10], row[11], row[12], row[13], row[14],
    )  # fmt: skip
    for r in range(n * rows):
        example = r // rows
        _, begin_y, end_y = inside(r - example * rows, stride_y, top, window_y, height)
        image = x + example * height * width * channels
        for q in range(columns):
            _, begin_x, end_x = inside(q, stride_x, left, window_x, width)
            to = y + (r * columns + q) * channels
            share = splat8(f32(1.0) / f32((end_y - begin_y) * (end_x - begin_x)))
            for c in range(0, channels, 8):
                total = zero8()
                for i in range(begin_y, end_y):
                    for j in range(begin_x, end_x):
                        total = add8(total, load8(mem, image + (i * width + j) * channels + c))
                store8(mem, to + c, fma8(total, share, zero8()))


@kernel
def avg_pool_backward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: dy, dx, −1, geometry: each number gathers its share of the windows that cover it.

    Eight lanes may run into the next pixel, which is written after; so pixels go in order.
    """
    dy, dx = row[1], row[2]
    height, width, channels, rows, columns = row[4], row[5], row[6], row[7], row[8]
    window_y, window_x, stride_y, stride_x, top, left = (
        row[9], row[10], row[11], row[12], row[13], row[14],
    )  # fmt: skip
    for line in range(n * height):
        example = line // height
        first_r, end_r = covering(line - example * height, 0, 0, stride_y, top, window_y, rows)
        _, begin_y, end_y = inside(first_r, stride_y, top, window_y, height)
        first_q, end_q = 0, 0
        for j in range(width):
            first_q, end_q = covering(j, first_q, end_q, stride_x, left, window_x, columns)
            to = dx + (line * width + j) * channels
            if end_r == first_r + 1 and end_q == first_q + 1:
                _, begin_x, end_x = inside(first_q, stride_x, left, window_x, width)
                share = splat8(f32(1.0) / f32((end_y - begin_y) * (end_x - begin_x)))
                at = dy + ((example * rows + first_r) * columns + first_q) * channels
                for c in range(0, channels, 8):
                    store8(mem, to + c, fma8(load8(mem, at + c), share, zero8()))
                continue
            for c in range(0, channels, 8):
                total = zero8()
                for r in range(first_r, end_r):
                    _, low_y, high_y = inside(r, stride_y, top, window_y, height)
                    for q in range(first_q, end_q):
                        _, low_x, high_x = inside(q, stride_x, left, window_x, width)
                        share = splat8(f32(1.0) / f32((high_y - low_y) * (high_x - low_x)))
                        at = dy + ((example * rows + r) * columns + q) * channels + c
                        total = fma8(load8(mem, at), share, total)
                store8(mem, to + c, total)


@register("AvgPool1D.v1")
class AvgPool1D(Pooling1D):
    """The mean of every few steps, channel by channel."""

    label = mark("Average pool 1-D")
    help = mark("Takes the mean of every few steps; the sequence gets shorter.")
    formula = "y[t, c] = mean x[s t + a, c]"
    how = "mean"
    kernels = (avg_pool_forward, avg_pool_backward)


@register("AvgPool2D.v1")
class AvgPool2D(Pooling2D):
    """The mean of each window of an image, channel by channel."""

    label = mark("Average pool 2-D")
    help = mark("Takes the mean of each small window; the image gets smaller.")
    formula = "y[i, j, c] = mean x[s i + a, s j + b, c]"
    how = "mean"
    kernels = (avg_pool_forward, avg_pool_backward)
