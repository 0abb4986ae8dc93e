"""Curves made readable."""

import numpy as np

from nnstudio.analysis.smoothing import decimate, smooth


def test_smooth_keeps_lines_and_ends():
    np.testing.assert_allclose(smooth(np.full(50, 3.0), 7), 3.0)
    ramp = np.arange(50.0)
    np.testing.assert_allclose(smooth(ramp, 5)[10:-10], ramp[10:-10])
    assert smooth(ramp, 0.5) is ramp
    assert len(smooth(np.arange(4.0), 100)) == 4


def test_smooth_quiets_noise():
    noise = np.random.default_rng(0).standard_normal(500)
    assert smooth(noise, 20).std() < 0.3


def test_decimate_keeps_extremes_and_order():
    random = np.random.default_rng(0)
    x, y = np.arange(5000.0), random.standard_normal(5000)
    y[1234], y[4321] = 50, -50
    small_x, small_y = decimate(x, y, 200)
    assert len(small_x) <= 2 * 200 + 30
    assert (small_y.max(), small_y.min()) == (50, -50)
    assert (np.diff(small_x) > 0).all() and (small_x[0], small_x[-1]) == (0, 4999)
    np.testing.assert_array_equal(y[small_x.astype(int)], small_y)


def test_short_curves_stay():
    x = np.arange(10.0)
    assert decimate(x, x, 100)[0] is x
