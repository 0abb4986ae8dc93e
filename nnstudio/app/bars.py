"""Horizontal bars with a name before and a figure after each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from nnstudio.app import theme
from nnstudio.app.readout import Readout

TALLEST = 22.0
LEAST_ROW = 11.0


@dataclass(frozen=True)
class Bar:
    """``share`` is the length, 0 to 1 (or NaN); ``figure`` is written after it if not empty."""

    name: str
    share: float
    figure: str = ""
    strong: bool = True
    detail: str = ""  # what the readout says


class Bars(QWidget):
    """As many bars as fit below each other; a track shows the full length if ``track``."""

    def __init__(self, parent: QWidget | None = None, *, track: bool = False) -> None:
        super().__init__(parent)
        self.bars: tuple[Bar, ...] = ()
        self._order: tuple[int, ...] = ()
        self.track = track
        self.setMouseTracking(True)
        self._readout = Readout(self)

    def sizeHint(self) -> QSize:
        return QSize(120, 150)

    def minimumSizeHint(self) -> QSize:
        return QSize(70, 60)

    def capacity(self) -> int:
        """How many bars fit."""
        return max(1, int(self.height() / LEAST_ROW))

    def show_bars(self, bars: Sequence[Bar], order: Sequence[int] = ()) -> None:
        """Show these from now on; ``order`` numbers them by importance, should not all fit."""
        if tuple(bars) != self.bars:
            self.bars = tuple(bars)
            self._order = tuple(order) or tuple(range(len(self.bars)))
            self.update()

    def shown(self) -> tuple[Bar, ...]:
        """Those that fit: all in their own order, or the first by importance."""
        if len(self.bars) <= self.capacity():
            return self.bars
        return tuple(self.bars[at] for at in self._order[: self.capacity()])

    def _row(self) -> float:
        return min(TALLEST, self.height() / max(len(self.shown()), 1))

    def paintEvent(self, event: QPaintEvent) -> None:
        bars = self.shown()
        if not bars:
            return
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        row = self._row()
        font = theme.font(12 if row >= 15 else 11 if row >= 13 else 10)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        before = min(max(metrics.horizontalAdvance(bar.name) for bar in bars), self.width() * 0.4)
        after = max(metrics.horizontalAdvance(bar.figure) for bar in bars)
        after = max(after, metrics.horizontalAdvance("100 %"))
        left = before + 8
        most = max(8.0, self.width() - left - after - 6)
        height = min(8.0, row * 0.5)
        middle = Qt.AlignmentFlag.AlignVCenter
        for at, bar in enumerate(bars):
            top = at * row
            painter.setPen(QColor(look.text))
            name = metrics.elidedText(bar.name, Qt.TextElideMode.ElideRight, before + 1)
            painter.drawText(
                QRectF(0, top, before, row), middle | Qt.AlignmentFlag.AlignRight, name
            )
            painter.setPen(Qt.PenStyle.NoPen)
            place = QRectF(left, top + (row - height) / 2, most, height)
            if self.track:
                painter.setBrush(QColor(look.groove))
                painter.drawRoundedRect(place, 2, 2)
            share = bar.share if bar.share == bar.share else 0.0
            place.setWidth(max(2.0, most * min(max(share, 0.0), 1.0)))
            painter.setBrush(QColor(look.accent))
            painter.setOpacity(1.0 if bar.strong else 0.45)
            painter.drawRoundedRect(place, 2, 2)
            painter.setOpacity(1.0)
            if bar.figure:
                painter.setPen(QColor(look.text if bar.strong else look.muted))
                x = left + most + 6 if self.track else place.right() + 6
                painter.drawText(QRectF(x, top, after + 4, row), middle, bar.figure)
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        bars = self.shown()
        at = int(event.position().y() / self._row())
        if 0 <= at < len(bars) and bars[at].detail:
            bar = bars[at]
            self._readout.read(QPointF(event.position()), [(bar.name, bar.detail)])
        else:
            self._readout.hide()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._readout.hide()
