"""Cross-validation in place of the network: every fold's score, and how far they spread."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from nnstudio.app.bars import TALLEST, Bar, Bars
from nnstudio.app.document import Document
from nnstudio.app.figures import loss_text, percent_text, plain_text
from nnstudio.app.i18n import say
from nnstudio.app.job import Job
from nnstudio.app.widgets.number_combo import NumberCombo
from nnstudio.core import fields
from nnstudio.core.recipes.own_data import PreparedDataset
from nnstudio.core.recipes.recipe import SplitRecipe
from nnstudio.core.setup import Setup
from nnstudio.core.text import StudioError, mark, tr
from nnstudio.engine.cross_validation import FoldScore, cross_validate, spread

COUNTS = (2, 3, 5, 10, 20)
EXPLAINED = mark(
    "The rows are divided into equal folds. For each of them a new network learns from the others "
    "and is scored on the one left out; your own network stays as it is."
)


class FoldsPage(QWidget):
    """``refused`` carries a ``StudioError``."""

    refused = Signal(object)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.scores: list[FoldScore] = []
        self.of: Setup | None = None  # what the scores are of
        self.job = Job("nnstudio-folds", self)
        self.job.finished.connect(self._finished)
        self.job.failed.connect(self._failed)
        self.job.busy_changed.connect(self._show_busy)
        explained = say(QLabel(self), text=EXPLAINED)
        explained.setProperty("role", "muted")
        explained.setWordWrap(True)
        field = fields.fields_of(SplitRecipe)["folds"]
        self.count = NumberCombo(field, COUNTS, parent=self)
        self.count.show_value(5)
        self.count.refused.connect(self.refused)
        say(self.count, name=field.label)
        label = say(QLabel(self), text=field.label)
        label.setBuddy(self.count)
        self.run = say(QPushButton(self), text=mark("Run"))
        self.run.setProperty("role", "primary")
        self.run.clicked.connect(self.begin)
        self.cancel = say(QPushButton(self), text=mark("Cancel"))
        self.cancel.clicked.connect(self.job.cancel)
        self.bar = QProgressBar(self)
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.heading = QLabel(self)
        self.heading.setProperty("role", "title")
        self.bars = Bars(self, track=True)
        self.bars.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.words = QLabel(self)
        self.words.setWordWrap(True)
        self._beat = QTimer(self)
        self._beat.setInterval(100)
        self._beat.timeout.connect(self._show)
        controls = QHBoxLayout()
        controls.setSpacing(8)
        for widget in (label, self.count, self.run, self.cancel):
            controls.addWidget(widget)
        controls.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(10)
        column.addWidget(explained)
        column.addLayout(controls)
        for part in (self.bar, self.heading, self.bars, self.words):
            column.addWidget(part)
        column.addStretch(1)
        document.changed.connect(self._setup_changed)
        self._show_busy(False)

    @Slot()
    def begin(self) -> None:
        """Train all folds beside the window."""
        self.of, _ = self.document.present
        self.scores = []
        work = partial(cross_validate, self.of, int(self.count.value), self.scores.append)
        self.job.start(self.of, work, tr("Cross-validation"))
        self._show()

    def stop(self) -> None:
        """End the threads."""
        self._beat.stop()
        self.job.stop()

    def suggest(self) -> None:
        """Begin with as many folds as the split says, if it is by folds."""
        dataset = self.document.setup.dataset
        if isinstance(dataset, PreparedDataset) and dataset.recipe.split.how == "folds":
            self.count.show_value(dataset.recipe.split.folds)

    @Slot(object, object)
    def _setup_changed(self, before: Any, after: Any) -> None:
        self._show()

    @Slot(object, object)
    def _finished(self, tag: Any, scores: Any) -> None:
        self._show()

    @Slot(object, object)
    def _failed(self, tag: Any, error: StudioError) -> None:
        self._show()
        self.refused.emit(error)

    @Slot(bool)
    def _show_busy(self, busy: bool) -> None:
        self.run.setVisible(not busy)
        self.cancel.setVisible(busy)
        keeps = self.bar.sizePolicy()
        keeps.setRetainSizeWhenHidden(True)
        self.bar.setSizePolicy(keeps)
        self.bar.setVisible(busy)
        if busy:
            self._beat.start()
        else:
            self._beat.stop()
        self._show()

    def _figure(self, score: FoldScore) -> str:
        if math.isnan(score.accuracy):
            return plain_text(score.fit)
        return percent_text(score.accuracy)

    @Slot()
    def _show(self) -> None:
        """The folds that are done so far."""
        scores = list(self.scores)
        self.bar.setValue(round(1000 * self.job.share))
        bars = [
            Bar(
                tr("Fold {n}", n=score.fold), score.figure, self._figure(score),
                detail=tr("{rows} rows · loss {loss}", rows=f"{score.rows:,}",
                          loss=loss_text(score.loss)),
            )
            for score in scores
        ]  # fmt: skip
        self.bars.show_bars(bars)
        self.bars.setFixedHeight(max(1, round(TALLEST * len(bars))))
        classes = bool(scores) and not math.isnan(scores[0].accuracy)
        self.heading.setText((tr("Accuracy") if classes else "R²") if scores else "")
        self.words.setText(self.summary())
        self.bars.setAccessibleName(self.heading.text())
        self.bars.setAccessibleDescription(self.summary())

    def summary(self) -> str:
        """What the folds say together."""
        scores = list(self.scores)
        if not scores:
            return "" if self.job.busy else tr("Press Run.")
        mean, deviation = spread(scores)
        classes = not math.isnan(scores[0].accuracy)
        text = percent_text if classes else plain_text
        said = tr(
            "Mean {mean} ± {deviation} (standard deviation) over {n} folds, from {low} to {high}.",
            mean=text(mean), deviation=text(deviation), n=len(scores),
            low=text(min(s.figure for s in scores)), high=text(max(s.figure for s in scores)),
        )  # fmt: skip
        if self.of is not None and not self.job.busy and self.of != self.document.present[0]:
            said += " " + tr("The setup has changed since; run again.")
        return said

    def changeEvent(self, event: QEvent) -> None:
        """Words follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "_beat"):
            self._show()
