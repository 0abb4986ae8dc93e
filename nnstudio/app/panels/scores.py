"""Losses and accuracies in numbers, and what they mean in one sentence."""

from __future__ import annotations

import dataclasses
import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from nnstudio.analysis.diagnosis import CHANGED, IDLE, UNFIT, Diagnosis, diagnose, guessing_loss
from nnstudio.app import theme
from nnstudio.app.figures import loss_text, percent_text
from nnstudio.app.held_out import HeldOut, HeldOutLine, held_out
from nnstudio.app.panel import Panel, Table, panel
from nnstudio.app.rest import at_rest
from nnstudio.core.contracts import Loss
from nnstudio.core.data import Data
from nnstudio.core.fitting import fits
from nnstudio.core.setup import Setup
from nnstudio.core.text import in_a_line, language, mark, tr
from nnstudio.engine.view import Snapshot, View

#: A verdict of another kind must hold for so many measures before it is shown: no flicker.
STEADY = 6
#: Pixels from one line of Chinese to the next.
CHINESE_LINE = 18


@dataclass(frozen=True)
class Scores:
    """The newest numbers and the verdict on the curves so far."""

    train_loss: float
    valid_loss: float
    train_accuracy: float
    valid_accuracy: float
    diagnosis: Diagnosis
    running: bool = False
    test: HeldOut | None = None
    sample: int = 0  # validation scores are of so many examples; 0: of all


def has_diverged(snapshot: Snapshot) -> bool:
    """Whether training stopped at a loss that is no number (other errors name no step)."""
    return snapshot.error is not None and "step" in snapshot.error.values


def _judged(setup: Setup) -> tuple[object, ...]:
    """What a verdict on the curves is about."""
    return setup.network, setup.dataset, setup.training.loss


class _Guesses:
    """What guessing gives on the data last asked about: it costs some milliseconds to find out."""

    def __init__(self) -> None:
        self._asked: tuple[Data, Loss] | None = None
        self._loss = math.nan

    def loss(self, data: Data, loss: Loss) -> float:
        """``guessing_loss``, remembered."""
        asked = self._asked
        if asked is None or asked[0] is not data or asked[1] != loss:
            self._loss = guessing_loss(data, loss)
            self._asked = (data, loss)
        return self._loss


_guesses = _Guesses()


@panel
class ScoresPanel(Panel):
    """Training and validation, loss and accuracy, and a verdict."""

    name = "scores"
    title = mark("Scores")
    help = mark("Loss and accuracy now, and what the curves say.")
    group = mark("Training")
    place = "right"
    at_first = True
    order = 20
    rate = 10.0

    def __init__(self, document: Any, session: Any, parent: QWidget | None = None) -> None:
        super().__init__(document, session, parent)
        self._scores: Scores | None = None
        self._waiting = 0
        self._since = 0  # the step at which what is judged was last changed by hand
        self._judged = _judged(document.setup)
        self._figures = Figures(self)
        self._test = HeldOutLine(self)
        self._verdict = Verdict(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self._figures)
        column.addWidget(self._test)
        column.addWidget(self._verdict)
        column.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.document_changed()

    def request(self) -> int:
        """The step from which on the curves are judged."""
        latest = self.session.latest if self.session is not None else None
        if latest is not None and latest.step < self._since:
            self._since = 0  # the run began anew
        return self._since

    @Slot(object, object)
    def _setup_changed(self, before: object, after: object) -> None:
        """Another network, other data or another loss makes the loss jump: that is no verdict."""
        latest = self.session.latest if self.session is not None else None
        judged = _judged(self.document.present[0])  # looking at an earlier moment changes nothing
        if judged != self._judged and latest is not None:
            self._since = latest.step
        self._judged = judged
        super()._setup_changed(before, after)

    @staticmethod
    def measure(view: View, request: int | None) -> Scores:
        """The snapshot's numbers, and a verdict on the curves."""
        snapshot = view.snapshot
        curves = at_rest(view.curves, snapshot)
        if request:
            curves = curves.where(curves.step > request)
        loss = view.setup.training.loss
        verdict = diagnose(
            curves.step,
            curves.train_loss,
            curves.valid_loss,
            guessing=math.nan if loss is None else _guesses.loss(view.data, loss),
            failed=has_diverged(snapshot),
            finished=snapshot.finished,
            dropout=any(n.layer.type_name == "Dropout.v1" for n in view.setup.network.nodes),
        )
        if verdict is IDLE and request:
            verdict = CHANGED
        return Scores(
            snapshot.train_loss,
            snapshot.valid_loss,
            snapshot.train_accuracy,
            snapshot.valid_accuracy,
            verdict,
            snapshot.running,
            held_out(view),
            snapshot.valid_sample,
        )

    def display(self, result: Scores) -> None:
        """Put the numbers in place; the verdict follows when it holds."""
        before = self._scores.diagnosis if self._scores is not None else IDLE
        verdict = result.diagnosis
        # While training rests no further measure would come to confirm it.
        urgent = not result.running or verdict.level == "bad" or before in (IDLE, CHANGED)
        self._waiting = self._waiting + 1 if verdict.kind != before.kind else 0
        if verdict.kind != before.kind and not urgent and self._waiting < STEADY:
            result = dataclasses.replace(result, diagnosis=before)
        self._scores = result
        self._show()

    def document_changed(self) -> None:
        """Language, theme, or another kind of problem."""
        self._figures.arrange(self.document.data.task == "classification")
        self._show()

    def _show(self) -> None:
        scores = self._scores or Scores(math.nan, math.nan, math.nan, math.nan, IDLE)
        texts = (
            loss_text(scores.train_loss),
            percent_text(scores.train_accuracy),
            about(loss_text(scores.valid_loss), scores.sample),
            about(percent_text(scores.valid_accuracy), scores.sample),
        )
        self._figures.show_texts(texts)
        self._test.show_scores(scores.test, self.document.data.test is not None)
        self._figures.explain(scores.sample, len(self.document.data.valid))
        self._verdict.say(self._judgement(scores.diagnosis))

    def _judgement(self, verdict: Diagnosis) -> Diagnosis:
        """The verdict, unless the network of the curves is gone and the present one cannot run."""
        return verdict if fits(self.document.setup, self.document.data) else UNFIT

    def numbers(self) -> Table | None:
        """Loss and accuracy of both parts."""
        scores = self._scores
        if scores is None:
            return None
        return ("part", "loss", "accuracy"), [
            ("train", scores.train_loss, scores.train_accuracy),
            ("valid", scores.valid_loss, scores.valid_accuracy),
        ]

    def summary(self) -> str:
        """The numbers and the verdict."""
        if self._scores is None:
            return in_a_line(IDLE.sentence())
        return tr(
            "Training loss {train}, validation loss {valid}. {verdict}",
            train=loss_text(self._scores.train_loss),
            valid=loss_text(self._scores.valid_loss),
            verdict=in_a_line(self._judgement(self._scores.diagnosis).sentence()),
        )


def about(text: str, sample: int) -> str:
    """A figure, marked if it was measured on a sample."""
    return f"≈\u2009{text}" if sample else text


class Figures(QWidget):
    """Training and validation, loss and accuracy: a line each, or a small table where narrow."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.names = [QLabel(self) for _ in range(4)]
        self.values = [QLabel(self) for _ in range(4)]
        self._classifies = True
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(5)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for name, value in zip(self.names, self.values, strict=True):
            name.setProperty("role", "muted")
            value.setAlignment(right)
        self._right = right
        self.is_table = False

    def show_texts(self, texts: Sequence[str]) -> None:
        """Training loss and accuracy, validation loss and accuracy."""
        for label, text in zip(self.values, texts, strict=True):
            if label.text() != text:
                label.setText(text)

    def explain(self, sample: int, count: int) -> None:
        """Say what the validation scores were measured on."""
        words = ""
        if sample:
            words = tr(
                "Measured on {n} of {count} validation examples while it trains; on all of them "
                "when it pauses.",
                n=f"{sample:,}",
                count=f"{count:,}",
            )
        for label in (*self.names[2:], *self.values[2:]):
            if label.toolTip() != words:
                label.setToolTip(words)
                label.setAccessibleDescription(words)

    def arrange(self, classifies: bool) -> None:
        """Place everything for the present width, language and kind of problem."""
        self._classifies = classifies
        self.is_table = classifies and self.width() < self._line_width()
        grid = self._grid
        for label in (*self.names, *self.values):
            grid.removeWidget(label)
        for column in range(5):
            grid.setColumnStretch(column, 0)
            grid.setColumnMinimumWidth(column, 0)
        for value in self.values:
            value.setFont(theme.font(13, bold=True))
        if self.is_table:
            self._arrange_table()
        else:
            self._arrange_lines()
        for at in (1, 3):
            self.names[at].setVisible(classifies)
            self.values[at].setVisible(classifies)

    def _arrange_lines(self) -> None:
        texts = (
            tr("Training loss"), tr("Accuracy"), tr("Validation loss"), tr("Accuracy"),
        )  # fmt: skip
        for at, text in enumerate(texts):
            row, column = divmod(at, 2)
            self.names[at].setText(text)
            self.names[at].setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            self._grid.addWidget(self.names[at], row, 3 * column)
            self._grid.addWidget(self.values[at], row, 3 * column + 1)
        self._grid.setColumnMinimumWidth(2, 6)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(4, 1 if self._classifies else 0)

    def _arrange_table(self) -> None:
        texts = (tr("Training"), tr("Loss"), tr("Validation"), tr("Accuracy"))
        places = ((1, 0), (0, 1), (2, 0), (0, 2))
        for at, (text, place) in enumerate(zip(texts, places, strict=True)):
            self.names[at].setText(text)
            if at % 2:
                self.names[at].setAlignment(self._right)
            self._grid.addWidget(self.names[at], *place)
            row, column = divmod(at, 2)
            self._grid.addWidget(self.values[at], row + 1, column + 1)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(2, 1)

    def _line_width(self) -> int:
        names, values = QFontMetrics(theme.font(12)), QFontMetrics(theme.font(13, bold=True))
        words = max(map(names.horizontalAdvance, (tr("Training loss"), tr("Validation loss"))))
        words += names.horizontalAdvance(tr("Accuracy"))
        figures = values.horizontalAdvance("0.0000") + values.horizontalAdvance("100.0 %")
        return int(words + figures + 4 * 8 + 8)

    def minimumSizeHint(self) -> QSize:
        return QSize(150, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._classifies and self.is_table != (self.width() < self._line_width()):
            self.arrange(self._classifies)


class Verdict(QFrame):
    """A box in the colour of its verdict: the headline in bold, then one sentence."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._level = "neutral"
        self._label = QLabel(self)
        self._label.setWordWrap(True)
        self._label.setTextFormat(Qt.TextFormat.RichText)
        self._label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        column = QVBoxLayout(self)
        column.setContentsMargins(11, 8, 11, 8)
        column.addWidget(self._label)

    def say(self, diagnosis: Diagnosis) -> None:
        """Show a verdict."""
        headline, detail = diagnosis.sentence()
        ink, look = self._colours(diagnosis.level)[0], theme.current()
        text = (
            f'<span style="color:{look.text}"><b style="color:{ink}">{html.escape(headline)}</b> '
            f"{html.escape(detail)}</span>"
        )
        font = theme.font(12)  # larger in a presentation
        if text != self._label.text() or font != self._label.font():
            self._label.setFont(font)
            self._label.setText(text)
            self._suit()
            self.setAccessibleName(f"{headline} {detail}")
        if diagnosis.level != self._level:
            self._level = diagnosis.level
            self.update()

    def _suit(self) -> None:
        """Room for two lines, so that nothing below moves when the verdict changes; Chinese lines
        are higher."""
        line = self._label.fontMetrics().lineSpacing()
        if language() == "zh":
            line = max(line, theme.pixels(CHINESE_LINE))
        self._label.setMinimumHeight(2 * line)

    @staticmethod
    def _colours(level: str) -> tuple[str, str]:
        look = theme.current()
        return {
            "good": (look.good, look.good_soft),
            "warning": (look.warn, look.warn_soft),
            "bad": (look.bad, look.bad_soft),
        }.get(level, (look.text, look.canvas))

    def paintEvent(self, event: QPaintEvent) -> None:
        ink, soft = self._colours(self._level)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        border = QColor(theme.current().hairline if self._level == "neutral" else ink)
        if self._level != "neutral":
            border.setAlphaF(0.35)
        painter.setPen(border)
        painter.setBrush(QColor(soft))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 7, 7)
        painter.end()
