"""The confusion matrix; a cell shows its examples."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from nnstudio.analysis.confusion import confusion
from nnstudio.app.charts.gallery import Gallery, Tile
from nnstudio.app.charts.matrix import Matrix
from nnstudio.app.evaluation import NEEDS_CLASSES, NO_FIT, Evaluation, evaluate, paced
from nnstudio.app.example_picture import levels_of, lines_of
from nnstudio.app.figures import percent_text
from nnstudio.app.header import Toggle
from nnstudio.app.panel import panel
from nnstudio.app.selection import Example, part_of
from nnstudio.app.view_panel import Missing, Picker, ViewPanel
from nnstudio.core.text import mark, named, tr
from nnstudio.engine.view import View

#: At most so many examples of a cell are shown.
MOST_EXAMPLES = 24


@dataclass(frozen=True)
class Counted:
    """The matrix (truth, said), and the predictions it was counted from."""

    counts: np.ndarray
    evaluation: Evaluation


@panel
class ConfusionPanel(ViewPanel):
    """Truth by what the network says."""

    name = "confusion"
    title = mark("Confusion")
    help = mark("How often each class is taken for each; a cell shows its examples.")
    group = mark("Predictions")
    order = 30
    rate = 2.0
    when_wide = ("Images/classification", "Tables/classification")

    def __init__(self, document: Any, session: Any, parent: QWidget | None = None) -> None:
        super().__init__(document, session, parent)
        self.cell: tuple[int, int] | None = None
        self.matrix = Matrix(self)
        self.matrix.clicked.connect(self._choose)
        self.examples = Gallery(self)
        self.examples.clicked.connect(self._look)
        self.hold(self.matrix, 3)
        self.hold(self.examples, 1)
        self.part = Picker(
            mark("Which part of the data"),
            {"valid": mark("validation"), "train": mark("training")},
        )
        self.shares = Toggle(mark("percent"), mark("Write percents of each class, not counts."))
        self.shares.toggled.connect(self.refresh)
        self._rows: list[int] = []

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The examples stand where there is more room."""
        super().resizeEvent(event)
        wide = self.width() > 1.3 * self.height()
        way = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        if self.column.direction() != way:
            self.column.setDirection(way)
            self.column.setStretch(0, 1 if wide else 3)

    def header_widgets(self) -> list[QWidget]:
        """Part, percent."""
        return [self.part, self.shares]

    def request(self) -> Any:
        """The part."""
        return self.part.value

    @staticmethod
    def measure(view: View, request: Any) -> Counted | Missing:
        """Count."""
        if view.data.task != "classification":
            return Missing(NEEDS_CLASSES)
        part = request if request == "train" or len(view.data.valid) else "train"
        found = evaluate(view, part)
        if found is None or found.truth is None:
            return Missing(NO_FIT)
        return Counted(confusion(found.truth, found.said, len(view.data.classes)), found)

    def show_result(self, result: Counted) -> None:
        """Matrix, and the examples of the chosen cell."""
        self.rate = paced(type(self).rate, result.evaluation)
        names = tuple(named(name) for name in self.document.data.classes)
        if self.cell is not None and max(self.cell) >= len(names):
            self.cell = None
        self.matrix.setAccessibleName(tr("Confusion matrix"))
        self.examples.setAccessibleName(tr("Examples of the chosen cell"))
        self.matrix.show_counts(result.counts, names, self.cell, self.shares.isChecked())
        self.examples.setVisible(self.cell is not None)
        if self.cell is not None:
            self._show_examples(result.evaluation, *self.cell)

    def _show_examples(self, found: Evaluation, truth: int, said: int) -> None:
        assert found.truth is not None and found.probabilities is not None
        data = self.document.data
        at = np.flatnonzero((found.truth == truth) & (found.said == said))
        surest = at[np.argsort(-found.probabilities[at, said], kind="stable")][:MOST_EXAMPLES]
        self._rows = [int(row) for row in found.rows[surest]]
        x = part_of(data, found.part).x
        tiles = []
        for row, place in zip(self._rows, surest, strict=True):
            levels = levels_of(data, x[row])
            tiles.append(
                Tile(
                    levels,
                    caption=f"{found.probabilities[place, said] * 100:.0f} %",
                    lines=() if levels is not None else lines_of(data, x[row], 2),
                    chosen=self.selection.example == Example(found.part, row),
                )
            )
        self.examples.show_tiles(tiles)

    @Slot(int, int)
    def _choose(self, truth: int, said: int) -> None:
        self.cell = None if self.cell == (truth, said) else (truth, said)
        self.selection.choose_class(truth if self.cell else None)
        self.refresh()
        if self._rows and self.cell and self.result is not None:
            self.selection.choose_example(self.result.evaluation.part, self._rows[0])

    @Slot(int)
    def _look(self, index: int) -> None:
        if self.result is not None and index < len(self._rows):
            self.selection.choose_example(self.result.evaluation.part, self._rows[index])

    def describe(self, result: Counted) -> str:
        """Accuracy, and the commonest mistake."""
        counts = result.counts
        names = [named(name) for name in self.document.data.classes]
        right = percent_text(float(np.trace(counts)) / max(1, int(counts.sum())))
        wrong = counts - np.diag(np.diag(counts))
        if not wrong.any() or len(names) != len(counts):
            return tr("{right} are right; there are no mistakes.", right=right)
        truth, said = np.unravel_index(int(wrong.argmax()), wrong.shape)
        times, values = int(wrong.max()), {"truth": names[int(truth)], "said": names[int(said)]}
        if times == 1:
            return tr("{right} are right. One {truth} is taken for {said}.", right=right, **values)
        return tr(
            "{right} are right. The commonest mistake is {truth} taken for {said}, {n} times.",
            right=right, n=f"{times:,}", **values,
        )  # fmt: skip

    def rows(self, result: Counted) -> tuple[Sequence[str], Iterable[Sequence[Any]]]:
        """The matrix with its names."""
        names = [named(name) for name in self.document.data.classes]
        return ["truth", *names], [
            [name, *row] for name, row in zip(names, result.counts.tolist(), strict=False)
        ]
