"""Two columns against each other, in the colours of the classes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from nnstudio.app import theme
from nnstudio.app.backdrop import draw_message
from nnstudio.app.class_colours import class_colour
from nnstudio.app.data_page.charts import CENTRE, LEFT, RIGHT, short
from nnstudio.app.scatter import few_ticks
from nnstudio.app.tried_control import date_text
from nnstudio.core.text import tr

#: How far points of one category are spread, in categories, so that they do not hide each other.
SPREAD = 0.3
#: Room above for the classes' names, to the left for numbers, and below for numbers and a name.
ABOVE, BESIDE, BELOW = 20.0, 56.0, 34.0


@dataclass(frozen=True, eq=False)
class Axis:
    """A column: ``values`` (n,) are numbers, days, or places among ``categories``."""

    name: str
    values: np.ndarray
    categories: tuple[str, ...] = ()
    dates: bool = False

    def spread(self, seed: int) -> np.ndarray:
        """Where points are drawn: categories a little apart, always in the same way."""
        if not self.categories:
            return self.values
        random = np.random.default_rng(seed)
        return self.values + random.uniform(-SPREAD, SPREAD, len(self.values))

    def range(self) -> tuple[float, float]:
        """The ends of the axis."""
        if self.categories:
            return -0.5, len(self.categories) - 0.5
        known = self.values[np.isfinite(self.values)]
        low, high = float(known.min()), float(known.max())
        room = 0.05 * (high - low) or max(1.0, abs(low) * 0.1)
        return low - room, high + room

    def ticks(self, most: int) -> list[tuple[float, str]]:
        """At most so many places, and what is written there."""
        if self.categories:
            every = -(-len(self.categories) // max(1, most))
            return [
                (float(at), self.categories[at]) for at in range(0, len(self.categories), every)
            ]
        text = date_text if self.dates else short
        return [(value, text(value)) for value in few_ticks(*self.range(), min(most, 5))]


class PairPlot(QWidget):
    """Points of two columns; a legend names the classes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.across: Axis | None = None
        self.up: Axis | None = None
        self.classes: np.ndarray | None = None
        self.legend: tuple[str, ...] = ()
        self.setMinimumSize(160, 140)

    def sizeHint(self) -> QSize:
        return QSize(360, 300)

    def show_points(
        self, across: Axis, up: Axis, classes: np.ndarray | None, legend: tuple[str, ...] = ()
    ) -> None:
        """Show rows that have both values; ``classes`` (n,) are places in ``legend``, or None."""
        known = np.isfinite(across.values) & np.isfinite(up.values)
        self.across = Axis(across.name, across.values[known], across.categories, across.dates)
        self.up = Axis(up.name, up.values[known], up.categories, up.dates)
        self.classes = None if classes is None else classes[known]
        self.legend = legend if classes is not None else ()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        across, up = self.across, self.up
        if across is None or up is None:
            return
        painter = QPainter(self)
        painter.setFont(theme.font(10))
        if not len(across.values):
            draw_message(painter, QRectF(self.rect()), tr("No row has both values."))
            painter.end()
            return
        above = ABOVE if self.legend else 6.0
        area = QRectF(self.rect()).adjusted(BESIDE, above, -8, -BELOW)
        (x0, x1), (y0, y1) = across.range(), up.range()
        self._draw_axes(painter, area, across, up)
        self._draw_legend(painter, area)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(area.adjusted(-4, -4, 4, 4))
        x = area.left() + (across.spread(1) - x0) / (x1 - x0) * area.width()
        y = area.bottom() - (up.spread(2) - y0) / (y1 - y0) * area.height()
        places = np.stack([x, y], 1)
        numbers = self.classes if self.classes is not None else np.zeros(len(places), int)
        for number in np.unique(numbers).tolist():
            own = self.classes is not None and number >= 0
            ink = QColor(class_colour(int(number)) if own else theme.current().accent)
            ink.setAlphaF(0.8 if len(places) < 400 else 0.5)
            pen = QPen(ink, 5.0 if len(places) < 400 else 3.4)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            chosen = places[numbers == number].tolist()
            painter.drawPoints(QPolygonF([QPointF(a, b) for a, b in chosen]))
        painter.end()

    def _draw_axes(self, painter: QPainter, area: QRectF, across: Axis, up: Axis) -> None:
        look = theme.current()
        metrics = QFontMetricsF(theme.font(10))
        elided = Qt.TextElideMode.ElideRight
        (x0, x1), (y0, y1) = across.range(), up.range()
        for value, text in up.ticks(max(2, int(area.height() / 24))):
            y = area.bottom() - (value - y0) / (y1 - y0) * area.height()
            painter.setPen(QColor(look.groove))
            painter.drawLine(QPointF(area.left(), int(y)), QPointF(area.right(), int(y)))
            painter.setPen(QColor(look.muted))
            shown = metrics.elidedText(text, elided, BESIDE - 22)
            painter.drawText(QRectF(16, y - 8, BESIDE - 21, 16), RIGHT, shown)
        ticks = across.ticks(max(2, int(area.width() / 56)))
        room = area.width() / max(1, len(ticks)) - 4 if across.categories else 80.0
        painter.setPen(QColor(look.muted))
        for value, text in ticks:
            x = area.left() + (value - x0) / (x1 - x0) * area.width()
            shown = metrics.elidedText(text, elided, room)
            painter.drawText(QRectF(x - room / 2, area.bottom() + 2, room, 15), CENTRE, shown)
        painter.setFont(theme.font(11))
        below = QRectF(area.left(), area.bottom() + 17, area.width(), 16)
        painter.drawText(below, CENTRE, across.name)
        painter.save()
        painter.translate(8, area.center().y())
        painter.rotate(-90)
        painter.drawText(QRectF(-area.height() / 2, -8, area.height(), 16), CENTRE, up.name)
        painter.restore()

    def _draw_legend(self, painter: QPainter, area: QRectF) -> None:
        """A dot and a name for each class, as many as fit."""
        painter.setFont(theme.font(11))
        metrics = QFontMetricsF(theme.font(11))
        x = area.left()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, name in enumerate(self.legend):
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, 110)
            width = metrics.horizontalAdvance(shown)
            if x + width + 14 > area.right():
                painter.setPen(QColor(theme.current().muted))
                painter.drawText(QRectF(x, 0, 14, 16), LEFT, "…")
                break
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(class_colour(number)))
            painter.drawEllipse(QPointF(x + 4, 8), 3.5, 3.5)
            painter.setPen(QColor(theme.current().text))
            painter.drawText(QRectF(x + 11, 0, width + 4, 16), LEFT, shown)
            x += width + 26
