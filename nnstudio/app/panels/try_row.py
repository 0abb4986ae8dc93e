"""Tables: try values of your own, one control a column, and see what the network predicts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from nnstudio.analysis.probability import class_probabilities
from nnstudio.analysis.what_if import (
    Tried,
    averaged_rows,
    columns_to_try,
    dependence,
    places_of,
)
from nnstudio.app.bars import Bar, Bars
from nnstudio.app.dependence_plot import Curve, DependencePlot
from nnstudio.app.figures import plain_text
from nnstudio.app.header import HeaderButton
from nnstudio.app.panel import Panel, panel
from nnstudio.app.tried_control import CategoryControl, NumberControl, control_for
from nnstudio.core.data import Data
from nnstudio.core.text import listed, mark, named, tr
from nnstudio.engine.scoring import gives_logits
from nnstudio.engine.view import View

#: So many columns get a control; a table with more would only scroll.
MOST_CONTROLS = 60
MOST_BARS = 6
BAR_HEIGHT = 22
#: Controls that are made before the window may paint again.
AT_ONCE = 2


@dataclass(frozen=True, eq=False)
class Question:
    """A row as the network sees it, and the column whose dependence is wanted; compared by
    identity."""

    row: np.ndarray = field(repr=False)
    tried: Tried | None = None
    now: float = 0.0


@dataclass(frozen=True, eq=False)
class Answer:
    """Probabilities, or numbers in their own units, of a question's row, and the curve."""

    question: Question
    values: np.ndarray
    curve: Curve | None


def answering(view: View) -> Callable[[np.ndarray], np.ndarray]:
    """From rows (n, width) to probabilities (n, classes), or numbers in their own units."""
    data = view.data
    logits = gives_logits(view.setup.network)

    def answers(x: np.ndarray) -> np.ndarray:
        output = view.predict(x)
        if data.task == "classification":
            return class_probabilities(output, logits)
        return np.asarray(data.in_units(output.reshape(len(x), -1).astype(np.float64)))

    return answers


@panel
class TryRow(Panel):
    """Sliders and choices; the prediction follows while they move and while it trains."""

    name = "try_row"
    title = mark("Try it")
    help = mark("Type an example and see what the network predicts.")
    group = mark("Predictions")
    at_first = True
    place = "right"
    order = 25  # below the scores: it may be long
    fits = ("Tables",)
    rate = 15.0

    def __init__(self, document: Any, session: Any, parent: QWidget | None = None) -> None:
        super().__init__(document, session, parent)
        self._data: Data | None = None
        self._row = np.zeros(0, np.float32)
        self._selected = 0
        self._question: Question | None = None
        self._answer: Answer | None = None
        self._random = np.random.default_rng()
        self.columns: tuple[Tried, ...] = ()
        self.controls: list[NumberControl | CategoryControl] = []
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.setInterval(10)
        self._next.timeout.connect(self._make_some)
        self.bars = Bars(self, track=True)
        self.number = QLabel(self)
        self.number.setProperty("role", "heading")
        self.caption = QLabel(self)
        self.caption.setProperty("role", "caption")
        self.plot = DependencePlot(self)
        self.note = QLabel(self)
        self.note.setProperty("role", "caption")
        self.note.setWordWrap(True)
        self._example = HeaderButton(
            mark("example"), mark("Take a random row from the validation data.")
        )
        self._example.clicked.connect(self.take_example)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 6)
        self.column.setSpacing(5)
        for part in (self.bars, self.number, self.caption, self.plot, self.note):
            self.column.addWidget(part)

    def header_widgets(self) -> list[QWidget]:
        """Another example."""
        return [self._example]

    # --- measuring ---

    def request(self) -> Question | None:
        """The row."""
        return self._question

    @staticmethod
    def measure(view: View, request: Question | None) -> Answer | None:
        """Predict the row, and the column's dependence."""
        data = view.data
        if request is None or request.row.shape != data.shape:
            return None
        answers = answering(view)
        values = answers(request.row[None])[0]
        tried = request.tried
        if tried is None:
            return Answer(request, values, None)
        best = int(values.argmax()) if data.task == "classification" else 0
        here = dependence(answers, request.row[None], tried)[:, 0, best]
        mean = dependence(answers, averaged_rows(data, tried), tried)[..., best].mean(1)
        curve = Curve(
            places_of(tried), here, mean, request.now, tried.column.categories,
            data.task == "classification",
        )  # fmt: skip
        return Answer(request, values, curve)

    def display(self, result: Answer) -> None:
        """Move the bars and the curve."""
        self._answer = result
        self._show()

    def _show(self) -> None:
        data, answer = self.document.data, self._answer
        classes = data.task == "classification"
        usable = bool(self.columns)
        self.bars.setVisible(usable and classes)
        self.number.setVisible(usable and not classes)
        self.plot.setVisible(usable)
        self.caption.setVisible(usable)
        wanted = len(data.classes) if classes else max(1, len(data.target_names))
        if answer is None or len(answer.values) != wanted:
            self.bars.show_bars([])
            self.number.setText("–")
            self.caption.clear()
            self.plot.show_curve(None)
            return
        values = answer.values
        if classes:
            best = int(values.argmax())
            bars = [
                Bar(named(name), float(share), f"{share * 100:.1f} %", at == best)
                for at, (name, share) in enumerate(zip(data.classes, values, strict=True))
            ]
            self.bars.show_bars(bars, np.argsort(-values, kind="stable").tolist())
            what = named(data.classes[best])
        else:
            texts = [plain_text(float(value)) for value in values]
            self.number.setText("  ".join(texts))
            what = listed(named(name) for name in data.target_names)
        tried = answer.question.tried
        if tried is not None:
            self.caption.setText(tr("{target} by {column}", target=what, column=tried.name))
        self.plot.show_curve(answer.curve)

    # --- following the document ---

    def document_changed(self) -> None:
        """Other data has other columns."""
        data = self.document.data
        if data is not self._data:
            self._data = data
            self._adopt(data)
        self._show()

    def _adopt(self, data: Data) -> None:
        before = self.columns
        self.columns = columns_to_try(data)
        self._answer = None
        if self.columns != before:
            self._make_controls()
        if not self.columns:
            self._question = None
            self.note.setText(
                tr("Values can be tried where each row of a table stands for itself.")
            )
            self.note.show()
            return
        left = len(self.columns) - MOST_CONTROLS
        self.note.setVisible(left > 0)
        self.note.setText(tr("{n} more columns keep the example’s values.", n=f"{left:,}"))
        if classes := len(data.classes):
            self.bars.setFixedHeight(BAR_HEIGHT * min(classes, MOST_BARS))
        if self._row.shape != data.shape or self.columns != before:
            self._start_from(0)
        else:
            self._ask()

    def _make_controls(self) -> None:
        self._next.stop()
        for old in self.controls:
            self.column.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.controls = []
        self._selected = 0
        self._make_some()

    @Slot()
    def _make_some(self) -> None:
        """A few controls at once: a window that waits for many of them would stutter."""
        first = len(self.controls)
        for at, tried in enumerate(self.columns[first : first + AT_ONCE], first):
            if at >= MOST_CONTROLS:
                break
            control = control_for(at, tried, self)
            control.changed.connect(self._tried)
            self.controls.append(control)
            self.column.insertWidget(self.column.indexOf(self.note), control)
            self._show_control(at)
        if len(self.controls) < min(len(self.columns), MOST_CONTROLS):
            self._next.start()

    def _show_control(self, at: int) -> None:
        tried = self.columns[at]
        if self._row.shape == self.document.data.shape:
            self.controls[at].show_value(float(tried.decode(self._numbers(tried)[None])[0]))

    @Slot()
    def take_example(self) -> None:
        """A random validation row."""
        data = self.document.data
        part = data.valid if len(data.valid) else data.train
        if self.columns:
            self._start_from(int(self._random.integers(len(part))))

    def _start_from(self, number: int) -> None:
        data = self.document.data
        part = data.valid if len(data.valid) else data.train
        self._row = np.array(data.prepared(part.x[number : number + 1])[0], np.float32)
        for at in range(len(self.controls)):
            self._show_control(at)
        self._ask()

    def _numbers(self, tried: Tried) -> np.ndarray:
        return self._row[tried.at : tried.at + tried.width]

    @Slot(int, float)
    def _tried(self, at: int, value: float) -> None:
        """Another value, or only another column that is looked at."""
        tried = self.columns[at]
        self._selected = at
        row = self._row.copy()
        row[tried.at : tried.at + tried.width] = tried.encode(np.array([value]))[0]
        self._row = row
        self._ask()

    def _ask(self) -> None:
        tried = self.columns[min(self._selected, len(self.columns) - 1)]
        now = float(tried.decode(self._numbers(tried)[None])[0])
        self._question = Question(self._row, tried, now)

    def summary(self) -> str:
        """What is predicted, and how it depends on the column."""
        if self._answer is None:
            return tr("Try values to see what the network predicts.")
        data, values = self.document.data, self._answer.values
        if data.task == "classification" and len(values) == len(data.classes):
            best = int(values.argmax())
            return tr(
                "The network predicts {name}, with {percent} %.",
                name=named(data.classes[best]),
                percent=round(float(values[best]) * 100),
            )
        return tr("The network predicts {value}.", value=plain_text(float(values[0])))
