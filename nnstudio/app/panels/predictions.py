"""Tables: what the network predicts for examples it has not learned from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLabel, QSizePolicy, QStackedLayout, QWidget

from nnstudio.analysis.probability import class_accuracies, class_probabilities, determination
from nnstudio.app.bars import LEAST_ROW, TALLEST, Bar, Bars
from nnstudio.app.figures import percent_text
from nnstudio.app.i18n import say
from nnstudio.app.panel import Panel, Table, panel
from nnstudio.app.scatter import Scatter
from nnstudio.core.text import mark, named, tr
from nnstudio.engine.scoring import gives_logits
from nnstudio.engine.view import View

#: So many validation examples are predicted at most, and so many drawn.
MOST_PREDICTED, MOST_DRAWN = 4000, 1000


@dataclass(frozen=True)
class Regression:
    """Predictions and targets (n,) in their own units; ``fit`` is R²; the axes' range."""

    actual: np.ndarray
    predicted: np.ndarray
    fit: float
    low: float
    high: float


@dataclass(frozen=True)
class Classes:
    """For each class the share that is recognised, and how many examples there are."""

    shares: np.ndarray
    counts: np.ndarray


@panel
class Predictions(Panel):
    """Regression: predicted against actual. Classification: how much of each class is right."""

    name = "predictions"
    title = mark("Predictions")
    help = mark("Predicted against actual values, or the accuracy of each class.")
    group = mark("Predictions")
    place = "right"
    at_first = True
    order = 12
    fits = ("Tables",)
    rate = 8.0

    def __init__(self, document: Any, session: Any, parent: QWidget | None = None) -> None:
        super().__init__(document, session, parent)
        self._result: Regression | Classes | None = None
        self.what = say(QLabel(self), text=mark("accuracy"))
        self.what.setProperty("role", "muted")
        self.scatter = Scatter(self)
        self.bars = Bars(self, track=True)
        self._stack = QStackedLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.addWidget(self.scatter)
        self._stack.addWidget(self.bars)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)

    def header_widgets(self) -> list[QWidget]:
        """What the bars are."""
        return [self.what]

    def sizeHint(self) -> QSize:
        return QSize(280, self._height(TALLEST, 230))

    def minimumSizeHint(self) -> QSize:
        return QSize(150, self._height(LEAST_ROW, 130))

    def _height(self, row: float, usual: int) -> int:
        """A few classes need little room."""
        count = len(self.document.data.classes)
        return min(usual, max(44, round(row * count))) if count else usual

    @staticmethod
    def measure(view: View, request: Any) -> Regression | Classes | None:
        """Predict validation examples, or an even selection of them if there are many."""
        data = view.data
        part = data.valid if len(data.valid) else data.train
        rows = np.arange(len(part))
        if len(rows) > MOST_PREDICTED:
            rows = np.linspace(0, len(part) - 1, MOST_PREDICTED).astype(int)
        if len(rows) == 0:
            return None
        output = view.predict(data.prepared(part.x[rows]))
        if data.task == "classification":
            probabilities = class_probabilities(output, gives_logits(view.setup.network))
            if probabilities.shape[1] != len(data.classes):
                return None
            return Classes(
                *class_accuracies(probabilities, part.y[rows, 0], probabilities.shape[1])
            )
        predicted = data.in_units(output.reshape(len(rows), -1)[:, 0].astype(np.float64))
        actual = data.in_units(part.y[rows, 0].astype(np.float64))
        low, high = float(actual.min()), float(actual.max())
        pad = 0.06 * (high - low) or 1.0
        fit = determination(predicted, actual)
        shown = np.linspace(0, len(rows) - 1, min(len(rows), MOST_DRAWN)).astype(int)
        return Regression(actual[shown], predicted[shown], fit, low - pad, high + pad)

    def display(self, result: Regression | Classes) -> None:
        """Show the points or the bars."""
        self._result = result
        self._show()

    def document_changed(self) -> None:
        """Another kind of problem, or another language."""
        classifies = self.document.data.task == "classification"
        if isinstance(self._result, Regression if classifies else Classes):
            self._result = None
        self._stack.setCurrentWidget(self.bars if classifies else self.scatter)
        self.what.setVisible(classifies)
        room = QSizePolicy.Policy.Preferred if classifies else QSizePolicy.Policy.Expanding
        self.setSizePolicy(QSizePolicy.Policy.Preferred, room)
        self.updateGeometry()
        self.bars.setAccessibleName(tr("Accuracy of each class"))
        self.scatter.setAccessibleName(tr("Predicted against actual"))
        self._show()

    def _show(self) -> None:
        result = self._result
        if isinstance(result, Regression):
            note = "" if math.isnan(result.fit) else f"R² {result.fit:.3f}".replace("-", "−")
            self.scatter.show_points(result.actual, result.predicted, result.low, result.high, note)
        elif isinstance(result, Classes):
            names = self.document.data.classes
            if len(names) != len(result.shares):
                return
            worst_first = np.argsort(np.nan_to_num(result.shares, nan=2.0), kind="stable")
            bars = [self._bar(at, result) for at in range(len(names))]
            self.bars.show_bars(bars, worst_first.tolist())
        else:
            self.bars.show_bars([])
            self.scatter.show_points(np.empty(0), np.empty(0), 0.0, 1.0, "")

    def _bar(self, i: int, result: Classes) -> Bar:
        share, count = float(result.shares[i]), int(result.counts[i])
        figure = "–" if math.isnan(share) else f"{share * 100:.0f} %"
        detail = tr(
            "{right} of {count} right", right=round(np.nan_to_num(share) * count), count=count
        )
        return Bar(named(self.document.data.classes[i]), share, figure, True, detail)

    def numbers(self) -> Table | None:
        """A row a point, or a class."""
        result = self._result
        if isinstance(result, Regression):
            points = zip(result.actual.tolist(), result.predicted.tolist(), strict=True)
            return ("actual", "predicted"), points
        if isinstance(result, Classes):
            names = [named(name) for name in self.document.data.classes]
            rows = zip(names, result.shares.tolist(), result.counts.tolist(), strict=False)
            return ("class", "accuracy", "examples"), rows
        return None

    def summary(self) -> str:
        """How good the predictions are."""
        result = self._result
        if isinstance(result, Regression):
            return tr("Predicted against actual values; R² is {fit}.", fit=f"{result.fit:.3f}")
        classes = self.document.data.classes
        if (
            isinstance(result, Classes)
            and len(result.shares) == len(classes)
            and not np.isnan(result.shares).all()
        ):
            worst = int(np.nan_to_num(result.shares, nan=2.0).argmin())
            return tr(
                "Accuracy of each class; the lowest is {name} with {percent}.",
                name=named(classes[worst]),
                percent=percent_text(float(result.shares[worst])),
            )
        return tr("Predictions for the validation data appear here.")
