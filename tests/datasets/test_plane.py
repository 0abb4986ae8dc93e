"""The eight 2-D data sets: shapes, bounds, determinism, smooth noise, the split."""

from __future__ import annotations

import gc
import time
import weakref

import numpy as np
import pytest

from nnstudio.core import fields, registry
from nnstudio.core.contracts import Dataset
from nnstudio.core.data import PLANE_FEATURES, plane_features
from nnstudio.core.text import StudioError

CLASSIFICATION = [
    "Circle.v1",
    "Xor.v1",
    "TwoGaussians.v1",
    "Spirals.v1",
    "Moons.v1",
    "Checkerboard.v1",
]
REGRESSION = ["PlaneSurface.v1", "GaussianBumps.v1"]
ALL = CLASSIFICATION + REGRESSION


def make(name, **values):
    return registry.from_json(Dataset, {"type": name, **values})


def everything(data):
    """All points with their targets, in one order whatever the split."""
    points = np.concatenate([data.points, data.valid_points])
    targets = np.concatenate([data.train.y, data.valid.y])
    rows = np.column_stack([points, targets])
    return rows[np.lexsort(rows.T)]


def test_they_stand_in_order():
    sets = [cls for cls in registry.table(Dataset).values() if cls.group == "2-D"]
    order = [cls.type_name for cls in sorted(sets, key=lambda cls: cls.order)]
    assert order[: len(ALL)] == ALL
    assert "PaintedPoints.v1" in order[len(ALL) :]


@pytest.mark.parametrize("name", ALL)
def test_shapes_and_bounds(name):
    data = make(name, points=300, share=0.7, features=list(PLANE_FEATURES), noise=0.5).load()
    assert data.train.x.shape == (210, 7)
    assert data.valid.x.shape == (90, 7)
    assert data.train.y.shape == (210, 1)
    assert data.train.x.dtype == data.train.y.dtype == np.float32
    assert data.plane == PLANE_FEATURES
    assert data.points.shape == (210, 2)
    assert data.valid_points.shape == (90, 2)
    assert np.abs(data.points).max() <= 6
    np.testing.assert_array_equal(data.train.x, plane_features(data.points, PLANE_FEATURES))
    np.testing.assert_array_equal(data.valid.x, plane_features(data.valid_points, PLANE_FEATURES))


@pytest.mark.parametrize("name", CLASSIFICATION)
def test_two_equal_classes(name):
    data = make(name, points=200).load()
    assert data.task == "classification"
    assert len(data.classes) == 2
    assert data.outputs == 1
    y = np.concatenate([data.train.y, data.valid.y])
    assert set(y.ravel().tolist()) == {0.0, 1.0}
    assert y.sum() == 100


@pytest.mark.parametrize("name", REGRESSION)
def test_targets_span_minus_one_to_one(name):
    data = make(name, points=2000).load()
    assert data.task == "regression"
    assert data.outputs == 1
    assert data.classes == ()
    assert -1.05 <= data.train.y.min() < -0.8
    assert 0.8 < data.train.y.max() <= 1.05


@pytest.mark.parametrize("name", ALL)
def test_equal_specs_give_equal_data_and_seeds_differ(name):
    first, again, other = (make(name, seed=seed).make() for seed in (3, 3, 4))
    np.testing.assert_array_equal(first.train.x, again.train.x)
    np.testing.assert_array_equal(first.valid.y, again.valid.y)
    assert not np.array_equal(first.train.x, other.train.x)


@pytest.mark.parametrize("name", ALL)
def test_what_is_held_is_not_made_twice_and_what_nobody_holds_is_forgotten(name):
    first = make(name, seed=3).load()
    assert make(name, seed=3).load() is first
    assert make(name, seed=4).load() is not first
    gone = weakref.ref(first)
    del first
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("name", ALL)
def test_a_little_more_noise_moves_the_same_points_a_little(name):
    before, after = (make(name, noise=noise).load() for noise in (0.2, 0.201))
    np.testing.assert_array_equal(before.train.y, after.train.y)
    moved = np.abs(after.points - before.points)
    assert 0 < moved.max() < 0.02


@pytest.mark.parametrize("name", ALL)
def test_the_share_splits_the_same_points_anew(name):
    small, large = (make(name, share=share).load() for share in (0.3, 0.8))
    assert (len(small.train), len(large.train)) == (120, 320)
    np.testing.assert_array_equal(everything(small), everything(large))
    kept = {tuple(point) for point in large.points.tolist()}
    assert all(tuple(point) in kept for point in small.points.tolist())


@pytest.mark.parametrize("name", ALL)
def test_without_noise_the_pattern_is_exact(name):
    data = make(name, noise=0, points=1000).load()
    x1, x2 = data.points.T
    radius = np.hypot(x1, x2)
    y = data.train.y[:, 0]
    if name == "Circle.v1":
        assert np.array_equal(y == 1, radius < 3)
    elif name == "Xor.v1":
        assert np.array_equal(y == 1, x1 * x2 > 0)
    elif name == "TwoGaussians.v1":
        assert np.array_equal(y == 1, x1 + x2 > 0)
    elif name == "Checkerboard.v1":
        fields_ = np.floor((data.points + 5) / 2.5).sum(1)
        assert np.array_equal(y == 1, fields_ % 2 == 0)
    elif name == "Spirals.v1":
        angle = np.arctan2(x1, x2) - 1.75 * 2 * np.pi * radius / 5
        assert np.array_equal(y == 1, np.cos(angle) > 0)
        assert np.allclose(np.abs(np.cos(angle)), 1, atol=1e-4)
    elif name == "PlaneSurface.v1":
        assert np.allclose(y, (x1 + x2) / 12, atol=1e-6)


def test_more_points_keep_the_ones_there_were():
    few, many = (everything(make("Moons.v1", points=count).load()) for count in (100, 200))
    kept = {tuple(row) for row in many.tolist()}
    assert all(tuple(row) in kept for row in few.tolist())


def test_no_feature_is_refused_with_a_way_out():
    with pytest.raises(StudioError, match="Switch on at least one"):
        make("Circle.v1", features=[]).load()


def test_features_keep_their_order():
    data = make("Circle.v1", features=["sin(x2)", "x1"]).load()
    assert data.plane == ("x1", "sin(x2)")
    assert data.feature_names == ("x₁", "sin x₂")


@pytest.mark.parametrize(
    "values", [{"points": 19}, {"points": 5001}, {"noise": 0.6}, {"share": 0.95}, {"seed": -1}]
)
def test_fields_have_limits(values):
    with pytest.raises(StudioError):
        fields.changed(make("Circle.v1"), **values)


@pytest.mark.parametrize("name", ALL)
def test_json_round_trip(name):
    spec = make(name, noise=0.25, features=["x2"], seed=9)
    assert registry.from_json(Dataset, registry.to_json(spec)) == spec


def test_loading_is_fast_enough_for_thumbnails():
    spec = make("GaussianBumps.v1")
    spec.make()
    seconds = []
    for _ in range(20):
        start = time.perf_counter()
        spec.make()
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 0.002
