"""The track of the time machine: a run from its first step to now, with a handle on what shows."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from nnstudio.app import theme
from nnstudio.app.i18n import say
from nnstudio.app.widgets.painting import draw_focus_ring
from nnstudio.core.text import mark, tr

MARGIN = 9.0
#: A mark answers the mouse within so many pixels.
NEAR = 5.0
#: Page Up and Page Down move by this share of the run.
PAGE = 0.05


class TimeTrack(QWidget):
    """``moved`` carries the step that somebody wants to see, ``now_wanted`` none."""

    moved = Signal(int)
    now_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.first = 0
        self.last = 0
        self.at: int | None = None  # the step that shows; None: now
        self.edits: tuple[int, ...] = ()
        self.best = -1
        self.diverged = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        say(
            self,
            name=mark("Time machine"),
            description=mark(
                "Left and right look back and forward, Home at the beginning, End now."
            ),
        )

    def sizeHint(self) -> QSize:
        return QSize(300, 26)

    def show_run(
        self, first: int, last: int, edits: Sequence[int] = (), best: int = -1, diverged: int = -1
    ) -> None:
        """The run's range and what is worth a mark."""
        before = self._places()
        self.first, self.last = first, max(first, last)
        self.edits, self.best, self.diverged = tuple(edits), best, diverged
        if before != self._places():
            self.update()

    def _places(self) -> list[int]:
        """What is drawn, in half pixels: most of the time a longer run looks the same."""
        marks = [self.first, self.last, *(step for step, _ in self._marks()), self.position]
        return [round(2 * self.x_of(step)) for step in marks]

    def show_step(self, step: int | None) -> None:
        """Where the handle is; None: at the end, moving with the run."""
        if step != self.at:
            self.at = step
            self.update()

    @property
    def position(self) -> int:
        """The step under the handle."""
        return self.last if self.at is None else self.at

    # --- places ---

    def x_of(self, step: int) -> float:
        """Where a step is, in pixels."""
        span = max(self.last - self.first, 1)
        share = (step - self.first) / span if self.last > self.first else 1.0
        return MARGIN + min(max(share, 0.0), 1.0) * (self.width() - 2 * MARGIN)

    def step_at(self, x: float) -> int:
        """The step at a pixel."""
        share = (x - MARGIN) / max(self.width() - 2 * MARGIN, 1.0)
        return self.first + round(min(max(share, 0.0), 1.0) * (self.last - self.first))

    # --- hands ---

    def _want(self, step: int) -> None:
        step = min(max(step, self.first), self.last)
        if self.last <= self.first:
            return
        if step >= self.last:
            self.show_step(None)
            self.now_wanted.emit()
        elif step != self.at:
            self.show_step(step)
            self.moved.emit(step)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The handle comes to the pointer; a mark nearby attracts it."""
        if event.button() == Qt.MouseButton.LeftButton:
            x = event.position().x()
            marked = [s for s, _ in self._marks() if abs(self.x_of(s) - x) <= NEAR]
            self._want(marked[0] if marked else self.step_at(x))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._want(self.step_at(event.position().x()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows by one step, with Shift by a hundred; Page keys by a twentieth of the run."""
        page = max(1, round((self.last - self.first) * PAGE))
        one = 100 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        keys = Qt.Key
        moves = {
            keys.Key_Left: -one, keys.Key_Down: -one, keys.Key_Right: one, keys.Key_Up: one,
            keys.Key_PageDown: -page, keys.Key_PageUp: page,
        }  # fmt: skip
        key = keys(event.key())
        if key in moves:
            self._want(self.position + moves[key])
        elif key == keys.Key_Home:
            self._want(self.first)
        elif key in (keys.Key_End, keys.Key_Escape):
            self._want(self.last)
        else:
            super().keyPressEvent(event)

    # --- marks ---

    def _marks(self) -> list[tuple[int, str]]:
        """(step, what it is) of what is worth looking at, the most telling first."""
        found = [(self.diverged, mark("The loss was no longer finite"))]
        found.append((self.best, mark("Lowest validation loss")))
        found += [(step, mark("Something was edited")) for step in self.edits]
        return [(step, what) for step, what in found if self.first <= step <= self.last]

    def event(self, event: object) -> bool:
        """What the pointer is over."""
        if isinstance(event, QHelpEvent):
            x = event.pos().x()
            near = [m for m in self._marks() if abs(self.x_of(m[0]) - x) <= NEAR]
            step = f"{near[0][0] if near else self.step_at(x):,}"
            text = tr("Step {step}", step=step)
            if near:
                text = f"{tr(near[0][1])} · {text}"
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return bool(super().event(event))  # type: ignore[arg-type]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Line, done part, marks, handle."""
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        y = self.height() / 2
        alive = self.last > self.first
        x = self.x_of(self.position)
        painter.setPen(Qt.PenStyle.NoPen)
        line = QRectF(MARGIN, y - 2, self.width() - 2 * MARGIN, 4)
        painter.setBrush(QColor(look.groove))
        painter.drawRoundedRect(line, 2, 2)
        if alive:
            done = QColor(look.accent)
            done.setAlphaF(0.5)
            painter.setBrush(done)
            painter.drawRoundedRect(QRectF(line.left(), line.top(), x - line.left(), 4), 2, 2)
        self._draw_marks(painter, y)
        past = self.at is not None
        painter.setPen(QPen(QColor(look.accent if alive else look.earlier), 2.2))
        painter.setBrush(QColor(look.accent if past else look.panel))
        painter.drawEllipse(QPointF(x, y), 6.5, 6.5)
        if self.hasFocus():
            draw_focus_ring(painter, QRectF(x - 10, y - 10, 20, 20), 10)
        painter.end()

    def _draw_marks(self, painter: QPainter, y: float) -> None:
        look = theme.current()
        painter.setPen(QPen(QColor(look.muted), 1))
        for step in self.edits:
            at = round(self.x_of(step)) + 0.5
            painter.drawLine(QPointF(at, y - 7), QPointF(at, y + 7))
        painter.setPen(Qt.PenStyle.NoPen)
        if self.first <= self.best <= self.last and self.best >= 0:
            at = self.x_of(self.best)
            painter.setBrush(QColor(look.positive))
            top = y - 11
            painter.drawPolygon(
                QPolygonF([QPointF(at - 4, top), QPointF(at + 4, top), QPointF(at, top + 6)])
            )
        if self.diverged >= 0:
            at = self.x_of(self.diverged)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(look.negative), 2))
            for sign in (-1, 1):
                painter.drawLine(QPointF(at - 4, y - 4 * sign), QPointF(at + 4, y + 4 * sign))
