"""Elementary functions and random numbers for kernels: float32, branch-free, so that LLVM
vectorises the loops that call them. The C library's versions are scalar and dominate small nets.

Errors against float64, over finite inputs (see tests/test_simd.py): exp, sigmoid and
log within 3 ulp, tanh, expm1 and erf within 4 ulp, sin and cos within 1.5e-7 up to |x| = 10⁴.
"""

from __future__ import annotations

import numpy as np

from nnstudio.core.compiled.jit import bits_of, device, float_of, fma8, splat8, strict_device, zero8

f32 = np.float32
i32 = np.int32
u32 = np.uint32


@device
def minus8(a, b):  # type: ignore[no-untyped-def]
    """a − b in each lane."""
    return fma8(b, splat8(f32(-1.0)), a)


@device
def times8(a, factor):  # type: ignore[no-untyped-def]
    """A float times each lane."""
    return fma8(a, splat8(f32(factor)), zero8())


@strict_device
def exp_parts(x):  # type: ignore[no-untyped-def]
    """n and p with e^x = 2^n (1 + p): x = n ln 2 + r, p a polynomial (Cephes expf's)."""
    n = np.floor(x * f32(1.4426950408889634) + f32(0.5))
    r = x - n * f32(0.693359375)
    r = r + n * f32(2.12194440e-4)
    p = f32(1.9875691500e-4)
    p = p * r + f32(1.3981999507e-3)
    p = p * r + f32(8.3334519073e-3)
    p = p * r + f32(4.1665795894e-2)
    p = p * r + f32(1.6666665459e-1)
    p = p * r + f32(5.0000001201e-1)
    return n, p * r * r + r


@strict_device
def exp(x):  # type: ignore[no-untyped-def]
    """e^x. Below −87 the result is 0 (no denormals), above 88.7 it is inf; NaN stays NaN."""
    n, p = exp_parts(min(max(x, f32(-87.33654)), f32(88.72283)))
    p = p + f32(1.0)
    # 2^n in two factors: n may be 128, whose power is no float32.
    half = i32(n) >> i32(1)
    rest = i32(n) - half
    y = p * float_of((half + i32(127)) << i32(23)) * float_of((rest + i32(127)) << i32(23))
    y = f32(0.0) if x < f32(-87.33654) else y
    y = f32(np.inf) if x > f32(88.72283) else y
    return x if x != x else y


@device
def sigmoid(x):  # type: ignore[no-untyped-def]
    """1 / (1 + e^−x)."""
    return f32(1.0) / (f32(1.0) + exp(-x))


@strict_device
def tanh(x):  # type: ignore[no-untyped-def]
    """Hyperbolic tangent: a polynomial below 0.625 (Cephes tanhf), 1 − 2/(e^2x + 1) above."""
    a = abs(x)
    z = x * x
    p = f32(-5.70498872745e-3)
    p = p * z + f32(2.06390887954e-2)
    p = p * z + f32(-5.37397155531e-2)
    p = p * z + f32(1.33314422036e-1)
    p = p * z + f32(-3.33332819422e-1)
    small = p * z * x + x
    large = f32(1.0) - f32(2.0) / (exp(f32(2.0) * min(a, f32(10.0))) + f32(1.0))
    large = large if x >= f32(0.0) else -large
    y = small if a < f32(0.625) else large
    return x if x != x else y


@strict_device
def log(x):  # type: ignore[no-untyped-def]
    """Natural logarithm of a normal positive x (Cephes logf); 0 gives −inf, below 0 NaN."""
    bits = bits_of(max(x, f32(1.17549435e-38)))
    e = f32(i32(((bits >> i32(23)) & i32(255)) - i32(126)))
    m = float_of((bits & i32(0x007FFFFF)) | i32(0x3F000000))  # in [0.5, 1)
    low = m < f32(0.70710678)
    e = e - f32(1.0) if low else e
    m = m + m - f32(1.0) if low else m - f32(1.0)
    z = m * m
    p = f32(7.0376836292e-2)
    p = p * m + f32(-1.1514610310e-1)
    p = p * m + f32(1.1676998740e-1)
    p = p * m + f32(-1.2420140846e-1)
    p = p * m + f32(1.4249322787e-1)
    p = p * m + f32(-1.6668057665e-1)
    p = p * m + f32(2.0000714765e-1)
    p = p * m + f32(-2.4999993993e-1)
    p = p * m + f32(3.3333331174e-1)
    y = p * m * z + e * f32(-2.12194440e-4) - f32(0.5) * z
    y = m + y + e * f32(0.693359375)
    y = f32(np.inf) if x > f32(3.4028234e38) else y
    y = f32(-np.inf) if x == f32(0.0) else y
    return f32(np.nan) if x < f32(0.0) or x != x else y


@strict_device
def log1p(x):  # type: ignore[no-untyped-def]
    """log(1 + x) for x ≥ 0, exact for small x too (Kahan's correction of 1 + x's rounding)."""
    u = f32(1.0) + x
    y = log(u) * (x / (u - f32(1.0)))  # also where it is not used, so that there is no branch
    return x if u == f32(1.0) else y


@strict_device
def softplus(x):  # type: ignore[no-untyped-def]
    """log(1 + e^x), without overflow."""
    return max(x, f32(0.0)) + log1p(exp(-abs(x)))


@strict_device
def expm1(x):  # type: ignore[no-untyped-def]
    """e^x − 1 for x ≤ 0, exact near zero too: 2^n p + (2^n − 1)."""
    n, p = exp_parts(max(x, f32(-87.0)))
    power = float_of((i32(n) + i32(127)) << i32(23))
    y = power * p + (power - f32(1.0))
    return x if x != x else y


@strict_device
def erf(x):  # type: ignore[no-untyped-def]
    """The error function: an odd polynomial below 1, 1 − e^polynomial above (own minimax fits)."""
    a = min(abs(x), f32(4.0))  # 1 − erf(4) is below half a unit of the last place
    z = x * x
    p = f32(7.8538592743e-5)
    p = p * z + f32(-8.0101929959e-4)
    p = p * z + f32(5.1883276141e-3)
    p = p * z + f32(-2.6853811898e-2)
    p = p * z + f32(1.1283585148e-1)
    p = p * z + f32(-3.7612625824e-1)
    p = p * z + f32(1.1283791657)
    q = f32(2.1018267366e-4)
    q = q * a + f32(-3.1831218850e-3)
    q = q * a + f32(2.2786100212e-2)
    q = q * a + f32(-1.0509669001e-1)
    q = q * a + f32(-6.3584638397e-1)
    q = q * a + f32(-1.1284755815)
    large = f32(1.0) - exp(q * a)
    large = large if x >= f32(0.0) else -large
    y = p * x if a < f32(1.0) else large
    return x if x != x else y


@strict_device
def sine_of_rest(x, halves):  # type: ignore[no-untyped-def]
    """sin(x − halves · π) for a result of that difference within ±π/2 (own minimax fit).

    π in three parts of which the first two have 11 bits, so that their products are exact.
    """
    r = x - halves * f32(3.140625)
    r = r - halves * f32(9.675025939941406e-4)
    r = r - halves * f32(1.5099579909783765e-7)
    z = r * r
    p = f32(2.6057802522e-6)
    p = p * z + f32(-1.9809602704e-4)
    p = p * z + f32(8.3330662429e-3)
    p = p * z + f32(-1.6666659550e-1)
    return p * z * r + r


@strict_device
def sin(x):  # type: ignore[no-untyped-def]
    """Sine: x less the nearest multiple n π, its sign turned where n is odd."""
    n = np.floor(x * f32(0.3183098861837907) + f32(0.5))
    y = sine_of_rest(x, n)
    odd = n - f32(2.0) * np.floor(n * f32(0.5))
    return -y if odd == f32(1.0) else y


@strict_device
def cos(x):  # type: ignore[no-untyped-def]
    """Cosine: the sine of what is left beyond (n + ½) π."""
    n = np.floor(x * f32(0.3183098861837907))
    y = sine_of_rest(x, n + f32(0.5))
    odd = n - f32(2.0) * np.floor(n * f32(0.5))
    return y if odd == f32(1.0) else -y


@device
def mix(h):  # type: ignore[no-untyped-def]
    """Scramble 32 bits (the "lowbias32" mixer found by Chris Wellons' hash prospector, 2018)."""
    h = u32(h)
    h = u32(h ^ (h >> u32(16)))
    h = u32(h * u32(0x7FEB352D))
    h = u32(h ^ (h >> u32(15)))
    h = u32(h * u32(0x846CA68B))
    return u32(h ^ (h >> u32(16)))


@device
def random_key(seed, stream, step):  # type: ignore[no-untyped-def]
    """The key of one stream of random numbers at one step."""
    key = mix(u32(seed) + u32(0x9E3779B9))
    key = mix(key ^ u32(stream))
    key = mix(key ^ u32(step & 0xFFFFFFFF))
    return mix(key ^ u32((step >> 32) & 0xFFFFFFFF))


@device
def random_bits(key, element):  # type: ignore[no-untyped-def]
    """32 random bits for one element, counter-based: the same arguments, the same bits."""
    return mix(mix(u32(element) ^ key) + key)


@device
def random_unit(key, element):  # type: ignore[no-untyped-def]
    """A float32 in [0, 1)."""
    return f32(i32(random_bits(key, element) >> u32(8))) * f32(5.9604644775390625e-8)


@strict_device
def random_normal(key, element):  # type: ignore[no-untyped-def]
    """A standard normal float32 (Box and Muller 1958), from two draws; |value| < 5.9."""
    u = random_unit(key, element) + f32(5.9604644775390625e-8)  # in (0, 1]
    turn = random_unit(mix(key), element)
    return np.sqrt(f32(-2.0) * log(u)) * cos(f32(6.2831853071795864) * turn)
