"""Accuracy of the elementary functions, compiled and vectorised, against float64."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nnstudio.core.compiled import simd
from nnstudio.core.compiled.jit import floats_at, loop


@loop(4)
def apply_exp(x, y, n, unused):
    for i in range(n):
        floats_at(y)[i] = simd_exp(floats_at(x)[i])
    return 0


@loop(4)
def apply_tanh(x, y, n, unused):
    for i in range(n):
        floats_at(y)[i] = simd_tanh(floats_at(x)[i])
    return 0


@loop(4)
def apply_sigmoid(x, y, n, unused):
    for i in range(n):
        floats_at(y)[i] = simd_sigmoid(floats_at(x)[i])
    return 0


@loop(4)
def apply_log(x, y, n, unused):
    for i in range(n):
        floats_at(y)[i] = simd_log(floats_at(x)[i])
    return 0


@loop(4)
def apply_softplus(x, y, n, unused):
    for i in range(n):
        floats_at(y)[i] = simd_softplus(floats_at(x)[i])
    return 0


@loop(4)
def apply_expm1(x, y, n, unused):
    for i in range(n):
        floats_at(y)[i] = simd_expm1(floats_at(x)[i])
    return 0


@loop(4)
def apply_erf(x, y, n, unused):
    for i in range(n):
        floats_at(y)[i] = simd_erf(floats_at(x)[i])
    return 0


@loop(4)
def apply_sin(x, y, n, unused):
    for i in range(n):
        floats_at(y)[i] = simd_sin(floats_at(x)[i])
    return 0


@loop(4)
def apply_cos(x, y, n, unused):
    for i in range(n):
        floats_at(y)[i] = simd_cos(floats_at(x)[i])
    return 0


@loop(4)
def apply_normal(unused, y, n, seed):
    key = simd_key(seed, 7, 0)
    for i in range(n):
        floats_at(y)[i] = simd_normal(key, i)
    return 0


simd_exp, simd_tanh, simd_sigmoid = simd.exp, simd.tanh, simd.sigmoid
simd_log, simd_softplus = simd.log, simd.softplus
simd_expm1, simd_erf, simd_sin, simd_cos = simd.expm1, simd.erf, simd.sin, simd.cos
simd_key, simd_normal = simd.random_key, simd.random_normal

CASES = {
    "exp": (apply_exp, np.exp, (-87, 88), 3),
    "tanh": (apply_tanh, np.tanh, (-12, 12), 4),
    "sigmoid": (apply_sigmoid, lambda x: 1 / (1 + np.exp(-x)), (-80, 80), 4),
    "log": (apply_log, np.log, (1e-30, 1e30), 3),
    "softplus": (apply_softplus, lambda x: np.logaddexp(0, x), (-15, 80), 6),
    "expm1": (apply_expm1, np.expm1, (-30, -1e-6), 4),
    "erf": (apply_erf, np.vectorize(math.erf), (-5, 5), 4),
}


def run(function, x):
    y = np.empty_like(x)
    function(x.ctypes.data, y.ctypes.data, len(x), 0)
    return y


@pytest.mark.parametrize("name", CASES)
def test_error_in_units_of_the_last_place(name):
    function, reference, (low, high), most = CASES[name]
    if low > 0:
        x = np.exp(np.linspace(np.log(low), np.log(high), 400_001))
    else:
        x = np.concatenate([np.linspace(low, high, 400_001), np.linspace(-1e-3, 1e-3, 2001)])
    x = x.astype(np.float32)
    exact = reference(x.astype(np.float64))
    error = np.abs(run(function, x) - exact) / np.spacing(np.abs(exact).astype(np.float32))
    assert error.max() <= most


@pytest.mark.parametrize("name", CASES)
def test_nan_stays_visible(name):
    x = np.array([np.nan, 1.0] * 8, np.float32)
    y = run(CASES[name][0], x)
    assert np.isnan(y[::2]).all() and np.isfinite(y[1::2]).all()


def test_ends_of_the_range():
    inf = np.float32(np.inf)
    x = np.array([-inf, inf, 0.0, 1000.0, -1000.0, 88.8, -88.0, 1.0], np.float32)
    np.testing.assert_array_equal(run(apply_exp, x)[:6], [0, inf, 1, inf, 0, inf])
    np.testing.assert_array_equal(run(apply_tanh, x)[:5], [-1, 1, 0, 1, -1])
    np.testing.assert_array_equal(run(apply_sigmoid, x)[:5], [0, 1, 0.5, 1, 0])
    y = run(apply_log, np.array([0.0, inf, -1.0, 1.0], np.float32))
    assert y[0] == -inf and y[1] == inf and np.isnan(y[2]) and y[3] == 0
    np.testing.assert_array_equal(run(apply_expm1, x)[[0, 2, 4]], [-1, 0, -1])
    np.testing.assert_array_equal(run(apply_erf, x)[:5], [-1, 1, 0, 1, -1])
    assert np.isnan(run(apply_sin, x)[:2]).all() and np.isnan(run(apply_cos, x)[:2]).all()


@pytest.mark.parametrize(
    ("function", "reference"), [(apply_sin, np.sin), (apply_cos, np.cos)], ids=["sin", "cos"]
)
def test_sine_and_cosine_far_from_zero(function, reference):
    ends = [1e-3, 1.0, 10.0, 1e2, 1e4]
    x = np.concatenate([np.linspace(-end, end, 200_001) for end in ends]).astype(np.float32)
    assert np.abs(run(function, x) - reference(x.astype(np.float64))).max() < 1.5e-7


def test_normal_numbers_have_the_moments_of_the_normal_distribution():
    a, b = np.empty((2, 200_000), np.float32)
    apply_normal(0, a.ctypes.data, len(a), 1)
    apply_normal(0, b.ctypes.data, len(b), 2)
    assert np.isfinite(a).all() and not np.array_equal(a, b)
    assert abs(a.mean()) < 0.01 and abs(a.var() - 1) < 0.02
    assert abs((a**3).mean()) < 0.05 and abs((a**4).mean() - 3) < 0.1
    for other in (b[:-1], a[1:]):
        assert abs(np.corrcoef(a[:-1], other)[0, 1]) < 0.01
    assert np.mean(np.abs(a) < 1.959964) == pytest.approx(0.95, abs=0.003)
