"""Whether the network's probabilities can be believed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from PySide6.QtWidgets import QWidget

from nnstudio.analysis.calibration import Calibration, calibrate
from nnstudio.app.charts.chart import Chart
from nnstudio.app.charts.figure import Axis, Bars, Dots, Figure, Line
from nnstudio.app.evaluation import NEEDS_CLASSES, NO_FIT, evaluate
from nnstudio.app.figures import percent_text
from nnstudio.app.panel import panel
from nnstudio.app.view_panel import Missing, ViewPanel
from nnstudio.core.text import mark, tr
from nnstudio.engine.view import View


@panel
class CalibrationPanel(ViewPanel):
    """How often the network is right, by how sure it is; on the diagonal it can be believed."""

    name = "calibration"
    title = mark("Calibration")
    help = mark(
        "When the network is 80\N{NO-BREAK SPACE}% sure, "
        "is it right 80\N{NO-BREAK SPACE}% of the time?"
    )
    group = mark("Predictions")
    order = 33
    rate = 2.0

    def __init__(self, document: Any, session: Any, parent: QWidget | None = None) -> None:
        super().__init__(document, session, parent)
        self.chart = Chart(self)
        self.chart.reader = self._read
        self.hold(self.chart)

    def request(self) -> Any:
        """The chosen class: all classes' best answers, or the probability of that one."""
        return self.selection.class_number

    @staticmethod
    def measure(view: View, request: Any) -> Calibration | Missing:
        """Of the likeliest class; of two classes, of the second; of a chosen class, of that."""
        if view.data.task != "classification":
            return Missing(NEEDS_CLASSES)
        found = evaluate(view)
        if found is None or found.truth is None or found.probabilities is None:
            return Missing(NO_FIT)
        classes = len(view.data.classes)
        number = 1 if classes == 2 else request
        if number is not None and number < classes:
            return calibrate(found.truth == number, found.probabilities[:, number])
        return calibrate(found.said == found.truth, found.probabilities.max(1))

    def show_result(self, result: Calibration) -> None:
        """Shares by probability, with how many examples lie behind each."""
        known = result.counts > 0
        ends = np.array([0.0, 1.0])
        share = result.counts / max(1, result.counts.sum())
        self.chart.setAccessibleName(tr(self.title))
        self.chart.show_figure(
            Figure(
                Axis(0, 1, "percent", tr("said")),
                Axis(0, 1.02, "percent", tr("occurred")),
                (
                    Line(ends, ends, "earlier", dashed=True, width=1.2),
                    Line(result.said[known], result.occurred[known], "accent"),
                ),
                (Dots(result.said[known], result.occurred[known], ("accent",), 7, 1.0),),
                (Bars(result.edges, share, "accent", 0.16),),
                note=tr("calibration error {value}", value=percent_text(result.error)),
                note_right=False,
            )
        )

    def _read(self, group: int, index: int) -> list[tuple[str, str]]:
        result: Calibration = self.result
        at = int(np.flatnonzero(result.counts > 0)[index])
        return [
            (tr("said"), percent_text(float(result.said[at]))),
            (tr("occurred"), percent_text(float(result.occurred[at]))),
            (tr("examples"), f"{result.counts[at]:,}"),
        ]

    def describe(self, result: Calibration) -> str:
        """The expected calibration error."""
        return tr(
            "The probabilities are {error} off on average, at worst {worst}.",
            error=percent_text(result.error),
            worst=percent_text(result.worst),
        )

    def rows(self, result: Calibration) -> tuple[Sequence[str], Iterable[Sequence[Any]]]:
        """One row a bin."""
        return ("from", "to", "examples", "said", "occurred"), zip(
            result.edges[:-1].tolist(), result.edges[1:].tolist(), result.counts.tolist(),
            result.said.tolist(), result.occurred.tolist(), strict=True,
        )  # fmt: skip
