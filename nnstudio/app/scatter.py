"""Predicted against actual: a square with a diagonal, on which perfect predictions lie."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from nnstudio.app import theme
from nnstudio.app.figures import plain_text
from nnstudio.app.readout import Readout
from nnstudio.core.text import tr

TICK = 16.0
NEAR = 10.0


def few_ticks(low: float, high: float, most: int = 4) -> list[float]:
    """At most so many round numbers within a range, evenly spaced by 1, 2 or 5 times a power."""
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return []
    power = 10.0 ** math.floor(math.log10((high - low) / most))
    for factor in (1, 2, 5, 10, 20):
        step = factor * power
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first + 1 <= most:
            return [at * step for at in range(first, last + 1)]
    return []


class Scatter(QWidget):
    """Points (actual, predicted) in the targets' own units."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actual = np.empty(0)
        self._predicted = np.empty(0)
        self._range = (0.0, 1.0)
        self._note = ""
        self.setMouseTracking(True)
        self._readout = Readout(self)

    def sizeHint(self) -> QSize:
        return QSize(280, 220)

    def minimumSizeHint(self) -> QSize:
        return QSize(140, 120)

    def show_points(
        self, actual: np.ndarray, predicted: np.ndarray, low: float, high: float, note: str
    ) -> None:
        """Show these from now on; both axes run from ``low`` to ``high``."""
        self._actual, self._predicted = actual, predicted
        self._range = (low, high)
        self._note = note
        self.update()

    def _area(self) -> QRectF:
        metrics = QFontMetricsF(theme.font(10))
        widest = max(
            (metrics.horizontalAdvance(_tick_text(v)) for v in few_ticks(*self._range)), default=20
        )
        return QRectF(self.rect()).adjusted(widest + TICK + 6, 4, -4, -2 * TICK)

    def _points(self) -> np.ndarray:
        """(n, 2) in pixels."""
        area, (low, high) = self._area(), self._range
        span = max(high - low, 1e-12)
        x = area.left() + (self._actual - low) / span * area.width()
        y = area.bottom() - (self._predicted - low) / span * area.height()
        return np.stack([x, y], 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        look, area = theme.current(), self._area()
        painter = QPainter(self)
        painter.setFont(theme.font(10))
        low, high = self._range
        for value in few_ticks(low, high):
            share = (value - low) / (high - low)
            x, y = area.left() + share * area.width(), area.bottom() - share * area.height()
            painter.setPen(QColor(look.groove))
            painter.drawLine(QLineF(area.left(), int(y), area.right(), int(y)))
            painter.setPen(QColor(look.muted))
            text = _tick_text(value)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, y - 8, area.left() - 5, 16), right, text)
            centre = Qt.AlignmentFlag.AlignCenter
            painter.drawText(QRectF(x - 40, area.bottom() + 1, 80, TICK), centre, text)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_names(painter, area)
        painter.setClipRect(area.adjusted(-3, -3, 3, 3))
        painter.setPen(QPen(QColor(look.earlier), 1.2, Qt.PenStyle.DashLine))
        painter.drawLine(QLineF(area.bottomLeft(), area.topRight()))
        if len(self._actual):
            ink = QColor(look.accent)
            ink.setAlphaF(0.75 if len(self._actual) < 300 else 0.45)
            pen = QPen(ink, 4.6 if len(self._actual) < 300 else 3.4)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawPoints(QPolygonF([QPointF(x, y) for x, y in self._points().tolist()]))
        painter.end()

    def _draw_names(self, painter: QPainter, area: QRectF) -> None:
        centre = Qt.AlignmentFlag.AlignCenter
        painter.setPen(QColor(theme.current().muted))
        painter.setFont(theme.font(11))
        bottom = QRectF(area.left(), self.height() - TICK, area.width(), TICK)
        painter.drawText(bottom, centre, tr("actual"))
        painter.save()
        painter.translate(0, area.center().y())
        painter.rotate(-90)
        side = QRectF(-area.height() / 2, 0, area.height(), TICK)
        painter.drawText(side, centre, tr("predicted"))
        painter.restore()
        if self._note:
            painter.setPen(QColor(theme.current().text))
            left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
            painter.drawText(area.adjusted(6, 4, 0, 0), left, self._note)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if len(self._actual) == 0:
            return
        away = np.hypot(*(self._points() - [at.x(), at.y()]).T)
        nearest = int(away.argmin())
        if not away[nearest] <= NEAR:  # NaN is far away
            self._readout.hide()
            return
        self._readout.read(
            at,
            [
                (tr("actual"), plain_text(float(self._actual[nearest]))),
                (tr("predicted"), plain_text(float(self._predicted[nearest]))),
            ],
        )

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._readout.hide()


def _tick_text(value: float) -> str:
    return f"{value:,.6g}".replace("-", "−")
