"""Matrix products of blocks of the arena: by hand where matrices are small, by BLAS above.

A BLAS call costs 140 to 250 ns before it computes; a product of 10x8 by 8x8 takes 75 ns by hand
(and 380 through BLAS). All are row-major.

The hand-written products store eight floats at a time and may write up to seven floats past the
end of a row, in an order in which the next row is written later. So the memory after the result
must be free for eight floats: the planner pads every region by that much.
"""

from __future__ import annotations

import numpy as np

from nnstudio.core.jit import device, fma8, gemm, load8, splat8, store8, zero8

f32 = np.float32

#: Up to this many multiply-adds in a product's two inner dimensions, it is done by hand.
SMALL = 4096


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
def sum_rows(mem, m, n, a, c):  # type: ignore[no-untyped-def]
    """c[n] = sum over rows of A[m, n]: a bias's gradient. Writes in whole blocks of eight."""
    j = 0
    while j < n:
        s0 = zero8()
        s1 = zero8()
        one = splat8(f32(1.0))
        i = 0
        while i + 2 <= m:
            s0 = fma8(one, load8(mem, a + i * n + j), s0)
            s1 = fma8(one, load8(mem, a + (i + 1) * n + j), s1)
            i += 2
        if i < m:
            s0 = fma8(one, load8(mem, a + i * n + j), s0)
        store8(mem, c + j, fma8(one, s0, s1))
        j += 8


@device
def clear_tail(mem, end):  # type: ignore[no-untyped-def]
    """Zero the eight floats after a parameter's gradient, which a product may have run into."""
    store8(mem, end, zero8())


@device
def affine(mem, m, n, k, x, w, bias, y):  # type: ignore[no-untyped-def]
    """Y[m, n] = X[m, k] W[k, n] + bias[n] (no bias if it is −1)."""
    if n * k <= SMALL:
        multiply_small(mem, m, n, k, x, k, w, n, y, bias)
    else:
        if bias >= 0:
            for i in range(m):
                for j in range(n):
                    mem[y + i * n + j] = mem[bias + j]
        gemm(0, 0, m, n, k, mem, x, k, w, n, f32(1.0) if bias >= 0 else f32(0.0), y, n)


@device
def affine_gradients(mem, m, n, k, x, w, dy, dx, dw, db, work):  # type: ignore[no-untyped-def]
    """dW = X^T dY, db = sum of dY's rows, dX = dY W^T; dx or db −1 leave that one out.

    ``work`` is room for W transposed, used where matrices are small.
    """
    if db >= 0:
        sum_rows(mem, m, n, dy, db)
        for j in range(n, ((n + 7) // 8) * 8):
            mem[db + j] = f32(0.0)
    if n * k <= SMALL:
        multiply_transposed_small(mem, k, n, m, x, dy, dw)
        clear_tail(mem, dw + k * n)
        if dx >= 0:
            for i in range(k):
                for j in range(n):
                    mem[work + j * k + i] = mem[w + i * n + j]
            multiply_small(mem, m, k, n, dy, n, work, k, dx, -1)
    else:
        gemm(1, 0, k, n, m, mem, x, k, dy, n, f32(0.0), dw, n)
        if dx >= 0:
            gemm(0, 1, m, k, n, mem, dy, n, w, n, f32(0.0), dx, k)
