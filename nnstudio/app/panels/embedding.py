"""Where a layer puts the examples: many numbers each, shown in the plane."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from nnstudio.analysis.projection import principal_components
from nnstudio.analysis.tsne import Tsne
from nnstudio.app import heatmap
from nnstudio.app.charts.chart import Chart
from nnstudio.app.charts.figure import Axis, Dots, Figure, span
from nnstudio.app.evaluation import default_part, even_rows
from nnstudio.app.example_picture import target_text
from nnstudio.app.layer_choice import LayerPicker
from nnstudio.app.layer_titles import layer_titles
from nnstudio.app.panel import panel
from nnstudio.app.selection import part_of
from nnstudio.app.view_panel import Missing, Picker, ViewPanel
from nnstudio.app.work import TURN
from nnstudio.core.text import mark, tr
from nnstudio.engine.view import View

#: Examples that are shown; of t-SNE, whose work grows with their square.
MOST_POINTS, MOST_NEIGHBOURS = 800, 400
#: Numbers of a layer for an example beyond which only some are looked at.
MOST_WIDTH = 2048


class Settling:
    """A t-SNE that goes on while the panel looks at one layer; compared by identity."""

    def __init__(self) -> None:
        self.tsne: Tsne | None = None
        self.step = -1


@dataclass(frozen=True)
class Placed:
    """Points (n, 2) of rows of a part; ``explained`` is the share of variance of the two axes, or
    NaN; ``busy`` says that the picture still settles."""

    node: str
    method: str
    part: str
    rows: np.ndarray
    points: np.ndarray
    explained: float
    busy: bool


@panel
class EmbeddingPanel(ViewPanel):
    """Points in their class's colour; clicking one chooses the example."""

    name = "embedding"
    title = mark("Embedding")
    help = mark("The examples as a layer sees them, in the plane: PCA or t-SNE.")
    group = mark("Inside the network")
    order = 48
    rate = 12.0
    settles = True

    def __init__(self, document: Any, session: Any, parent: QWidget | None = None) -> None:
        super().__init__(document, session, parent)
        self.chart = Chart(self)
        self.chart.reader = self._read
        self.chart.clicked.connect(self._choose)
        self.hold(self.chart)
        self.layer = LayerPicker()
        self.layer.picked.connect(self._anew)
        self.method = Picker(mark("How"), {"pca": mark("PCA"), "tsne": mark("t-SNE")})
        self.method.picked.connect(self._anew)
        self._settling = Settling()
        self._turn = 0
        self.adapt()

    def header_widgets(self) -> list[QWidget]:
        """Layer, method."""
        return [self.layer, self.method]

    def adapt(self) -> None:
        """Another network has other layers."""
        network = self.document.setup.network
        titles = layer_titles(network)
        self.layer.set_words({node: titles[node] for node in titles}, plain=True)
        if self.result is None:
            self._settling = Settling()
            inner = [n.id for n in network.nodes[1:-1]]
            if inner:
                self.layer.choose(inner[-1])

    @Slot()
    def _anew(self) -> None:
        self._settling = Settling()

    def request(self) -> Any:
        """What to place; a picture that settles asks for another turn."""
        return self.layer.value, self.method.value, self._settling, self._turn

    @staticmethod
    def measure(view: View, request: Any) -> Placed | Missing:
        """Run some examples to the layer and place them."""
        node, method, settling, _ = request
        data, part = view.data, default_part(view.data)
        rows = even_rows(
            len(part_of(data, part)), MOST_POINTS if method == "pca" else MOST_NEIGHBOURS
        )
        if len(rows) < 5:
            return Missing(mark("This view needs at least five examples."))
        if node not in view.setup.network:
            return Missing(mark("This view needs a network with a layer."))
        fresh = settling.tsne is None or (
            settling.tsne.done and settling.step != view.snapshot.step
        )
        if method == "pca" or fresh:
            x = data.prepared(part_of(data, part).x[rows])
            values = view.activations(x, [node])[node].reshape(len(rows), -1)
            values = values[:, even_rows(values.shape[1], MOST_WIDTH)].astype(np.float64)
            if not np.isfinite(values).all():
                return Missing(mark("The layer gives values that are no numbers any more."))
        if method == "pca":
            found = principal_components(values)
            share = float(found.explained.sum())
            return Placed(node, method, part, rows, found.points, share, False)
        if fresh:
            before = settling.tsne.points if settling.tsne is not None else None
            warm = before if before is not None and len(before) == len(rows) else None
            settling.tsne, settling.step = Tsne(values, warm), view.snapshot.step
        end = time.perf_counter() + TURN
        while not settling.tsne.done and time.perf_counter() < end:
            settling.tsne.advance()
        points = settling.tsne.points.copy()
        return Placed(node, method, part, rows, points, float("nan"), not settling.tsne.done)

    def display(self, result: Placed | Missing) -> None:
        """Show, and go on if it still settles."""
        if isinstance(result, Placed) and result.busy:
            self._turn += 1
        super().display(result)

    def _colours(self, result: Placed) -> tuple[str, ...]:
        data = self.document.data
        y = part_of(data, result.part).y[result.rows, 0]
        if data.task == "classification":
            return tuple(f"class:{int(number)}" for number in y)
        middle, reach = float(np.median(y)), max(float(np.abs(y - np.median(y)).max()), 1e-9)
        return tuple(QColor(c).name() for c in heatmap.colours(y - middle, reach))

    def show_result(self, result: Placed) -> None:
        """Draw."""
        data = self.document.data
        if result.rows[-1] >= len(part_of(data, result.part)):
            return
        chosen = -1
        example = self.selection.example
        if example is not None and example.part == result.part:
            found = np.flatnonzero(result.rows == example.row)
            chosen = int(found[0]) if len(found) else -1
        (x_low, x_high), (y_low, y_high) = (span(result.points[:, at]) for at in (0, 1))
        note = tr("settling…") if result.busy else ""
        if result.method == "pca":
            note = tr("{share} % of the variance", share=f"{result.explained * 100:.0f}")
        self.chart.setAccessibleName(tr(self.title))
        self.chart.show_figure(
            Figure(
                Axis(x_low, x_high, "none"), Axis(y_low, y_high, "none"),
                dots=(
                    Dots(
                        result.points[:, 0], result.points[:, 1], self._colours(result),
                        5.0 if len(result.rows) < 400 else 4.2, 0.85, chosen,
                    ),
                ),
                note=note,
            )
        )  # fmt: skip

    def _read(self, group: int, index: int) -> list[tuple[str, str]]:
        result: Placed = self.result
        row = int(result.rows[index])
        data = self.document.data
        return [
            (tr("example"), f"{row + 1:,}"),
            (tr("truth"), target_text(data, part_of(data, result.part).y[row])),
        ]

    @Slot(int, int)
    def _choose(self, group: int, index: int) -> None:
        self.selection.choose_example(self.result.part, int(self.result.rows[index]))

    def describe(self, result: Placed) -> str:
        """What is shown."""
        title = layer_titles(self.document.setup.network).get(result.node, "")
        if result.method == "pca":
            return tr(
                "{n} examples as {layer} sees them; two axes hold {share} % of the variance.",
                n=len(result.rows), layer=title, share=f"{result.explained * 100:.0f}",
            )  # fmt: skip
        return tr("{n} examples as {layer} sees them, by t-SNE.", n=len(result.rows), layer=title)

    def rows(self, result: Placed) -> tuple[Sequence[str], Iterable[Sequence[Any]]]:
        """A row an example."""
        return ("example", "x", "y"), (
            (row + 1, *point)
            for row, point in zip(result.rows.tolist(), result.points.tolist(), strict=True)
        )
