"""The transforms of fast convolutions (core/compiled/winograd.py) along one axis, eight channels at a time.

The matrices evaluate polynomials at 0, ±3/4, ±3/2 and infinity. These points make rounding
errors half those of the usual 0, ±1, ±2 and infinity, and three times those of the plain sum
(root mean square 6e-7 against 2e-7, 32 channels); all their powers here are exact in float32.
"""

from __future__ import annotations

import numpy as np

from nnstudio.core.compiled.jit import add8, device, fma8, load8, splat8, store8, zero8
from nnstudio.core.compiled.simd import minus8, times8

f32 = np.float32

A, B = 0.75, 1.5
A2, B2 = A * A, B * B
#: What the filter's transform divides by, at 0, ±A and ±B.
AT_ZERO, AT_A, AT_B = 1 / (A2 * B2), 1 / (2 * A2 * (A2 - B2)), 1 / (2 * B2 * (B2 - A2))


@device
def input_forward(mem, at, step, to, apart):  # type: ignore[no-untyped-def]
    """Bᵀ: six vectors to six."""
    d0 = load8(mem, at)
    d1 = load8(mem, at + step)
    d2 = load8(mem, at + 2 * step)
    d3 = load8(mem, at + 3 * step)
    d4 = load8(mem, at + 4 * step)
    d5 = load8(mem, at + 5 * step)
    a, b, less_a, less_b = splat8(f32(A)), splat8(f32(B)), splat8(f32(-A)), splat8(f32(-B))
    a2, b2 = splat8(f32(-A2)), splat8(f32(-B2))
    product, total = splat8(f32(A2 * B2)), splat8(f32(-A2 - B2))
    even = fma8(b2, d2, d4)
    odd = fma8(b2, d1, d3)
    store8(mem, to, fma8(product, d0, fma8(total, d2, d4)))
    store8(mem, to + apart, fma8(a, odd, even))
    store8(mem, to + 2 * apart, fma8(less_a, odd, even))
    even = fma8(a2, d2, d4)
    odd = fma8(a2, d1, d3)
    store8(mem, to + 3 * apart, fma8(b, odd, even))
    store8(mem, to + 4 * apart, fma8(less_b, odd, even))
    store8(mem, to + 5 * apart, fma8(product, d1, fma8(total, d3, d5)))


@device
def input_backward(mem, at, step):  # type: ignore[no-untyped-def]
    """B: six vectors to six."""
    v0 = load8(mem, at)
    v1 = load8(mem, at + step)
    v2 = load8(mem, at + 2 * step)
    v3 = load8(mem, at + 3 * step)
    v4 = load8(mem, at + 4 * step)
    v5 = load8(mem, at + 5 * step)
    s1, t1 = add8(v1, v2), minus8(v1, v2)
    s2, t2 = add8(v3, v4), minus8(v3, v4)
    total = splat8(f32(-A2 - B2))
    d0 = times8(v0, A2 * B2)
    d1 = fma8(splat8(f32(-A * B2)), t1, fma8(splat8(f32(-B * A2)), t2, times8(v5, A2 * B2)))
    d2 = fma8(splat8(f32(-B2)), s1, fma8(splat8(f32(-A2)), s2, times8(v0, -A2 - B2)))
    d3 = fma8(splat8(f32(A)), t1, fma8(splat8(f32(B)), t2, fma8(total, v5, zero8())))
    return d0, d1, d2, d3, add8(v0, add8(s1, s2)), v5


@device
def output_forward(mem, at, step):  # type: ignore[no-untyped-def]
    """Aᵀ: six vectors to four."""
    m1 = load8(mem, at + step)
    m2 = load8(mem, at + 2 * step)
    m3 = load8(mem, at + 3 * step)
    m4 = load8(mem, at + 4 * step)
    s1, t1 = add8(m1, m2), minus8(m1, m2)
    s2, t2 = add8(m3, m4), minus8(m3, m4)
    y0 = add8(load8(mem, at), add8(s1, s2))
    y1 = fma8(splat8(f32(A)), t1, times8(t2, B))
    y2 = fma8(splat8(f32(A2)), s1, times8(s2, B2))
    last = load8(mem, at + 5 * step)
    y3 = fma8(splat8(f32(A * A2)), t1, fma8(splat8(f32(B * B2)), t2, last))
    return y0, y1, y2, y3


@device
def output_backward(mem, at, step, to, apart):  # type: ignore[no-untyped-def]
    """A: four vectors to six."""
    y0 = load8(mem, at)
    y1 = load8(mem, at + step)
    y2 = load8(mem, at + 2 * step)
    y3 = load8(mem, at + 3 * step)
    even, odd = fma8(splat8(f32(A2)), y2, y0), fma8(splat8(f32(A2)), y3, y1)
    store8(mem, to, y0)
    store8(mem, to + apart, fma8(splat8(f32(A)), odd, even))
    store8(mem, to + 2 * apart, fma8(splat8(f32(-A)), odd, even))
    even, odd = fma8(splat8(f32(B2)), y2, y0), fma8(splat8(f32(B2)), y3, y1)
    store8(mem, to + 3 * apart, fma8(splat8(f32(B)), odd, even))
    store8(mem, to + 4 * apart, fma8(splat8(f32(-B)), odd, even))
    store8(mem, to + 5 * apart, y3)


@device
def filter_forward(mem, at, step, to, apart):  # type: ignore[no-untyped-def]
    """G: three vectors to six."""
    g0 = load8(mem, at)
    g1 = load8(mem, at + step)
    g2 = load8(mem, at + 2 * step)
    store8(mem, to, times8(g0, AT_ZERO))
    even = times8(fma8(splat8(f32(A2)), g2, g0), AT_A)
    odd = times8(g1, A * AT_A)
    store8(mem, to + apart, add8(even, odd))
    store8(mem, to + 2 * apart, minus8(even, odd))
    even = times8(fma8(splat8(f32(B2)), g2, g0), AT_B)
    odd = times8(g1, B * AT_B)
    store8(mem, to + 3 * apart, add8(even, odd))
    store8(mem, to + 4 * apart, minus8(even, odd))
    store8(mem, to + 5 * apart, g2)


@device
def filter_backward(mem, at, step, to, apart):  # type: ignore[no-untyped-def]
    """Gᵀ: six vectors to three."""
    u1 = load8(mem, at + step)
    u2 = load8(mem, at + 2 * step)
    u3 = load8(mem, at + 3 * step)
    u4 = load8(mem, at + 4 * step)
    s1, t1 = times8(add8(u1, u2), AT_A), times8(minus8(u1, u2), A * AT_A)
    s2, t2 = times8(add8(u3, u4), AT_B), times8(minus8(u3, u4), B * AT_B)
    store8(mem, to, fma8(splat8(f32(AT_ZERO)), load8(mem, at), add8(s1, s2)))
    store8(mem, to + apart, add8(t1, t2))
    last = load8(mem, at + 5 * step)
    store8(mem, to + 2 * apart, fma8(splat8(f32(A2)), s1, fma8(splat8(f32(B2)), s2, last)))
