"""ROC and precision-recall curves of each class."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtWidgets import QWidget

from nnstudio.analysis.ranking import Ranking, rank, thin
from nnstudio.app.charts.chart import Chart
from nnstudio.app.charts.figure import Axis, Figure, Line
from nnstudio.app.evaluation import NEEDS_CLASSES, NO_FIT, evaluate
from nnstudio.app.panel import panel
from nnstudio.app.view_panel import Missing, Picker, ViewPanel
from nnstudio.core.text import mark, named, tr
from nnstudio.engine.view import View


@dataclass(frozen=True)
class Rankings:
    """One ranking a class (None where it has no examples); of two classes only the second."""

    classes: tuple[int, ...]
    rankings: tuple[Ranking | None, ...]


@panel
class RocPanel(ViewPanel):
    """A curve a class; the chosen class stands out."""

    name = "roc"
    title = mark("ROC and precision")
    help = mark("True against false alarms, or precision against recall, at every threshold.")
    group = mark("Predictions")
    order = 32
    rate = 2.0

    def __init__(self, document: Any, session: Any, parent: QWidget | None = None) -> None:
        super().__init__(document, session, parent)
        self.chart = Chart(self)
        self.hold(self.chart)
        self.kind = Picker(
            mark("Which curve"), {"roc": mark("ROC"), "pr": mark("precision and recall")}
        )
        self.kind.picked.connect(self.refresh)

    def header_widgets(self) -> list[QWidget]:
        """Which curve."""
        return [self.kind]

    @staticmethod
    def measure(view: View, request: Any) -> Rankings | Missing:
        """Rank the validation examples by each class's probability."""
        if view.data.task != "classification":
            return Missing(NEEDS_CLASSES)
        found = evaluate(view)
        if found is None or found.truth is None or found.probabilities is None:
            return Missing(NO_FIT)
        count = len(view.data.classes)
        classes = (1,) if count == 2 else tuple(range(count))
        rankings = tuple(rank(found.truth == c, found.probabilities[:, c]) for c in classes)
        if all(r is None for r in rankings):
            return Missing(mark("This view needs examples of at least two classes."))
        return Rankings(classes, rankings)

    def show_result(self, result: Rankings) -> None:
        """Draw."""
        roc = self.kind.value == "roc"
        chosen = self.selection.class_number
        lines = []
        if roc:
            ends = np.array([0.0, 1.0])
            lines.append(Line(ends, ends, "earlier", dashed=True, width=1.2))
        for number, ranking in zip(result.classes, result.rankings, strict=True):
            if ranking is None:
                continue
            across = ranking.false_positive if roc else ranking.recall
            up = ranking.true_positive if roc else ranking.precision
            x, y = thin(across, up)
            faint = chosen is not None and chosen != number and len(result.classes) > 1
            colour = "accent" if len(result.classes) == 1 else f"class:{number}"
            name = named(self.document.data.classes[number])
            lines.append(
                Line(
                    x,
                    y,
                    colour,
                    name,
                    alpha=0.25 if faint else 1.0,
                    width=2.0 if number == chosen else 1.5,
                )
            )
        figures = [(r.area if roc else r.average_precision) for r in result.rankings if r]
        mean = f"{np.mean(figures):.3f}"
        note = tr("area {value}", value=mean) if roc else tr("mean precision {value}", value=mean)
        x_name = tr("false alarms") if roc else tr("recall")
        y_name = tr("found") if roc else tr("precision")
        self.chart.setAccessibleName(tr(self.title))
        self.chart.show_figure(
            Figure(
                Axis(-0.01, 1.01, "percent", x_name), Axis(-0.01, 1.02, "percent", y_name),
                tuple(lines), note=note, note_right=roc, note_low=True,
            )
        )  # fmt: skip

    def describe(self, result: Rankings) -> str:
        """The mean area, and the class that is hardest."""
        known = [(r.area, c) for c, r in zip(result.classes, result.rankings, strict=True) if r]
        mean = f"{np.mean([area for area, _ in known]):.3f}"
        worst = named(self.document.data.classes[min(known)[1]])
        if len(known) == 1:
            return tr("The area under the ROC curve is {mean}.", mean=mean)
        return tr(
            "The mean area under the ROC curves is {mean}; the lowest is that of {name}.",
            mean=mean,
            name=worst,
        )

    def rows(self, result: Rankings) -> tuple[Sequence[str], Iterable[Sequence[Any]]]:
        """Every threshold of every class."""
        names = self.document.data.classes
        return ("class", "threshold", "false positive rate", "true positive rate", "precision"), [
            (named(names[c]), *row)
            for c, r in zip(result.classes, result.rankings, strict=True)
            if r is not None
            for row in zip(
                r.threshold.tolist(), r.false_positive[1:].tolist(), r.true_positive[1:].tolist(),
                r.precision.tolist(), strict=True,
            )
        ]  # fmt: skip
