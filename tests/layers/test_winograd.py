"""Convolutions by tiles (core/compiled/winograd.py): as exact as can be asked, and nothing is hidden."""

from __future__ import annotations

import numpy as np

from nnstudio.core.compiled import winograd
from nnstudio.engine.differentiate import Differentiator
from tests.helpers import around, layer

SUBJECT = layer("Conv2D.v1", filters=48, kernel=[3, 3], padding="same", use_bias=False)
SHAPE = (14, 11, 64)


def plain(x, w):
    """The convolution in float64, window by window."""
    padded = np.pad(x.astype(np.float64), ((0, 0), (1, 1), (1, 1), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (1, 2))
    return np.einsum("nyxcij,ijcf->nyxf", windows, w.astype(np.float64))


def test_rounding_errors_stay_near_those_of_the_plain_sum():
    assert winograd.suits(SUBJECT.geometry(SHAPE))
    rng = np.random.default_rng(0)
    x = rng.standard_normal((3, *SHAPE)).astype(np.float32)
    w = rng.standard_normal((3, 3, 64, 48)).astype(np.float32)
    d = rng.standard_normal((3, *SHAPE[:2], 48)).astype(np.float32)
    y, by_x, by = Differentiator(around(SUBJECT, (SHAPE,)), 3).run({("it", "weight"): w}, x, d)

    def error(found, wanted):
        return float(np.sqrt(np.mean((found - wanted) ** 2) / np.mean(wanted**2)))

    assert error(y, plain(x, w)) < 2e-6
    assert error(by_x, plain(d, w[::-1, ::-1].transpose(0, 1, 3, 2))) < 2e-6
    padded = np.pad(x.astype(np.float64), ((0, 0), (1, 1), (1, 1), (0, 0)))
    for i in range(3):
        for j in range(3):
            seen = padded[:, i : i + 14, j : j + 11]
            wanted = np.einsum("nyxc,nyxf->cf", seen, d.astype(np.float64))
            assert error(by["it", "weight"][i, j], wanted) < 2e-6


def test_a_number_that_is_none_reaches_every_output_that_sees_it():
    x = np.zeros((2, *SHAPE), np.float32)
    x[1, 5, 7, 3] = np.nan
    w = np.ones((3, 3, 64, 48), np.float32)
    y, _, _ = Differentiator(around(SUBJECT, (SHAPE,)), 2).run(
        {("it", "weight"): w}, x, np.zeros((2, *SHAPE[:2], 48), np.float32)
    )
    assert np.isnan(y[1, 4:7, 6:9]).all()
    assert (y[0] == 0).all()
