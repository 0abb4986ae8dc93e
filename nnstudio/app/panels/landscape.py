"""The loss around the present weights, and the path that led here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from nnstudio.analysis.landscape import filter_normalised, flat, path_plane, shaped
from nnstudio.app import heatmap
from nnstudio.app.charts.chart import Chart
from nnstudio.app.charts.figure import Axis, Dots, Figure, Line
from nnstudio.app.figures import loss_text
from nnstudio.app.header import HeaderButton
from nnstudio.app.panel import panel
from nnstudio.app.sampled import sample
from nnstudio.app.view_panel import Missing, Picker, ViewPanel
from nnstudio.app.work import Work
from nnstudio.core.text import mark, tr
from nnstudio.engine.view import View

#: Points along each side, examples that the loss is taken of, moments of the path.
SIDE, EXAMPLES, MOST_PATH = 25, 128, 60
#: How far the random plane reaches, in lengths of the weights.
REACH = 1.0
#: Numbers that the path may keep in memory.
MOST_NUMBERS = 20_000_000


@dataclass(frozen=True)
class Slope:
    """Losses (SIDE, SIDE), the first row the lowest y; NaN where not measured yet. ``path`` (n, 2)
    is empty in a random plane."""

    values: np.ndarray
    x: tuple[float, float]
    y: tuple[float, float]
    path: np.ndarray
    here: float
    share: float
    step: int


class Survey:
    """One plane through one state of the weights, measured from the middle outwards."""

    def __init__(self, kind: str, path: np.ndarray) -> None:
        self.kind = kind
        self.path = path
        self.values = np.full((SIDE, SIDE), np.nan)
        self.plane: tuple[np.ndarray, np.ndarray] | None = None
        self.points = np.empty((0, 2))
        self.x = self.y = (-REACH, REACH)
        self.step = 0
        self.here = float("nan")
        self.work = Work(self._measure)
        self._order: list[tuple[int, int]] = []

    def _begin(self, view: View) -> None:
        self.parameters = {key: p.copy() for key, p in view.snapshot.parameters.items()}
        self.keys = learning(view)
        self.centre = flat(self.parameters, self.keys).astype(np.float64)
        self.step = view.snapshot.step
        if self.kind == "path":
            path = np.concatenate([self.path, self.centre[None]])
            first, second, self.points = path_plane(path)
            self.plane = (first, second)
            self.x, self.y = (_around(self.points[:, at]) for at in (0, 1))
        else:
            random = np.random.default_rng(11)
            self.plane = (
                filter_normalised(self.parameters, self.keys, random),
                filter_normalised(self.parameters, self.keys, random),
            )
        middle = (SIDE - 1) / 2
        places = [(row, column) for row in range(SIDE) for column in range(SIDE)]
        self._order = sorted(places, key=lambda p: -max(abs(p[0] - middle), abs(p[1] - middle)))
        self.here = self._loss(view, self.centre)

    def _loss(self, view: View, row: np.ndarray) -> float:
        x, y = sample(view, EXAMPLES)
        return view.loss_with(shaped(row, self.parameters, self.keys), x, y)

    def _measure(self, view: View) -> bool:
        if self.plane is None:
            self._begin(view)
        assert self.plane is not None
        row, column = self._order.pop()
        a = self.x[0] + (self.x[1] - self.x[0]) * column / (SIDE - 1)
        b = self.y[0] + (self.y[1] - self.y[0]) * row / (SIDE - 1)
        moved = self.centre + a * self.plane[0] + b * self.plane[1]
        self.values[row, column] = self._loss(view, moved)
        return bool(self._order)


def learning(view: View) -> tuple[tuple[str, str], ...]:
    """The parameters that training changes."""
    return tuple(
        (node, p.name)
        for node, facts in view.setup.network.facts.items()
        for p in facts.parameters
        if p.trainable
    )


def _around(values: np.ndarray) -> tuple[float, float]:
    """A range around a path and its end, at 0."""
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    room = max((high - low) * 0.25, 1e-3)
    return low - room, high + room


@panel
class LandscapePanel(ViewPanel):
    """Low is blue, high is orange; the path ends where the weights are now."""

    name = "landscape"
    title = mark("Loss landscape")
    help = mark("The loss on a plane through the present weights, with the path that led here.")
    group = mark("Training")
    order = 60
    rate = 12.0
    settles = True

    def __init__(self, document: Any, session: Any, parent: QWidget | None = None) -> None:
        super().__init__(document, session, parent)
        self.chart = Chart(self)
        self.hold(self.chart)
        self.kind = Picker(
            mark("Which plane"), {"random": mark("random plane"), "path": mark("the path’s plane")}
        )
        self.kind.picked.connect(self._anew)
        self.again = HeaderButton(mark("again"), mark("Measure around the present weights."))
        self.again.clicked.connect(self._anew)
        self._path: list[tuple[int, np.ndarray]] = []
        self._survey = Survey("random", np.empty((0, 0)))
        self._turn = 0

    def header_widgets(self) -> list[QWidget]:
        """Plane, again."""
        return [self.kind, self.again]

    def adapt(self) -> None:
        """Another network begins anew."""
        if self.result is None:
            self._path = []
            self._anew()

    @Slot()
    def _anew(self) -> None:
        rows = [row for _, row in self._path]
        self._survey = Survey(self.kind.value, np.array(rows) if rows else np.empty((0, 0)))
        self._turn += 1

    def request(self) -> Any:
        """The survey, another turn, and the last step of the path."""
        return self._survey, self._turn, self._path[-1][0] if self._path else -1

    @staticmethod
    def measure(view: View, request: Any) -> tuple[Slope | Missing, int, np.ndarray | None]:
        """Some points of the plane; and where the weights are, for the path."""
        survey, _, last = request
        keys = learning(view)
        if not keys or view.setup.training.loss is None or not len(view.data.train):
            missing = Missing(mark("This view needs a loss, training data and weights that learn."))
            return missing, 0, None
        step = view.snapshot.step
        here = None
        if step != last:
            here = flat(view.snapshot.parameters, keys).astype(np.float32)
        if survey.kind == "path" and len(survey.path) < 3:
            return (
                Missing(mark("The path appears when training has gone a few steps.")), step, here,
            )  # fmt: skip
        survey.work.advance(view)
        known = np.isfinite(survey.values).mean()
        return (
            Slope(
                survey.values.copy(), survey.x, survey.y, survey.points, survey.here, float(known),
                survey.step,
            ),
            step,
            here,
        )  # fmt: skip

    def display(self, result: tuple[Slope | Missing, int, np.ndarray | None]) -> None:
        """Keep the path; go on, or measure anew when the weights have moved on."""
        slope, step, here = result
        if self._path and step < self._path[-1][0]:
            self._path = []
        if here is not None:
            self._path.append((step, here))
            if len(self._path) > max(4, min(MOST_PATH, MOST_NUMBERS // max(1, here.size))):
                self._path = [*self._path[:-1:2], self._path[-1]]
        finished = isinstance(slope, Slope) and self._survey.work.done
        waiting = isinstance(slope, Missing) and self.kind.value == "path" and len(self._path) >= 3
        if not finished and isinstance(slope, Slope):
            self._turn += 1
        elif waiting or (isinstance(slope, Slope) and slope.step != step):
            keep = self.result
            self._anew()
            self.result = keep
            if keep is not None and isinstance(slope, Slope):
                super().display(slope)
            return
        if isinstance(slope, Slope) and slope.share < 1 and self._whole(slope):
            return  # the last whole picture stays until the new one is whole
        super().display(slope)

    def _whole(self, other: Slope) -> bool:
        """Whether a whole picture of the same kind of plane is shown."""
        shown: Slope | None = self.result
        return (
            shown is not None
            and shown.share == 1
            and bool(len(shown.path)) == bool(len(other.path))
        )

    def show_result(self, result: Slope) -> None:
        """Draw."""
        known = result.values[np.isfinite(result.values)]
        logs = np.log(np.maximum(result.values, 1e-12))
        low, high = (float(f(logs)) if known.size else 0.0 for f in (np.nanmin, np.nanmax))
        middle, reach = (low + high) / 2, max((high - low) / 2, 1e-9)
        levels = heatmap.quantize(middle - logs, reach)[::-1]
        lines, dots = [], []
        if len(result.path):
            lines.append(Line(result.path[:, 0], result.path[:, 1], "text", width=1.4))
            dots.append(Dots(result.path[:, 0], result.path[:, 1], ("text",), 3.5, 0.9))
        zero = np.zeros(1)
        dots.append(Dots(zero, zero, ("accent",), 9.0, 1.0, 0))
        span_text = tr(
            "loss {low} to {high}",
            low=loss_text(float(known.min())) if known.size else "–",
            high=loss_text(float(known.max())) if known.size else "–",
        )
        self.chart.setAccessibleName(tr(self.title))
        self.chart.show_figure(
            Figure(
                Axis(*result.x, "plain"), Axis(*result.y, "plain"), tuple(lines), tuple(dots),
                image=heatmap.image(levels), note=span_text,
                values=result.values, value_name=tr("loss"),
            )
        )  # fmt: skip

    def describe(self, result: Slope) -> str:
        """Here, and the lowest around."""
        known = result.values[np.isfinite(result.values)]
        lowest = float(known.min()) if known.size else float("nan")
        return tr(
            "The loss here is {here}; the lowest on the plane is {low}.",
            here=loss_text(result.here),
            low=loss_text(lowest),
        )

    def rows(self, result: Slope) -> tuple[Sequence[str], Iterable[Sequence[Any]]]:
        """Every point."""
        xs, ys = np.linspace(*result.x, SIDE), np.linspace(*result.y, SIDE)
        return ("x", "y", "loss"), (
            (float(x), float(y), float(result.values[row, column]))
            for row, y in enumerate(ys)
            for column, x in enumerate(xs)
        )
