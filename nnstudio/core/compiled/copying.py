"""Copies of blocks of up to four axes: what permuting, padding and joining consist of."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from operator import mul

from nnstudio.core.compiled.jit import kernel
from nnstudio.core.contracts import Shape

#: Axes of an example that ``copy`` knows.
MOST_AXES = 4


@kernel
def copy(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, y; where the block begins in an example of x and of y; numbers an example of x and
    of y; four sizes; four strides in x; four strides in y. Copies the block of every example."""
    x_step, y_step = row[5], row[6]
    a, b, c, d = row[7], row[8], row[9], row[10]
    xa, xb, xc, xd = row[11], row[12], row[13], row[14]
    ya, yb, yc, yd = row[15], row[16], row[17], row[18]
    for e in range(n):
        x = row[1] + row[3] + e * x_step
        y = row[2] + row[4] + e * y_step
        for i in range(a):
            for j in range(b):
                for k in range(c):
                    source = x + i * xa + j * xb + k * xc
                    target = y + i * ya + j * yb + k * yc
                    if xd == 1 and yd == 1:
                        for m in range(d):
                            mem[target + m] = mem[source + m]
                    else:
                        for m in range(d):
                            mem[target + m * yd] = mem[source + m * xd]


def strides(shape: Shape) -> tuple[int, ...]:
    """The distance between neighbours along each axis of a row-major array."""
    return tuple(accumulate((1, *reversed(shape[1:])), mul))[::-1]


def block(
    sizes: Sequence[int], x: Sequence[int], y: Sequence[int], *, begin: tuple[int, int] = (0, 0),
    steps: tuple[int, int],
) -> tuple[int, ...]:  # fmt: skip
    """The arguments of ``copy`` after x and y: sizes and strides by axis, where the block begins
    in an example of x and of y, and how many numbers an example of each has."""
    missing = MOST_AXES - len(sizes)
    assert missing >= 0
    return (
        *begin, *steps, *(1,) * missing, *sizes, *(0,) * missing, *x, *(0,) * missing, *y,
    )  # fmt: skip


def backward_block(arguments: tuple[int, ...]) -> tuple[int, ...]:
    """The same block copied from y to x."""
    begin, steps, rest = arguments[:2], arguments[2:4], arguments[4:]
    sizes, x, y = rest[:4], rest[4:8], rest[8:]
    return (*begin[::-1], *steps[::-1], *sizes, *y, *x)
