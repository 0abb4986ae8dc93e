"""A small picture of a function: painted, so that it costs nothing to have many of them."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from nnstudio.analysis.sketches import Sketch
from nnstudio.app import theme
from nnstudio.core.text import tr

#: Room for the name above and the numbers below.
ABOVE = 15
BELOW = 13


def short_number(value: float) -> str:
    """A number of an axis: ``0.03``, ``−4``, ``1e-05``."""
    return f"{value:.2g}".replace("-", "−").replace("e−0", "e−")


class SketchView(QWidget):
    """Shows a ``Sketch``: axes through zero, the range of both in small figures."""

    def __init__(self, parent: QWidget | None = None, size: QSize | None = None) -> None:
        super().__init__(parent)
        self.sketch: Sketch | None = None
        self.setFixedSize(size or QSize(124, 84))
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, False)

    def show_sketch(self, sketch: Sketch | None) -> None:
        """Show another one; None hides."""
        self.sketch = sketch
        self.setVisible(sketch is not None)
        self._speak()
        self.update()

    def _speak(self) -> None:
        if self.sketch is None:
            return
        words = [tr(text) for text in (self.sketch.name, self.sketch.note) if text]
        self.setAccessibleName(": ".join(words))
        self.setToolTip("\n".join(words))

    def changeEvent(self, event: QEvent) -> None:
        """Words follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._speak()
            self.update()
        super().changeEvent(event)

    def limits(self) -> tuple[float, float, float, float, float]:
        """Left, right, bottom, top of what is shown, a little wider than the numbers; and the
        largest of them."""
        assert self.sketch is not None
        if self.sketch.bars is not None:
            edges, _ = self.sketch.bars
            return float(edges[0]), float(edges[-1]), 0.0, 1.0, 1.0
        xs = np.concatenate([curve[0] for curve in self.sketch.curves])
        ys = np.concatenate([curve[1] for curve in self.sketch.curves])
        ys = ys[np.isfinite(ys)]
        low, high = (float(ys.min()), float(ys.max())) if ys.size else (0.0, 1.0)
        low = min(low, 0.0)
        if math.isclose(low, high):
            high = low + (abs(low) or 1.0)
        room = 0.06 * (high - low)
        return float(xs[0]), float(xs[-1]), low - (room if low < 0 else 0.0), high + room, high

    def paintEvent(self, event: QPaintEvent) -> None:
        """Axes, curves or bars, numbers."""
        if self.sketch is None:
            return
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(0.5, ABOVE, self.width() - 1, self.height() - ABOVE - BELOW)
        painter.setPen(QPen(QColor(look.hairline), 1.0))
        painter.setBrush(QColor(look.canvas))
        painter.drawRoundedRect(area, 4, 4)
        left, right, bottom, top, most = self.limits()

        def place(x: float, y: float) -> QPointF:
            return QPointF(
                area.left() + (x - left) / (right - left) * area.width(),
                area.bottom() - (y - bottom) / (top - bottom) * area.height(),
            )

        painter.setPen(QPen(QColor(look.earlier), 1.0))
        if left < 0 < right:
            painter.drawLine(QLineF(place(0, bottom), place(0, top)))
        if bottom < 0 < top:
            painter.drawLine(QLineF(place(left, 0), place(right, 0)))
        painter.setClipRect(area)
        if self.sketch.bars is not None:
            self._draw_bars(painter, place, area)
        for x, y, dashed in self.sketch.curves:
            pen = QPen(QColor(look.muted if dashed else look.accent), 1.2 if dashed else 1.8)
            if dashed:
                pen.setStyle(Qt.PenStyle.DashLine)
            painter.setPen(pen)
            points = [place(a, b) for a, b in zip(x, y, strict=True) if math.isfinite(b)]
            painter.drawPolyline(QPolygonF(points))
        painter.setClipping(False)
        self._draw_words(painter, left, right, most)
        painter.end()

    def _draw_bars(self, painter: QPainter, place, area: QRectF) -> None:  # type: ignore[no-untyped-def]
        assert self.sketch is not None and self.sketch.bars is not None
        edges, heights = self.sketch.bars
        painter.setPen(Qt.PenStyle.NoPen)
        look = theme.current()
        for begin, end, height in zip(edges, edges[1:], heights, strict=False):
            corner = place(begin, 0.94 * height)
            middle = (begin + end) / 2
            painter.setBrush(QColor(look.positive if middle >= 0 else look.negative))
            wide = place(end, 0).x() - corner.x() - 0.6
            painter.drawRect(QRectF(corner.x(), corner.y(), wide, area.bottom() - corner.y()))

    def _draw_words(self, painter: QPainter, left: float, right: float, most: float) -> None:
        assert self.sketch is not None
        look = theme.current()
        font = theme.font(10)
        painter.setFont(font)
        painter.setPen(QColor(look.muted))
        room = QRectF(1, 0, self.width() - 2, ABOVE - 1)
        middle = Qt.AlignmentFlag.AlignVCenter
        value = "" if self.sketch.bars is not None else short_number(most)
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | middle, value)
        wide = painter.fontMetrics().horizontalAdvance(value + "  ")
        name = tr(self.sketch.name)
        name = painter.fontMetrics().elidedText(
            name, Qt.TextElideMode.ElideRight, int(room.width()) - wide
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | middle, name)
        below = QRectF(1, self.height() - BELOW + 1, self.width() - 2, BELOW - 1)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft | middle, short_number(left))
        painter.drawText(below, Qt.AlignmentFlag.AlignRight | middle, short_number(right))
        if self.sketch.x_name:
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, tr(self.sketch.x_name))
