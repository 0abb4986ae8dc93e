"""Directions of a loss landscape, and gradient ascent."""

import numpy as np
import pytest

from nnstudio.analysis.excitation import Ascent, smooth
from nnstudio.analysis.landscape import filter_normalised, flat, path_plane, shaped

KEYS = (("a", "weight"), ("a", "bias"), ("c", "weight"))


def parameters():
    random = np.random.default_rng(0)
    shapes = {KEYS[0]: (4, 3), KEYS[1]: (3,), KEYS[2]: (3, 3, 2, 5)}
    return {key: random.standard_normal(shape).astype(np.float32) for key, shape in shapes.items()}


def test_flattening_and_back():
    p = parameters() | {("bn", "mean"): np.ones(2, np.float32)}
    back = shaped(flat(p, KEYS), p, KEYS)
    assert back.keys() == p.keys()
    for key in p:
        np.testing.assert_array_equal(back[key], p[key])


def test_each_filter_moves_by_its_own_length():
    p = parameters()
    moved = shaped(filter_normalised(p, KEYS, np.random.default_rng(1)), p, KEYS)
    assert not moved[KEYS[1]].any()  # biases stay
    for key, axes in ((KEYS[0], 0), (KEYS[2], (0, 1, 2))):
        own, length = (np.sqrt((w.astype(float) ** 2).sum(axes)) for w in (p[key], moved[key]))
        np.testing.assert_allclose(length, own, rtol=1e-5)


def test_a_path_in_a_plane_is_found_again():
    random = np.random.default_rng(2)
    one, two = np.linalg.qr(random.standard_normal((50, 2)))[0].T
    at = random.standard_normal((12, 2)) * [5, 1]
    path = random.standard_normal(50) + at @ np.stack([one, two])
    first, second, points = path_plane(path)
    assert points[-1].tolist() == pytest.approx([0, 0])
    rebuilt = path[-1] + points @ np.stack([first, second])
    np.testing.assert_allclose(rebuilt, path, atol=1e-8)


def test_ascent_climbs_and_stays_in_range():
    weight = np.linspace(-1, 1, 8).astype(np.float32)
    climb = Ascent((8,), -2.0, 2.0, 1.0, np.random.default_rng(0))
    for _ in range(80):
        climb.advance(lambda x: (float((x[0] * weight).sum()), weight[None]))
    assert climb.values[-1] > climb.values[0] + 3
    assert climb.x.min() >= -2 and climb.x.max() <= 2
    assert (np.sign(climb.x[0]) == np.sign(weight)).all()


def test_smoothing_keeps_the_mean_and_even_pictures():
    even = np.full((1, 5, 6, 2), 3.0)
    np.testing.assert_allclose(smooth(even), even)
    x = np.zeros((1, 7, 7, 1))
    x[0, 3, 3, 0] = 1
    assert smooth(x).sum() == pytest.approx(1) and smooth(x)[0, 3, 3, 0] == pytest.approx(0.88)
