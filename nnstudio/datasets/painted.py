"""Points that a person paints: a place and a class, or a number, each."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from nnstudio.core import fields
from nnstudio.core.data import PLANE_LIMIT, Data, Part, plane_features
from nnstudio.core.fields import choice, integer, value
from nnstudio.core.plane import COLOURS, FEATURE_LABELS, PlaneDataset
from nnstudio.core.registry import register
from nnstudio.core.sampling import SPLIT, generator
from nnstudio.core.text import StudioError, mark

#: A painting may have so many points, and have had so many in its life.
MOST_POINTS, MOST_NUMBER = 5000, 100_000
#: Places are kept to so many decimals of a unit of the plane.
DECIMALS = 3

#: x₁, x₂, class or number, and the point's own number, which decides its part for ever.
Point = tuple[float, float, float, int]


@dataclass(frozen=True)
class Painting:
    """Points in the order in which they were painted."""

    points: tuple[Point, ...] = ()

    def places(self) -> np.ndarray:
        """Where the points are: (n, 2) float64."""
        return np.array([point[:2] for point in self.points], np.float64).reshape(-1, 2)

    def values(self) -> np.ndarray:
        """Their classes or numbers: (n,) float64."""
        return np.array([point[2] for point in self.points], np.float64)

    def numbers(self) -> np.ndarray:
        """Their own numbers: (n,) int64."""
        return np.array([point[3] for point in self.points], np.int64)

    def with_points(self, places: np.ndarray, values: Iterable[float]) -> Painting:
        """The same with points (n, 2) added, as many as there is room for; what lies beyond the
        plane comes to its edge."""
        room = MOST_POINTS - len(self.points)
        before = self.points
        if before and before[-1][3] + room >= MOST_NUMBER:
            before = tuple((*point[:3], at) for at, point in enumerate(before))
        first = before[-1][3] + 1 if before else 0
        inside = np.round(np.clip(places, -PLANE_LIMIT, PLANE_LIMIT), DECIMALS).tolist()
        fresh = tuple(
            (x, y, float(given), first + at)
            for at, ((x, y), given) in enumerate(zip(inside, values, strict=True))
        )
        return Painting(before + fresh[:room])

    def near(self, x: float, y: float, radius: float) -> np.ndarray:
        """Which points lie within a circle: (n,) bool."""
        return np.hypot(*(self.places() - [x, y]).T) <= radius

    def without(self, gone: np.ndarray) -> Painting:
        """The same without the points where ``gone`` (n,) is true; one always stays."""
        kept = tuple(p for p, g in zip(self.points, gone.tolist(), strict=True) if not g)
        return Painting(kept or self.points[-1:])

    def moved(self, which: np.ndarray, dx: float, dy: float) -> Painting:
        """The same with some points shifted, up to the plane's edge."""
        places = self.places()
        places[which] += [dx, dy]
        places = np.round(np.clip(places, -PLANE_LIMIT, PLANE_LIMIT), DECIMALS)
        together = zip(places.tolist(), self.points, strict=True)
        return Painting(tuple((x, y, old[2], old[3]) for (x, y), old in together))

    def to_json(self) -> list[list[float]]:
        """Plain JSON: a list of [x₁, x₂, value, number]."""
        return [list(point) for point in self.points]

    @classmethod
    def from_json(cls, data: Any) -> Painting:
        """The painting that ``to_json`` wrote; anything else raises ``StudioError``."""
        if not isinstance(data, list) or len(data) > MOST_POINTS:
            raise _unsound()
        points = tuple(_point(entry) for entry in data)
        numbers = [point[3] for point in points]
        if any(b <= a for a, b in pairwise(numbers)):
            raise _unsound()
        return cls(points)


def _point(entry: Any) -> Point:
    if not isinstance(entry, list) or len(entry) != 4:
        raise _unsound()
    if not all(isinstance(part, (int, float)) and math.isfinite(part) for part in entry):
        raise _unsound()
    x, y, given, number = entry
    if max(abs(x), abs(y)) > PLANE_LIMIT or abs(given) > 1e6 or not 0 <= number <= MOST_NUMBER:
        raise _unsound()
    return float(x), float(y), float(given), int(number)


def _unsound() -> StudioError:
    return StudioError(mark("The painted points cannot be read. Paint them again."))


def _example() -> Painting:
    """A sun in a cloud: what there is before anybody has painted."""
    turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    ring = np.stack([np.cos(turn), np.sin(turn)], 1)
    heart = 1.1 * ring[::3]
    rays = np.concatenate([ring[::2] * r for r in (3.4, 4.4)])
    drawn = Painting().with_points(np.concatenate([heart, 0.4 * heart]), [0.0] * 16)
    return drawn.with_points(rays, [1.0] * len(rays))


@register("PaintedPoints.v1")
class PaintedPoints(PlaneDataset):
    """Nothing is random here but the split, and a point stays in its part whatever is painted,
    moved or erased besides."""

    label = mark("Painted points")
    help = mark("Points that you paint yourself.")
    order = 20

    # A painting has as many points as it has, and they lie where they were put.
    points: int = 0
    noise: float = 0.0
    painting: Painting = value(
        _example(), label=mark("Points"), help=mark("What was painted."),
    )  # fmt: skip
    problem: str = choice(
        "classification", ("classification", "regression"), label=mark("Problem"),
        help=mark("Whether points have a class or a number."),
        labels={"classification": mark("Classification"), "regression": mark("Regression")},
    )  # fmt: skip
    classes: int = integer(
        2, minimum=2, maximum=len(COLOURS), label=mark("Number of classes"),
        help=mark("How many classes can be painted."),
    )  # fmt: skip

    def with_painting(self, painting: Painting) -> PaintedPoints:
        """The same with other points."""
        made: PaintedPoints = fields.changed(self, painting=painting)
        return made

    def make(self) -> Data:
        """Split by each point's own number; raises ``StudioError`` if nothing is painted."""
        if not self.features:
            raise StudioError(
                mark("{name} has no feature switched on. Switch on at least one, such as x₁."),
                name=self.label,
            )
        if not self.painting.points:
            raise StudioError(mark("Nothing is painted yet. Paint some points."))
        places = self.painting.places().astype(np.float32)
        targets = self.painting.values().astype(np.float32)[:, None]
        classify = self.problem == "classification"
        if classify:
            targets = np.clip(np.rint(targets), 0, self.classes - 1)
        chosen = self._train_rows()
        train, valid = np.flatnonzero(chosen), np.flatnonzero(~chosen)
        return Data(
            name=self.label,
            task=self.problem,
            train=Part(plane_features(places[train], self.features), targets[train]),
            valid=Part(plane_features(places[valid], self.features), targets[valid]),
            classes=COLOURS[: self.classes] if classify else (),
            feature_names=tuple(FEATURE_LABELS[name] for name in self.features),
            target_names=(mark("class"),) if classify else (mark("value"),),
            plane=self.features,
            points=places[train],
            valid_points=places[valid],
        )

    def _train_rows(self) -> np.ndarray:
        """Which points are for training, (n,) bool: at least one, and not all of two or more."""
        numbers = self.painting.numbers()
        lots = generator(self.seed, SPLIT).random(int(numbers.max()) + 1)[numbers]
        chosen: np.ndarray = lots < self.share
        if not chosen.any():
            chosen[lots.argmin()] = True
        if chosen.all() and len(chosen) > 1:
            chosen[lots.argmax()] = False
        return chosen


def painted(data: Data, dataset: PlaneDataset) -> PaintedPoints:
    """The points of any 2-D data as a painting of their own."""
    assert data.points is not None and data.valid_points is not None
    places = np.concatenate([data.points, data.valid_points])
    values = np.concatenate([data.train.y, data.valid.y])[:, 0]
    # In an order that says nothing about the parts, which are drawn anew.
    order = np.lexsort((places[:, 1], places[:, 0]))
    painting = Painting().with_points(places[order], values[order].tolist())
    made: PaintedPoints = fields.build(
        PaintedPoints,
        {
            "share": dataset.share,
            "features": dataset.features,
            "seed": dataset.seed,
            "painting": painting,
            "problem": data.task,
            "classes": max(2, len(data.classes)),
        },
    )
    return made
