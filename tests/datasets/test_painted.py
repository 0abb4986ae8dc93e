"""Painted points: JSON, the split that stays, adding, erasing, moving."""

from __future__ import annotations

import json

import numpy as np
import pytest

from nnstudio.core import registry
from nnstudio.core.contracts import Dataset
from nnstudio.core.text import StudioError
from nnstudio.datasets.moons import Moons
from nnstudio.datasets.painted import MOST_POINTS, PaintedPoints, Painting, painted


def cloud(count: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-6, 6, (count, 2))


def test_a_painting_survives_json_to_the_bit():
    made = PaintedPoints(painting=Painting().with_points(cloud(50), [1.0] * 50), classes=3)
    again = registry.from_json(Dataset, json.loads(json.dumps(registry.to_json(made))))
    assert again == made
    assert again.make().digest == made.make().digest


def test_a_point_stays_in_its_part_whatever_is_painted_besides():
    first = Painting().with_points(cloud(60), [0.0] * 60)
    more = first.with_points(cloud(40, 2), [1.0] * 40)
    fewer = more.without(np.arange(100) % 3 == 0)
    moved = fewer.moved(np.arange(len(fewer.points)) % 2 == 0, 0.1, 0.0)

    def parts(painting):
        data = PaintedPoints(painting=painting, share=0.6)
        rows = data._train_rows()
        return dict(zip(painting.numbers().tolist(), rows.tolist(), strict=True))

    whole = parts(more)
    for other in (first, fewer, moved):
        assert parts(other).items() <= whole.items()
    assert 0.4 < np.mean(list(whole.values())) < 0.8


def test_data_of_any_plane_set_can_be_painted_over():
    moons = Moons(points=100, noise=0.2, features=("x1", "x1*x2"))
    data = moons.load()
    made = painted(data, moons)
    again = made.make()
    assert made.features == moons.features and again.classes == data.classes
    places = np.concatenate([again.points, again.valid_points])
    before = np.concatenate([data.points, data.valid_points])
    assert np.abs(np.sort(places, 0) - np.sort(before, 0)).max() < 1e-3
    assert again.train.y.sum() + again.valid.y.sum() == 50


def test_there_is_room_for_so_many_points_and_one_always_stays():
    full = Painting().with_points(cloud(MOST_POINTS + 10), [0.0] * (MOST_POINTS + 10))
    assert len(full.points) == MOST_POINTS
    assert len(full.without(np.ones(MOST_POINTS, bool)).points) == 1
    assert np.abs(full.moved(np.ones(MOST_POINTS, bool), 9, -9).places()).max() == 6


def test_numbers_begin_again_before_they_become_too_large():
    painting = Painting()
    for _ in range(30):
        painting = painting.with_points(cloud(4000), [0.0] * 4000)
        painting = painting.without(np.arange(len(painting.points)) > 10)
    registry.from_json(Dataset, registry.to_json(PaintedPoints(painting=painting)))


def test_one_point_is_enough():
    data = PaintedPoints(painting=Painting(((0.0, 0.0, 1.0, 0),))).load()
    assert (len(data.train), len(data.valid)) == (1, 0)


@pytest.mark.parametrize(
    "points",
    [
        "x", [[1, 2, 3]], [[1, 2, 0, "a"]], [[float("nan"), 0, 0, 0]], [[7, 0, 0, 0]],
        [[0, 0, 0, 5], [0, 0, 0, 5]], [[0, 0, 0, -1]], [[0, 0, 0, 1e12]], {}, [[0, 0, 1e9, 0]],
    ],
)  # fmt: skip
def test_what_is_no_painting_is_refused(points):
    with pytest.raises(StudioError):
        registry.from_json(Dataset, {"type": "PaintedPoints.v1", "painting": points})
