"""Accuracy of the elementary functions, compiled and vectorised, against float64."""

from __future__ import annotations

import numpy as np
import pytest

from nnstudio.core import simd
from nnstudio.core.jit import floats_at, loop


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


simd_exp, simd_tanh, simd_sigmoid = simd.exp, simd.tanh, simd.sigmoid
simd_log, simd_softplus = simd.log, simd.softplus

CASES = {
    "exp": (apply_exp, np.exp, (-87, 88), 3),
    "tanh": (apply_tanh, np.tanh, (-12, 12), 4),
    "sigmoid": (apply_sigmoid, lambda x: 1 / (1 + np.exp(-x)), (-80, 80), 4),
    "log": (apply_log, np.log, (1e-30, 1e30), 3),
    "softplus": (apply_softplus, lambda x: np.logaddexp(0, x), (-15, 80), 6),
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
