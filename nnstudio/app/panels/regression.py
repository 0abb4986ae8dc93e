"""Regression: predicted against actual values, and what is left over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from nnstudio.analysis.probability import determination
from nnstudio.app.charts.chart import Chart
from nnstudio.app.charts.figure import Axis, Bars, Dots, Figure, Line, span
from nnstudio.app.evaluation import evaluate, even_rows
from nnstudio.app.figures import plain_text
from nnstudio.app.panel import panel
from nnstudio.app.view_panel import Missing, Picker, ViewPanel
from nnstudio.core.text import mark, named, tr
from nnstudio.engine.view import View

MOST_DRAWN = 1500


@dataclass(frozen=True)
class Fit:
    """Values (n, targets) in their own units, and which rows of ``part`` they are."""

    part: str
    rows: np.ndarray
    actual: np.ndarray
    predicted: np.ndarray


@panel
class RegressionPanel(ViewPanel):
    """Points that can be clicked."""

    name = "regression"
    title = mark("Regression fit")
    help = mark("Predicted against actual values, and the residuals.")
    group = mark("Predictions")
    order = 34

    def __init__(self, document: Any, session: Any, parent: QWidget | None = None) -> None:
        super().__init__(document, session, parent)
        self.chart = Chart(self)
        self.chart.reader = self._read
        self.chart.clicked.connect(self._choose)
        self.hold(self.chart)
        self.kind = Picker(
            mark("What to draw"),
            {
                "fit": mark("predicted against actual"),
                "residuals": mark("residuals"),
                "spread": mark("spread of residuals"),
            },
        )
        self.kind.picked.connect(self.refresh)
        self.target = Picker(mark("Which target"))
        self.target.picked.connect(self.refresh)
        self.adapt()

    def header_widgets(self) -> list[QWidget]:
        """Target, kind."""
        return [self.target, self.kind]

    def adapt(self) -> None:
        """The targets by name."""
        data = self.document.data
        numbers = data.train.y.shape[1] if data.task == "regression" else 0
        names = data.target_names
        words = {
            str(i): named(names[i]) if i < len(names) else tr("target {n}", n=i + 1)
            for i in range(numbers)
        }
        self.target.set_words(words, plain=True)
        if self.target.parentWidget() is not None:
            self.target.setVisible(numbers > 1)

    @staticmethod
    def measure(view: View, request: Any) -> Fit | Missing:
        """Predict."""
        data = view.data
        if data.task != "regression":
            return Missing(
                mark("This view needs numbers as targets. The present data has classes.")
            )
        found = evaluate(view)
        if found is None:
            return Missing(mark("The network’s output does not suit the data’s targets yet."))
        return Fit(
            found.part, found.rows, data.in_units(found.target.astype(float)),
            data.in_units(found.output.astype(float)),
        )  # fmt: skip

    def _drawn(self, result: Fit) -> np.ndarray:
        return even_rows(len(result.rows), MOST_DRAWN)

    def _target(self, result: Fit) -> int:
        return min(int(self.target.value or 0), result.actual.shape[1] - 1)

    def show_result(self, result: Fit) -> None:
        """Draw."""
        at, target = self._drawn(result), self._target(result)
        actual, predicted = result.actual[at, target], result.predicted[at, target]
        chosen = -1
        example = self.selection.example
        if example is not None and example.part == result.part:
            found = np.flatnonzero(result.rows[at] == example.row)
            chosen = int(found[0]) if len(found) else -1
        self.chart.setAccessibleName(tr(self.title))
        size = 5.0 if len(at) < 300 else 3.6
        fit = determination(result.predicted[:, target], result.actual[:, target])
        note = f"R² {fit:.3f}".replace("-", "−")
        residual = predicted - actual
        if self.kind.value == "spread":
            edges = np.histogram_bin_edges(residual[np.isfinite(residual)], 24)
            counts = np.histogram(residual, edges)[0]
            low, high = float(edges[0]), float(edges[-1])
            typical = float(np.sqrt((residual**2).mean()))
            figure = Figure(
                Axis(low, high, "plain", tr("predicted − actual")),
                Axis(0, max(1.0, float(counts.max()) * 1.08), "plain", tr("examples")),
                bars=(Bars(edges, counts.astype(float), "accent", 0.55),),
                marks=((0.0, ""),),
                note=tr("typical error {value}", value=plain_text(typical)),
            )  # fmt: skip
        elif self.kind.value == "residuals":
            low, high = span(actual)
            reach = max(1e-9, float(np.nanmax(np.abs(residual), initial=0.0)) * 1.08)
            ends = np.array([low, high])
            figure = Figure(
                Axis(low, high, "plain", tr("actual")),
                Axis(-reach, reach, "plain", tr("predicted − actual")),
                (Line(ends, np.zeros(2), "earlier", dashed=True, width=1.2),),
                (Dots(actual, residual, ("accent",), size, 0.6, chosen),),
                note=note,
                note_right=False,
            )
        else:
            low, high = span(actual)
            ends = np.array([low, high])
            figure = Figure(
                Axis(low, high, "plain", tr("actual")),
                Axis(low, high, "plain", tr("predicted")),
                (Line(ends, ends, "earlier", dashed=True, width=1.2),),
                (Dots(actual, predicted, ("accent",), size, 0.6, chosen),),
                note=note,
                note_right=False,
            )
        self.chart.show_figure(figure)

    def _read(self, group: int, index: int) -> list[tuple[str, str]]:
        result: Fit = self.result
        at, target = int(self._drawn(result)[index]), self._target(result)
        actual, predicted = result.actual[at, target], result.predicted[at, target]
        return [
            (tr("actual"), plain_text(float(actual))),
            (tr("predicted"), plain_text(float(predicted))),
            (tr("example"), f"{result.rows[at] + 1:,}"),
        ]

    @Slot(int, int)
    def _choose(self, group: int, index: int) -> None:
        result: Fit = self.result
        at = int(self._drawn(result)[index])
        self.selection.choose_example(result.part, int(result.rows[at]))

    def describe(self, result: Fit) -> str:
        """R² and the typical error."""
        target = self._target(result)
        actual, predicted = result.actual[:, target], result.predicted[:, target]
        error = float(np.sqrt(((predicted - actual) ** 2).mean()))
        return tr(
            "R² is {fit}; the typical error is {error}.",
            fit=f"{determination(predicted, actual):.3f}",
            error=plain_text(error),
        )

    def rows(self, result: Fit) -> tuple[Sequence[str], Iterable[Sequence[Any]]]:
        """One row an example."""
        target = self._target(result)
        return ("example", "actual", "predicted"), zip(
            (result.rows + 1).tolist(), result.actual[:, target].tolist(),
            result.predicted[:, target].tolist(), strict=True,
        )  # fmt: skip
