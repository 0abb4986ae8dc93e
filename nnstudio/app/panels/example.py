"""The current example: what it is, what the network says of it, and a walk through the data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from nnstudio.app.bars import Bar, Bars
from nnstudio.app.charts.gallery import Gallery, Tile
from nnstudio.app.evaluation import Evaluation, evaluate
from nnstudio.app.example_picture import levels_of, lines_of, output_text, target_text
from nnstudio.app.header import HeaderButton, Toggle
from nnstudio.app.panel import panel
from nnstudio.app.selection import Example, part_of
from nnstudio.app.view_panel import Missing, Picker, ViewPanel
from nnstudio.core.text import mark, named, tr
from nnstudio.engine.view import View

#: Bars beside the picture.
MOST_BARS = 10


@dataclass(frozen=True)
class Seen:
    """An example with the network's answer; ``wrong`` are the rows it gets wrong, of those that
    were evaluated."""

    example: Example
    output: np.ndarray
    probabilities: np.ndarray | None
    wrong: np.ndarray


def wrong_rows(found: Evaluation) -> np.ndarray:
    """Rows whose class is not recognised; for numbers, the tenth with the largest errors."""
    if found.truth is not None:
        return found.rows[found.said != found.truth]
    error = np.abs(found.output - found.target).sum(1)
    return np.sort(found.rows[error > np.quantile(error, 0.9)])


@panel
class ExamplePanel(ViewPanel):
    """Previous, next, random, only wrong ones; ← and → walk too."""

    name = "example"
    title = mark("Example")
    help = mark("Walk through the data: the example that all other views follow.")
    group = mark("One example")
    place = "right"
    order = 20
    rate = 8.0

    def __init__(self, document: Any, session: Any, parent: QWidget | None = None) -> None:
        super().__init__(document, session, parent)
        self._random = np.random.default_rng()
        self.words = QLabel(self)
        self.words.setWordWrap(True)
        self.strip = QWidget(self)
        walk = QHBoxLayout(self.strip)
        walk.setContentsMargins(0, 0, 0, 0)
        walk.addWidget(self.words, 1)
        self.hold(self.strip, 0)
        self.body = QWidget(self)
        row = QHBoxLayout(self.body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        self.picture = Gallery(self.body)
        self.picture.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.bars = Bars(self.body)
        row.addWidget(self.picture, 1)
        row.addWidget(self.bars, 1)
        self.hold(self.body, 1)
        self.part = Picker(
            mark("Which part of the data"),
            {"valid": mark("validation"), "train": mark("training")},
        )
        self.part.picked.connect(self._other_part)
        self.only_wrong = Toggle(mark("only wrong"), mark("Walk through mistakes only."))
        self.back = HeaderButton(mark("‹"), mark("The example before (←)"))
        self.forward = HeaderButton(mark("›"), mark("The next example (→)"))
        self.any = HeaderButton(mark("random"), mark("Any example"))
        self.back.clicked.connect(self.go_back)
        self.forward.clicked.connect(self.go_on)
        self.any.clicked.connect(self.go_anywhere)
        for button in (self.back, self.forward, self.any):
            walk.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def header_widgets(self) -> list[QWidget]:
        """Part, mistakes."""
        return [self.part, self.only_wrong]

    def request(self) -> Any:
        """The example, and whether mistakes are wanted."""
        return self.selection.example, self.only_wrong.isChecked()

    @staticmethod
    def measure(view: View, request: Any) -> Seen | Missing | None:
        """Ask the network about it."""
        example, mistakes = request
        if example is None:
            return Missing(mark("There is no data to walk through."))
        part = part_of(view.data, example.part)
        if example.row >= len(part):
            return None
        row = slice(example.row, example.row + 1)
        output = view.predict(view.data.prepared(part.x[row])).reshape(-1).copy()
        found = evaluate(view, example.part) if mistakes else None
        probabilities = None
        if view.data.task == "classification":
            from nnstudio.analysis.probability import class_probabilities
            from nnstudio.engine.scoring import gives_logits

            probabilities = class_probabilities(output[None], gives_logits(view.setup.network))[0]
            if len(probabilities) != len(view.data.classes):
                probabilities = None
        wrong = wrong_rows(found) if found is not None else np.empty(0, int)
        return Seen(example, output, probabilities, wrong)

    def show_result(self, result: Seen) -> None:
        """Words, picture, bars."""
        data = self.document.data
        self.words.setText(self.describe(result))
        part = part_of(data, result.example.part)
        if result.example.row >= len(part):
            return
        self.part.choose(result.example.part)
        x = part.x[result.example.row]
        levels = levels_of(data, x)
        self.picture.setAccessibleName(tr("The example"))
        self.picture.show_tiles(
            [Tile(levels, lines=() if levels is not None else lines_of(data, x, 8))]
        )
        self.bars.setVisible(result.probabilities is not None)
        if result.probabilities is not None:
            p = result.probabilities
            best = int(p.argmax())
            order = np.argsort(-p, kind="stable")
            shown = sorted(order[:MOST_BARS].tolist())
            self.bars.setAccessibleName(tr("Probabilities"))
            self.bars.show_bars(
                [
                    Bar(
                        named(data.classes[i]), float(p[i]),
                        f"{p[i] * 100:.0f} %" if i == best else "", i == best,
                        f"{p[i] * 100:.2f} %",
                    )
                    for i in shown
                ]
            )  # fmt: skip

    def describe(self, result: Seen) -> str:
        """Which example, its truth, the answer."""
        data = self.document.data
        part = part_of(data, result.example.part)
        if result.example.row >= len(part):
            return tr(self.waiting)
        return tr(
            "Example {n} of {count}: {truth}; the network says {said}.",
            n=f"{result.example.row + 1:,}",
            count=f"{len(part):,}",
            truth=target_text(data, part.y[result.example.row]),
            said=output_text(data, result.output, result.probabilities),
        )

    def rows(self, result: Seen) -> tuple[Sequence[str], Iterable[Sequence[Any]]]:
        """The network's answer, class by class."""
        if result.probabilities is None:
            return ("output", "value"), enumerate(result.output.tolist(), 1)
        names = [named(name) for name in self.document.data.classes]
        return ("class", "probability"), zip(names, result.probabilities.tolist(), strict=True)

    # --- walking ---

    def _walk(self, way: int) -> None:
        example = self.selection.example
        if example is None:
            return
        count = len(part_of(self.document.data, example.part))
        rows = np.arange(count)
        if self.only_wrong.isChecked():
            rows = self.result.wrong if self.result is not None else rows[:0]
        if not len(rows):
            return
        if way == 0:
            row = int(self._random.choice(rows))
        elif way > 0:
            later = rows[rows > example.row]
            row = int(later[0] if len(later) else rows[0])
        else:
            before = rows[rows < example.row]
            row = int(before[-1] if len(before) else rows[-1])
        self.selection.choose_example(example.part, row)

    @Slot()
    def go_back(self) -> None:
        """The example before."""
        self._walk(-1)

    @Slot()
    def go_on(self) -> None:
        """The next one."""
        self._walk(1)

    @Slot()
    def go_anywhere(self) -> None:
        """Any."""
        self._walk(0)

    @Slot(str)
    def _other_part(self, part: str) -> None:
        if len(part_of(self.document.data, part)):
            self.selection.choose_example(part, 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Left:
            self.go_back()
        elif event.key() == Qt.Key.Key_Right:
            self.go_on()
        else:
            super().keyPressEvent(event)
