"""Matrix products of blocks of the arena, row-major, without a BLAS library.

Two ways, by size (figures of one core of an AVX2 machine, GFLOP/s, against SciPy's OpenBLAS called
from compiled code in the same run):

- *small* (a playground net): eight columns at a time straight from memory. A BLAS call costs 140
  to 250 ns before it computes; 10x8 by 8x8 takes 75 ns by hand and 380 through BLAS.
- *tiled* (the rest): tiles of 6 rows by 16 columns in registers (core/compiled/tiles.py) over a packed block
  of the right matrix. Batches of 16 to 64 examples, with tiles of 4 rows: 58 to 70 against 28 to
  54; 512x512 by 512x512: 60 against 64. OpenBLAS also packs the left matrix, which few rows do not
  pay for.

Doing without BLAS also saves its load time (0.25 s), half of the shipped libraries, and a private
symbol of Numba's.

The products store whole registers and may write up to 15 floats past the end of a row, in an order
in which the next row is written later. So the memory after a result must be free for 16 floats:
the planner pads every region by that much.
"""

from __future__ import annotations

import numpy as np

from nnstudio.core.compiled.jit import (
    device,
    fma8,
    load8,
    splat8,
    store8,
    transpose8,
    zero8,
)
from nnstudio.core.compiled.tiles import pack, tile_rows

f32 = np.float32

#: Up to this many numbers in the weight matrix, or this few columns, a product is small.
SMALL = 300
SMALL_COLUMNS = 15
SMALL_DEPTH = 96
#: Rows of the right matrix in one packed block: 16 KB, half the first-level cache.
BLOCK = 256


def product_workspace(rows: int, columns: int, depth: int) -> int:
    """Floats of room that any of the three products below needs for these sizes."""
    widest = max(columns, depth)
    packed = 16 * (max(BLOCK, widest) + 8)
    panels = (-(-widest // 16) * 16 + 16) * (rows + 1)
    transposed = widest * widest if widest * widest <= 8 * SMALL_DEPTH * SMALL_DEPTH else 0
    return max(packed, panels, transposed)


def small(n: int, k: int) -> bool:
    """Whether a product with a right matrix of k by n is done straight from memory."""
    return n * k <= SMALL or (n <= SMALL_COLUMNS and k <= SMALL_DEPTH)


is_small = device(small)


@device
def multiply_small(mem, m, n, k, a, lda, b, ldb, c, bias):  # type: ignore[no-untyped-def]
    """C[m, n] = A[m, k] B[k, n] (+ bias[n] if ``bias`` is an offset, not −1); C is dense."""
    last = ((n - 1) // 8) * 8
    r = 0
    while r + 4 <= m:
        a0 = a + r * lda
        a1 = a0 + lda
        a2 = a1 + lda
        a3 = a2 + lda
        j = last
        while j >= 0:  # from the right, so that what runs over a row's end is overwritten
            s0 = load8(mem, bias + j) if bias >= 0 else zero8()
            s1 = s0
            s2 = s0
            s3 = s0
            for i in range(k):
                w = load8(mem, b + i * ldb + j)
                s0 = fma8(splat8(mem[a0 + i]), w, s0)
                s1 = fma8(splat8(mem[a1 + i]), w, s1)
                s2 = fma8(splat8(mem[a2 + i]), w, s2)
                s3 = fma8(splat8(mem[a3 + i]), w, s3)
            at = c + r * n + j
            store8(mem, at, s0)
            store8(mem, at + n, s1)
            store8(mem, at + 2 * n, s2)
            store8(mem, at + 3 * n, s3)
            j -= 8
        r += 4
    while r < m:
        j = last
        while j >= 0:
            s0 = load8(mem, bias + j) if bias >= 0 else zero8()
            for i in range(k):
                s0 = fma8(splat8(mem[a + r * lda + i]), load8(mem, b + i * ldb + j), s0)
            store8(mem, c + r * n + j, s0)
            j -= 8
        r += 1


@device
def multiply_transposed_small(mem, m, n, k, a, b, c):  # type: ignore[no-untyped-def]
    """C[m, n] = A^T B with A[k, m] and B[k, n] dense: a gradient summed over k examples."""
    last = ((n - 1) // 8) * 8
    r = 0
    while r + 4 <= m:
        j = last
        while j >= 0:
            s0 = zero8()
            s1 = zero8()
            s2 = zero8()
            s3 = zero8()
            for i in range(k):
                d = load8(mem, b + i * n + j)
                at = a + i * m + r
                s0 = fma8(splat8(mem[at]), d, s0)
                s1 = fma8(splat8(mem[at + 1]), d, s1)
                s2 = fma8(splat8(mem[at + 2]), d, s2)
                s3 = fma8(splat8(mem[at + 3]), d, s3)
            to = c + r * n + j
            store8(mem, to, s0)
            store8(mem, to + n, s1)
            store8(mem, to + 2 * n, s2)
            store8(mem, to + 3 * n, s3)
            j -= 8
        r += 4
    while r < m:
        j = last
        while j >= 0:
            s0 = zero8()
            for i in range(k):
                s0 = fma8(splat8(mem[a + i * m + r]), load8(mem, b + i * n + j), s0)
            store8(mem, c + r * n + j, s0)
            j -= 8
        r += 1


@device
def multiply_tiled(mem, m, n, k, a, lda, b, ldb, c, bias, work):  # type: ignore[no-untyped-def]
    """C[m, n] = A[m, k] B[k, n] (+ bias[n]); C is dense."""
    j = ((n - 1) // 16) * 16
    while j >= 0:  # from the right, as above
        # A block that runs over a row's end must be written once only: it is not cut in depth.
        block = BLOCK if j + 16 <= n else k
        start = bias + j if bias >= 0 else -1
        for k0 in range(0, k, block):
            depth = min(block, k - k0)
            pack(mem, depth, b + k0 * ldb + j, ldb, work)
            tile_rows(mem, m, a + k0, lda, 1, work, 16, depth, c + j, n, k0 == 0, start)
        j -= 16


@device
def multiply_by_transposed_tiled(mem, m, n, k, a, lda, b, ldb, c, work):  # type: ignore[no-untyped-def]
    """C[m, n] = A[m, k] B^T with B[n, k]; C is dense."""
    j = ((n - 1) // 16) * 16
    while j >= 0:
        whole = j + 16 <= n
        block = BLOCK if whole else k
        for k0 in range(0, k, block):
            depth = min(block, k - k0)
            if whole:
                even = (depth // 8) * 8
                for i in range(0, even, 8):
                    transpose8(mem, b + j * ldb + k0 + i, ldb, work + 16 * i, 16)
                    transpose8(mem, b + (j + 8) * ldb + k0 + i, ldb, work + 16 * i + 8, 16)
                for i in range(even, depth):
                    for q in range(16):
                        mem[work + 16 * i + q] = mem[b + (j + q) * ldb + k0 + i]
            else:
                for i in range(depth):
                    for q in range(16):
                        v = mem[b + (j + q) * ldb + k0 + i] if j + q < n else f32(0.0)
                        mem[work + 16 * i + q] = v
            tile_rows(mem, m, a + k0, lda, 1, work, 16, depth, c + j, n, k0 == 0, -1)
        j -= 16


@device
def multiply_transposed_tiled(mem, m, n, k, a, b, c, work):  # type: ignore[no-untyped-def]
    """C[m, n] = A^T B with A[k, m] and B[k, n] dense."""
    last = ((n - 1) // 16) * 16
    left = work + k * (last + 16)
    for j in range(0, last + 16, 16):
        pack(mem, k, b + j, n, work + j * k)
    for r in range(0, m, 16):
        pack(mem, k, a + r, m, left)
        rows = min(16, m - r)
        j = last
        while j >= 0:
            to = c + r * n + j
            tile_rows(mem, rows, left, 1, 16, work + j * k, 16, k, to, n, True, -1)
            j -= 16


@device
def sum_rows(mem, m, n, a, c):  # type: ignore[no-untyped-def]
    """c[n] = sum over rows of A[m, n]: a bias's gradient. Writes in whole blocks of eight."""
    one = splat8(f32(1.0))
    j = 0
    while j < n:
        s0 = zero8()
        s1 = zero8()
        i = 0
        while i + 2 <= m:
            s0 = fma8(one, load8(mem, a + i * n + j), s0)
            s1 = fma8(one, load8(mem, a + (i + 1) * n + j), s1)
            i += 2
        if i < m:
            s0 = fma8(one, load8(mem, a + i * n + j), s0)
        store8(mem, c + j, fma8(one, s0, s1))
        j += 8
    for j in range(n, ((n + 7) // 8) * 8):
        mem[c + j] = f32(0.0)


@device
def clear_tail(mem, end):  # type: ignore[no-untyped-def]
    """Zero the 16 floats after a parameter's gradient, which a product may have run into."""
    store8(mem, end, zero8())
    store8(mem, end + 8, zero8())


@device
def affine(mem, m, n, k, x, w, bias, y, work):  # type: ignore[no-untyped-def]
    """Y[m, n] = X[m, k] W[k, n] + bias[n] (no bias if it is −1)."""
    if is_small(n, k):
        multiply_small(mem, m, n, k, x, k, w, n, y, bias)
    else:
        multiply_tiled(mem, m, n, k, x, k, w, n, y, bias, work)


@device
def weight_gradient(mem, m, n, k, x, dy, dw, work):  # type: ignore[no-untyped-def]
    """dW[k, n] = X[m, k]^T dY[m, n]."""
    if is_small(n, k):
        multiply_transposed_small(mem, k, n, m, x, dy, dw)
    else:
        multiply_transposed_tiled(mem, k, n, m, x, dy, dw, work)
    clear_tail(mem, dw + k * n)


@device
def input_gradient_small(mem, m, n, k, w, dy, dx, work):  # type: ignore[no-untyped-def]
    """dX[m, k] = dY[m, n] W[k, n]^T, small."""
    for i in range(k):
        for j in range(n):
            mem[work + j * k + i] = mem[w + i * n + j]
    multiply_small(mem, m, k, n, dy, n, work, k, dx, -1)


@device
def input_gradient(mem, m, n, k, w, dy, dx, work):  # type: ignore[no-untyped-def]
    """dX[m, k] = dY[m, n] W[k, n]^T."""
    if is_small(k, n):
        input_gradient_small(mem, m, n, k, w, dy, dx, work)
    else:
        multiply_by_transposed_tiled(mem, m, k, n, dy, n, w, n, dx, work)
