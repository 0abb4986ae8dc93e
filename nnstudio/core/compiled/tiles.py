"""Matrix products of tiles that stay in registers: what all larger products are made of.

A tile is 6 rows by 16 columns: 12 sums, two weights and an input take 15 of the 16 registers that
AVX2 has. On one core whose limit is 118 GFLOP/s it reaches 114; tiles of 4 rows reach 104, which
are for the rest.
"""

from __future__ import annotations

from nnstudio.core.compiled.jit import device, fma8, load8, splat8, store8, zero8


@device
def tile6(mem, a, row, step, w, ldw, depth, c, ldc, fresh, bias):  # type: ignore[no-untyped-def]
    """A tile of 6 rows by 16 columns: C = (bias, or C if not ``fresh``) + Σ_i A[:, i] W[i, :].

    Row r of A begins at ``a + r * row``, its numbers are ``step`` apart; rows of W are ``ldw``
    apart.
    """
    if fresh:
        s00 = load8(mem, bias) if bias >= 0 else zero8()
        s01 = load8(mem, bias + 8) if bias >= 0 else zero8()
        s10 = s00
        s11 = s01
        s20 = s00
        s21 = s01
        s30 = s00
        s31 = s01
        s40 = s00
        s41 = s01
        s50 = s00
        s51 = s01
    else:
        s00 = load8(mem, c)
        s01 = load8(mem, c + 8)
        s10 = load8(mem, c + ldc)
        s11 = load8(mem, c + ldc + 8)
        s20 = load8(mem, c + 2 * ldc)
        s21 = load8(mem, c + 2 * ldc + 8)
        s30 = load8(mem, c + 3 * ldc)
        s31 = load8(mem, c + 3 * ldc + 8)
        s40 = load8(mem, c + 4 * ldc)
        s41 = load8(mem, c + 4 * ldc + 8)
        s50 = load8(mem, c + 5 * ldc)
        s51 = load8(mem, c + 5 * ldc + 8)
    a1 = a + row
    a2 = a1 + row
    a3 = a2 + row
    a4 = a3 + row
    a5 = a4 + row
    o = 0
    for _ in range(depth):
        w0 = load8(mem, w)
        w1 = load8(mem, w + 8)
        x = splat8(mem[a + o])
        s00 = fma8(x, w0, s00)
        s01 = fma8(x, w1, s01)
        x = splat8(mem[a1 + o])
        s10 = fma8(x, w0, s10)
        s11 = fma8(x, w1, s11)
        x = splat8(mem[a2 + o])
        s20 = fma8(x, w0, s20)
        s21 = fma8(x, w1, s21)
        x = splat8(mem[a3 + o])
        s30 = fma8(x, w0, s30)
        s31 = fma8(x, w1, s31)
        x = splat8(mem[a4 + o])
        s40 = fma8(x, w0, s40)
        s41 = fma8(x, w1, s41)
        x = splat8(mem[a5 + o])
        s50 = fma8(x, w0, s50)
        s51 = fma8(x, w1, s51)
        w += ldw
        o += step
    at = c
    store8(mem, at, s00)
    store8(mem, at + 8, s01)
    at += ldc
    store8(mem, at, s10)
    store8(mem, at + 8, s11)
    at += ldc
    store8(mem, at, s20)
    store8(mem, at + 8, s21)
    at += ldc
    store8(mem, at, s30)
    store8(mem, at + 8, s31)
    at += ldc
    store8(mem, at, s40)
    store8(mem, at + 8, s41)
    at += ldc
    store8(mem, at, s50)
    store8(mem, at + 8, s51)


@device
def tile4(mem, a, row, step, w, ldw, depth, c, ldc, fresh, bias):  # type: ignore[no-untyped-def]
    """The same with 4 rows."""
    if fresh:
        s00 = load8(mem, bias) if bias >= 0 else zero8()
        s01 = load8(mem, bias + 8) if bias >= 0 else zero8()
        s10 = s00
        s11 = s01
        s20 = s00
        s21 = s01
        s30 = s00
        s31 = s01
    else:
        s00 = load8(mem, c)
        s01 = load8(mem, c + 8)
        s10 = load8(mem, c + ldc)
        s11 = load8(mem, c + ldc + 8)
        s20 = load8(mem, c + 2 * ldc)
        s21 = load8(mem, c + 2 * ldc + 8)
        s30 = load8(mem, c + 3 * ldc)
        s31 = load8(mem, c + 3 * ldc + 8)
    a1 = a + row
    a2 = a1 + row
    a3 = a2 + row
    o = 0
    for _ in range(depth):
        w0 = load8(mem, w)
        w1 = load8(mem, w + 8)
        x = splat8(mem[a + o])
        s00 = fma8(x, w0, s00)
        s01 = fma8(x, w1, s01)
        x = splat8(mem[a1 + o])
        s10 = fma8(x, w0, s10)
        s11 = fma8(x, w1, s11)
        x = splat8(mem[a2 + o])
        s20 = fma8(x, w0, s20)
        s21 = fma8(x, w1, s21)
        x = splat8(mem[a3 + o])
        s30 = fma8(x, w0, s30)
        s31 = fma8(x, w1, s31)
        w += ldw
        o += step
    at = c
    store8(mem, at, s00)
    store8(mem, at + 8, s01)
    at += ldc
    store8(mem, at, s10)
    store8(mem, at + 8, s11)
    at += ldc
    store8(mem, at, s20)
    store8(mem, at + 8, s21)
    at += ldc
    store8(mem, at, s30)
    store8(mem, at + 8, s31)


@device
def tile1(mem, a, step, w, ldw, depth, c, fresh, bias):  # type: ignore[no-untyped-def]
    """One row of such a tile."""
    if fresh:
        s0 = load8(mem, bias) if bias >= 0 else zero8()
        s1 = load8(mem, bias + 8) if bias >= 0 else zero8()
    else:
        s0 = load8(mem, c)
        s1 = load8(mem, c + 8)
    o = 0
    for _ in range(depth):
        x = splat8(mem[a + o])
        s0 = fma8(x, load8(mem, w), s0)
        s1 = fma8(x, load8(mem, w + 8), s1)
        w += ldw
        o += step
    store8(mem, c, s0)
    store8(mem, c + 8, s1)


@device
def tile_rows(mem, m, a, row, step, w, ldw, depth, c, ldc, fresh, bias):  # type: ignore[no-untyped-def]
    """All rows of one column of tiles: sixes, and so many fours that no single rows are left
    where ``m`` is even."""
    rest = m % 6
    fours = 2 if rest == 2 or rest == 3 else 1 if rest >= 4 else 0
    sixes = max(m // 6 - fours // 2, 0) * 6
    r = 0
    while r < sixes:
        tile6(mem, a + r * row, row, step, w, ldw, depth, c + r * ldc, ldc, fresh, bias)
        r += 6
    while r + 4 <= m:
        tile4(mem, a + r * row, row, step, w, ldw, depth, c + r * ldc, ldc, fresh, bias)
        r += 4
    while r < m:
        tile1(mem, a + r * row, step, w, ldw, depth, c + r * ldc, fresh, bias)
        r += 1


@device
def pack(mem, rows, source, stride, target):  # type: ignore[no-untyped-def]
    """Copy 16 columns of so many rows into consecutive memory."""
    for i in range(rows):
        store8(mem, target + 16 * i, load8(mem, source + i * stride))
        store8(mem, target + 16 * i + 8, load8(mem, source + i * stride + 8))
