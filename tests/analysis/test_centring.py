"""The form of MNIST's digits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.analysis.centring import centre, resample


def test_blank_stays_blank():
    assert not centre(np.zeros((112, 112)), 28, 28).any()


@given(
    st.integers(0, 60), st.integers(0, 60), st.integers(1, 50), st.integers(1, 50)
)  # fmt: skip
def test_the_box_fits_and_the_mass_is_in_the_middle(top, left, height, width):
    ink = np.zeros((112, 112))
    ink[top : top + height, left : left + width] = 1
    placed = centre(ink, 28, 28)
    rows, columns = np.flatnonzero(placed.any(1)), np.flatnonzero(placed.any(0))
    longest = max(rows[-1] - rows[0], columns[-1] - columns[0]) + 1
    assert longest == 20
    mass = placed.sum()
    assert abs((placed.sum(0) * (np.arange(28) + 0.5)).sum() / mass - 14) <= 0.51
    assert abs((placed.sum(1) * (np.arange(28) + 0.5)).sum() / mass - 14) <= 0.51


def test_the_mass_moves_a_lopsided_drawing():
    ink = np.zeros((28, 28))
    ink[4:24, 4] = 1  # a thin line ...
    ink[4:24, 14:24] = 0.1  # ... and a wide pale area to its right
    ink[14:24, 5:24] += 0.02
    placed = centre(ink, 28, 28)
    mass = placed.sum()
    assert abs((placed.sum(0) * (np.arange(28) + 0.5)).sum() / mass - 14) <= 0.51


def test_proportions_are_kept():
    ink = np.zeros((100, 100))
    ink[10:90, 40:60] = 1
    placed = centre(ink, 28, 28)
    assert np.count_nonzero(placed.any(1)) == 20
    assert np.count_nonzero(placed.any(0)) == 5


@pytest.mark.parametrize("size", [(7, 5), (28, 28), (40, 60)])
def test_resample_keeps_means(size):
    picture = np.random.default_rng(0).random((28, 28))
    small = resample(picture, *size)
    assert small.shape == size
    assert small.mean() == pytest.approx(picture.mean())
    np.testing.assert_allclose(resample(picture, 28, 28), picture)
