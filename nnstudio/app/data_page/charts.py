"""Small charts of columns: a histogram or the counts of categories, and how all of them go
together."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.app import heatmap, theme
from nnstudio.app.backdrop import draw_message
from nnstudio.app.data_page.inspection import Look
from nnstudio.app.readout import Readout
from nnstudio.app.tried_control import date_text
from nnstudio.core.sources.raw import DATE
from nnstudio.core.text import tr

BAR_ROW = 19.0
#: Categories that get a bar.
MOST_SHOWN = 8
CENTRE = Qt.AlignmentFlag.AlignCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def short(value: float) -> str:
    """Four figures."""
    return f"{value:,.4g}".replace("-", "−")


def text_of(value: float, kind: str) -> str:
    """A value of a column of some kind: four figures, or a date."""
    return date_text(value) if kind == DATE else short(value)


class Distribution(QWidget):
    """Bars up for numbers (outliers amber), bars across for categories."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look: Look | None = None
        self._readout = Readout(self)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(96)

    def sizeHint(self) -> QSize:
        return QSize(220, self.height())

    def show_look(self, look: Look | None) -> None:
        """Show a column from now on."""
        self.look = look
        rows = len(_categories(look)) if look is not None and look.histogram.edges is None else 0
        self.setFixedHeight(max(24, round(rows * BAR_ROW)) if rows else 96)
        self._readout.hide()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.look is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.look.histogram.edges is not None:
            self._draw_histogram(painter, self.look)
        else:
            self._draw_categories(painter, _categories(self.look))
        painter.end()

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(1, 2, -1, -17)

    def _draw_histogram(self, painter: QPainter, shown: Look) -> None:
        counts, edges = shown.histogram.counts, shown.histogram.edges
        if edges is None or not len(counts):
            return
        look, area = theme.current(), self._area()
        width = area.width() / len(counts)
        top = max(int(counts.max()), 1)
        painter.setPen(Qt.PenStyle.NoPen)
        for at, count in enumerate(counts.tolist()):
            far = shown.is_far(float(edges[at] + edges[at + 1]) / 2)
            painter.setBrush(QColor(look.warn if far else look.accent))
            # The square root keeps a bin of one visible beside a bin of thousands.
            tall = np.sqrt(count / top) * area.height()
            bar = QRectF(area.left() + at * width, area.bottom() - tall, max(width - 1.5, 1), tall)
            painter.drawRect(bar)
        painter.setPen(QColor(look.hairline))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.setPen(QColor(look.muted))
        painter.setFont(theme.font(10))
        below = QRectF(area.left(), area.bottom() + 2, area.width(), 15)
        painter.drawText(below, LEFT, text_of(shown.summary.minimum, shown.summary.kind))
        painter.drawText(below, RIGHT, text_of(shown.summary.maximum, shown.summary.kind))

    def _draw_categories(self, painter: QPainter, tops: list[tuple[str, int]]) -> None:
        look = theme.current()
        painter.setFont(theme.font(11))
        metrics = QFontMetricsF(theme.font(11))
        most = max((count for _, count in tops), default=1)
        name_width = min(
            self.width() * 0.42,
            max((metrics.horizontalAdvance(n) for n, _ in tops), default=0) + 8,
        )
        for at, (name, count) in enumerate(tops):
            y = at * BAR_ROW
            painter.setPen(QColor(look.text))
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, name_width - 6)
            painter.drawText(QRectF(0, y, name_width - 6, BAR_ROW), LEFT, shown)
            figure = f"{count:,}"
            room = self.width() - name_width - metrics.horizontalAdvance(figure) - 8
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(look.accent))
            length = max(2.0, room * count / most)
            painter.drawRoundedRect(QRectF(name_width, y + 5, length, BAR_ROW - 10), 2, 2)
            painter.setPen(QColor(look.muted))
            painter.drawText(QRectF(name_width + length + 5, y, 80, BAR_ROW), LEFT, figure)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        look, area = self.look, self._area()
        if look is None or look.histogram.edges is None:
            return
        counts, edges = look.histogram.counts, look.histogram.edges
        at = int((event.position().x() - area.left()) / area.width() * len(counts))
        if not 0 <= at < len(counts):
            self._readout.hide()
            return
        ends = (text_of(float(edges[at + k]), look.summary.kind) for k in (0, 1))
        span = " … ".join(ends)
        count = tr("{n} rows", n=f"{int(counts[at]):,}")
        self._readout.read(event.position(), [(span, ""), ("", count)])

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._readout.hide()


def _categories(look: Look) -> list[tuple[str, int]]:
    """The most frequent categories with their counts."""
    counts, labels = look.histogram.counts, look.histogram.labels
    order = np.argsort(-counts, kind="stable")[:MOST_SHOWN]
    return [(labels[at], int(counts[at])) for at in order.tolist()]


class CorrelationMap(QWidget):
    """A square of r between columns, blue above zero and orange below; ``chosen`` carries two
    columns' names."""

    chosen = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.names: tuple[str, ...] = ()
        self.values = np.zeros((0, 0))
        self._readout = Readout(self)
        self.setMouseTracking(True)
        self.setMinimumSize(160, 140)

    def sizeHint(self) -> QSize:
        return QSize(360, 320)

    def show_values(self, names: tuple[str, ...], values: np.ndarray) -> None:
        """Show r (k, k) of columns."""
        self.names, self.values = names, values
        self.update()

    def _area(self) -> QRectF:
        metrics = QFontMetricsF(theme.font(10))
        widest = max((metrics.horizontalAdvance(name) for name in self.names), default=0)
        left = min(widest + 8, self.width() * 0.34)
        top = 4.0
        side = min(self.width() - left - 4, self.height() - top - 22)
        return QRectF(left, top, max(side, 10), max(side, 10))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        look = theme.current()
        if len(self.names) < 2:
            draw_message(
                painter, QRectF(self.rect()), tr("There are fewer than two columns of numbers.")
            )
            painter.end()
            return
        area, count = self._area(), len(self.names)
        cell = area.width() / count
        gap = 1.0 if cell > 6 else 0.0
        painter.setFont(theme.font(10))
        metrics = QFontMetricsF(theme.font(10))
        colours = heatmap.colours(self.values.ravel(), 1.0)
        for i in range(count):
            if cell >= 9 or i % int(np.ceil(9 / cell)) == 0:
                name = metrics.elidedText(
                    self.names[i], Qt.TextElideMode.ElideRight, area.left() - 8
                )
                painter.setPen(QColor(look.text))
                row = QRectF(0, area.top() + i * cell, area.left() - 6, cell)
                painter.drawText(row, RIGHT | Qt.TextFlag.TextDontClip, name)
            for j in range(count):
                place = QRectF(
                    area.left() + j * cell, area.top() + i * cell, cell - gap, cell - gap
                )
                painter.fillRect(place, QColor.fromRgba(colours[i * count + j]))
                value = self.values[i, j]
                if cell >= 34 and np.isfinite(value):
                    strong = abs(value) > 0.55
                    painter.setPen(QColor(look.on_accent if strong else look.text))
                    painter.drawText(place, CENTRE, f"{value:.2f}".replace("-", "−"))
        painter.setPen(QColor(look.muted))
        below = QRectF(0, area.bottom() + 4, self.width(), 16)
        painter.drawText(below, LEFT, tr("Click a field to see the two columns as points."))
        painter.end()

    def _pair(self, at: QPointF) -> tuple[int, int] | None:
        area = self._area()
        if len(self.names) < 2 or not area.contains(at):
            return None
        cell = area.width() / len(self.names)
        last = len(self.names) - 1
        i, j = int((at.y() - area.top()) / cell), int((at.x() - area.left()) / cell)
        return min(i, last), min(j, last)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        pair = self._pair(event.position())
        if pair is None:
            self._readout.hide()
            return
        value = self.values[pair]
        figure = f"{value:.3f}".replace("-", "−") if np.isfinite(value) else "–"
        names = f"{self.names[pair[1]]} · {self.names[pair[0]]}"
        self._readout.read(event.position(), [(names, ""), ("r", figure)])

    def mousePressEvent(self, event: QMouseEvent) -> None:
        pair = self._pair(event.position())
        if pair is not None:
            self.chosen.emit(self.names[pair[1]], self.names[pair[0]])

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._readout.hide()
