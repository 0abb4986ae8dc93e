"""The network as a map: a grid of the plane, bent by each layer in turn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QWidget

from nnstudio.analysis.projection import aligned, principal_components
from nnstudio.app.charts.chart import Chart
from nnstudio.app.charts.figure import Axis, Dots, Figure, Line, span
from nnstudio.app.example_picture import target_text
from nnstudio.app.header import Toggle
from nnstudio.app.layer_titles import layer_titles
from nnstudio.app.panel import panel
from nnstudio.app.selection import Example
from nnstudio.app.view_panel import Missing, Picker, ViewPanel
from nnstudio.core.data import PLANE_LIMIT, plane_features
from nnstudio.core.text import mark, tr
from nnstudio.engine.view import View

#: Lines each way, points along a line, data points that go with them.
LINES, POINTS, MOST_DOTS = 13, 41, 200
#: A picture of the animation, and how many there are from one layer to the next.
MILLISECONDS, PICTURES = 40, 40


@dataclass(frozen=True)
class Bent:
    """For each stage, the plane first: the grid (2 · LINES, POINTS, 2) and the data (n, 2), each
    brought to about the same size; ``wide`` says how many numbers the layer gives."""

    nodes: tuple[str, ...]
    grids: tuple[np.ndarray, ...]
    points: tuple[np.ndarray, ...]
    wide: tuple[int, ...]


def grid_lines() -> np.ndarray:
    """Lines of the plane, (2 · LINES, POINTS, 2)."""
    at = np.linspace(-PLANE_LIMIT, PLANE_LIMIT, LINES)
    along = np.linspace(-PLANE_LIMIT, PLANE_LIMIT, POINTS)
    lines = []
    for value in at:
        lines.append(np.stack([along, np.full(POINTS, value)], 1))
        lines.append(np.stack([np.full(POINTS, value), along], 1))
    return np.array(lines)


def flattened(values: np.ndarray, before: np.ndarray) -> np.ndarray:
    """A layer's values (n, units) in the plane: as they are, or their principal components turned
    to lie like the stage before; of one unit, with the stage before's height."""
    if values.shape[1] == 1:
        made = np.stack([values[:, 0], before[:, 1] * 0.15], 1)
    elif values.shape[1] == 2:
        made = values
    else:
        made = principal_components(values).points
    made = made - made.mean(0)
    size = float(np.sqrt((made**2).mean()))
    made = made / size if size > 1e-9 else made
    return aligned(made, before) if values.shape[1] > 1 else made


@panel
class BendingPanel(ViewPanel):
    """Play it, or look at one layer."""

    name = "bending"
    title = mark("Bent grid")
    help = mark("A grid of the plane, bent by each layer of the network in turn.")
    group = mark("Inside the network")
    order = 54
    rate = 8.0

    def __init__(self, document: Any, session: Any, parent: QWidget | None = None) -> None:
        super().__init__(document, session, parent)
        self.chart = Chart(self)
        self.chart.reader = self._read
        self.chart.clicked.connect(self._choose)
        self.hold(self.chart)
        self.stage = Picker(mark("After which layer"))
        self.stage.picked.connect(self._still)
        self.play = Toggle(mark("play"), mark("Show the layers one after the other."))
        self.play.toggled.connect(self._play)
        self._timer = QTimer(self)
        self._timer.setInterval(MILLISECONDS)
        self._timer.timeout.connect(self._next)
        self._time = 0.0
        self.adapt()

    def header_widgets(self) -> list[QWidget]:
        """Stage, play."""
        return [self.stage, self.play]

    def adapt(self) -> None:
        """Another network has other layers."""
        titles = layer_titles(self.document.setup.network)
        fresh = self.stage.value not in titles
        self.stage.set_words(titles, plain=True)
        if fresh and titles:
            names = list(titles)
            self.stage.choose(names[-2] if len(names) > 2 else names[-1])

    @staticmethod
    def measure(view: View, request: Any) -> Bent | Missing:
        """Send grid and data through the network, and flatten each layer's values."""
        data, network = view.data, view.setup.network
        if data.plane is None or data.points is None:
            return Missing(mark("This view needs 2-D data, such as the spirals."))
        lines = grid_lines()
        dots = data.points[:MOST_DOTS]
        plane = np.concatenate([lines.reshape(-1, 2), dots])
        x = plane_features(plane.astype(np.float32), data.plane)
        nodes = tuple(
            node.id for node in network.nodes[1:] if len(network.facts[node.id].shape or ()) == 1
        )
        found = {name: v.astype(np.float64) for name, v in view.activations(x, nodes).items()}
        if not all(np.isfinite(values).all() for values in found.values()):
            return Missing(mark("The layer gives values that are no numbers any more."))
        stages = [plane / np.sqrt((plane**2).mean())]
        for node in nodes:
            stages.append(flattened(found[node], stages[-1]))
        count = len(lines) * POINTS
        return Bent(
            (network.input.id, *nodes),
            tuple(stage[:count].reshape(lines.shape) for stage in stages),
            tuple(stage[count:] for stage in stages),
            (2, *(found[node].shape[1] for node in nodes)),
        )

    @Slot()
    def _still(self) -> None:
        self.play.setChecked(False)
        self.refresh()

    @Slot(bool)
    def _play(self, on: bool) -> None:
        self._time = 0.0
        if on:
            self._timer.start()
        else:
            self._timer.stop()
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks."""
        super().hideEvent(event)
        self.play.setChecked(False)

    @Slot()
    def _next(self) -> None:
        if self.result is None:
            return
        last = len(self.result.nodes) - 1
        self._time += 1 / PICTURES
        if self._time > last + 0.6:  # rest at the end, then begin anew
            self._time = 0.0
        at = self.result.nodes[min(last, int(self._time + 0.5))]
        self.stage.choose(at)
        self.show_result(self.result)

    def _moment(self, result: Bent) -> float:
        if self._timer.isActive():
            return min(self._time, len(result.nodes) - 1.0)
        return float(
            result.nodes.index(self.stage.value) if self.stage.value in result.nodes else 0
        )

    def show_result(self, result: Bent) -> None:
        """Draw one moment."""
        moment = self._moment(result)
        at = min(int(moment), len(result.nodes) - 1)
        after = min(at + 1, len(result.nodes) - 1)
        share = moment - at
        share = share * share * (3 - 2 * share)  # begin and end gently
        grid = result.grids[at] * (1 - share) + result.grids[after] * share
        points = result.points[at] * (1 - share) + result.points[after] * share
        data = self.document.data
        y = data.train.y[: len(points), 0]
        classes = data.task == "classification"
        colours = tuple(
            f"class:{int(v)}" if classes else ("positive" if v >= 0 else "negative") for v in y
        )
        lines = [Line(line[:, 0], line[:, 1], "earlier", width=0.9) for line in grid]
        (x_low, x_high), (y_low, y_high) = (span(grid[..., i], pad=0.04) for i in (0, 1))
        chosen = -1
        example = self.selection.example
        if example is not None and example.part == "train" and example.row < len(points):
            chosen = example.row
        wide = result.wide[round(moment)]
        note = tr("{n} units, flattened", n=wide) if wide > 2 else ""
        self.chart.setAccessibleName(tr(self.title))
        self.chart.show_figure(
            Figure(
                Axis(x_low, x_high, "none"), Axis(y_low, y_high, "none"), tuple(lines),
                (Dots(points[:, 0], points[:, 1], colours, 4.6, 0.95, chosen),), note=note,
            )
        )  # fmt: skip

    def _read(self, group: int, index: int) -> list[tuple[str, str]]:
        """Which example a point is."""
        data = self.document.data
        if index >= len(data.train):
            return []
        truth = target_text(data, data.train.y[index])
        return [(tr("example"), f"{index + 1:,}"), (tr("truth"), truth)]

    @Slot(int, int)
    def _choose(self, group: int, index: int) -> None:
        if self.selection.example != Example("train", index):
            self.selection.choose_example("train", index)

    def describe(self, result: Bent) -> str:
        """Which layer."""
        titles = layer_titles(self.document.setup.network)
        node = result.nodes[round(self._moment(result))]
        return tr("The plane as it is after {layer}.", layer=titles.get(node, ""))

    def rows(self, result: Bent) -> tuple[Sequence[str], Iterable[Sequence[Any]]]:
        """The grid after each layer."""
        return ("layer", "line", "x", "y"), (
            (node, line + 1, *point)
            for node, grid in zip(result.nodes, result.grids, strict=True)
            for line, points in enumerate(grid)
            for point in points.tolist()
        )
