"""Curves, points and bars on two quiet axes, painted by Qt alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QWidget

from nnstudio.app import theme
from nnstudio.app.backdrop import draw_message
from nnstudio.app.charts.figure import Axis, Dots, Figure, Line, ink
from nnstudio.app.figures import loss_text, percent_text, plain_text
from nnstudio.app.readout import Readout
from nnstudio.app.scatter import few_ticks
from nnstudio.app.strokes import draw_curve
from nnstudio.app.tick_texts import log_ticks, power_text
from nnstudio.core.text import tr

TICK, LEGEND = 17.0, 15.0
NEAR = 12.0

#: What a readout says: (name, value) pairs.
Reading = list[tuple[str, str]]


class Chart(QWidget):
    """``clicked(group, index)``: a point of the n-th ``Dots`` was clicked."""

    clicked = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.figure = Figure()
        self.reader: Callable[[int, int], Reading] | None = None
        self._cursor: float | None = None
        self._area: tuple[tuple[int, int, int], QRectF] | None = None
        self._readout = Readout(self)
        self.setMouseTracking(True)

    def sizeHint(self) -> QSize:
        return QSize(300, 220)

    def minimumSizeHint(self) -> QSize:
        return QSize(110, 80)

    def show_figure(self, figure: Figure) -> None:
        """Show this from now on."""
        self.figure = figure
        self._area = None
        self.update()

    # --- places ---

    def area(self) -> QRectF:
        """The inside of the axes; measured once a figure and size, for measuring words is slow."""
        key = (id(self.figure), self.width(), self.height())
        if self._area is None or self._area[0] != key:
            self._area = (key, self._measured_area())
        return QRectF(self._area[1])

    def _measured_area(self) -> QRectF:
        figure = self.figure
        metrics = QFontMetricsF(theme.font(11))
        left = 2.0
        if figure.y.kind != "none":
            words = [tick_text(v, figure.y.kind) for v in self._ticks(figure.y, self.height())]
            left = max((metrics.horizontalAdvance(w) for w in words), default=14.0) + 9
        left += TICK if figure.y.label else 0
        bottom = (TICK if figure.x.kind != "none" else 2) + (TICK if figure.x.label else 0)
        top = 5 + (LEGEND if self.has_legend() else 0)
        area = QRectF(self.rect()).adjusted(left, top, -9, -bottom)
        area.setWidth(max(10.0, area.width()))
        area.setHeight(max(10.0, area.height()))
        if figure.square:
            high = figure.y.high - figure.y.low
            scale = min(area.width() / (figure.x.high - figure.x.low), area.height() / high)
            size = QSize(round((figure.x.high - figure.x.low) * scale), round(high * scale))
            x = area.left() + (area.width() - size.width()) / 2
            y = area.top() + (area.height() - size.height()) / 2
            area = QRectF(x, y, size.width(), size.height())
        return area

    def has_legend(self) -> bool:
        """Whether curves in several colours need to be told apart."""
        named = {line.colour for line in self.figure.lines if line.name}
        return len(named) > 1

    def _ticks(self, axis: Axis, pixels: float) -> list[float]:
        most = max(2, min(6, int(pixels / (34 if axis is self.figure.y else 80))))
        if axis.kind == "none":
            return []
        if axis.kind == "log":
            return log_ticks(axis.low, axis.high, most)
        return few_ticks(axis.low, axis.high, most)

    def pixels(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Points (n, 2) in pixels."""
        area, fx, fy = self.area(), self.figure.x, self.figure.y
        across = area.left() + (np.asarray(x) - fx.low) / (fx.high - fx.low) * area.width()
        down = area.bottom() - (np.asarray(y) - fy.low) / (fy.high - fy.low) * area.height()
        return np.stack([across, down], 1)

    # --- painting ---

    def paintEvent(self, event: QPaintEvent) -> None:
        figure, area = self.figure, self.area()
        painter = QPainter(self)
        if figure.empty:
            draw_message(painter, QRectF(self.rect()), figure.empty)
            painter.end()
            return
        if figure.image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(area, figure.image)
        self._draw_axes(painter, area)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.save()
        painter.setClipRect(area.adjusted(-4, -4, 4, 4))
        for bars in figure.bars:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink(bars.colour, bars.alpha))
            tops = self.pixels(bars.edges[:-1], np.nan_to_num(bars.heights))
            rights = self.pixels(bars.edges[1:], np.zeros(len(bars.heights)))
            for (left, top), (right, _) in zip(tops.tolist(), rights.tolist(), strict=True):
                painter.drawRect(QRectF(left + 0.5, top, right - left - 1, area.bottom() - top))
        for line in figure.lines:
            self._draw_line(painter, line, area)
        for dots in figure.dots:
            self._draw_dots(painter, dots)
        painter.restore()
        self._draw_words(painter, area)
        if self._cursor is not None:
            painter.setPen(QPen(ink("earlier"), 1))
            painter.drawLine(QLineF(self._cursor, area.top(), self._cursor, area.bottom()))
        painter.end()

    def _draw_axes(self, painter: QPainter, area: QRectF) -> None:
        figure = self.figure
        painter.setFont(theme.font(11))
        for value in self._ticks(figure.y, self.height()):
            y = self.pixels(np.array([0.0]), np.array([value]))[0, 1]
            if not area.top() - 1 <= y <= area.bottom() + 1:
                continue
            if figure.image is None:
                painter.setPen(ink("groove"))
                painter.drawLine(QLineF(area.left(), int(y), area.right(), int(y)))
            painter.setPen(ink("muted"))
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            place = QRectF(0, y - 8, area.left() - 5, 16)
            painter.drawText(place, right, tick_text(value, figure.y.kind))
        for value in self._ticks(figure.x, self.width()):
            x = self.pixels(np.array([value]), np.array([0.0]))[0, 0]
            if area.left() - 1 <= x <= area.right() + 1:
                painter.setPen(ink("muted"))
                text = tick_text(value, figure.x.kind)
                half = QFontMetricsF(painter.font()).horizontalAdvance(text) / 2 + 1
                x = min(max(x, half), self.width() - half)
                place = QRectF(x - 50, area.bottom() + 1, 100, TICK)
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)

    def _draw_line(self, painter: QPainter, line: Line, area: QRectF) -> None:
        known = np.isfinite(line.x) & np.isfinite(line.y)
        if not known.any():
            return
        pen = QPen(ink(line.colour, line.alpha), line.width)
        if line.dashed:
            pen.setDashPattern([4, 3])
        points = self.pixels(line.x, line.y)
        # Gaps cut a curve into pieces.
        cuts = np.flatnonzero(np.diff(np.r_[False, known, False].astype(int)))
        for begin, end in zip(cuts[::2], cuts[1::2], strict=True):
            piece = np.clip(points[begin:end], -1e5, 1e5).tolist()
            if line.fill:
                closed = QPolygonF([QPointF(x, y) for x, y in piece])
                closed.append(QPointF(piece[-1][0], area.bottom()))
                closed.append(QPointF(piece[0][0], area.bottom()))
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(ink(line.colour, 0.18 * line.alpha))
                painter.drawPolygon(closed)
            draw_curve(painter, piece, pen)

    def _draw_dots(self, painter: QPainter, dots: Dots) -> None:
        points = self.pixels(dots.x, dots.y)
        known = np.isfinite(points).all(1)
        colours = dots.colours if len(dots.colours) > 1 else dots.colours * len(points)
        by_colour: dict[str, list[QPointF]] = {}
        for (x, y), colour, fine in zip(points.tolist(), colours, known.tolist(), strict=False):
            if fine:
                by_colour.setdefault(colour, []).append(QPointF(x, y))
        for colour, places in by_colour.items():
            pen = QPen(ink(colour, dots.alpha), dots.size)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawPoints(QPolygonF(places))
        if 0 <= dots.chosen < len(points) and known[dots.chosen]:
            x, y = points[dots.chosen].tolist()
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(ink("panel"), 3.6))
            painter.drawEllipse(QPointF(x, y), 6.5, 6.5)
            painter.setPen(QPen(ink("text"), 1.8))
            painter.drawEllipse(QPointF(x, y), 6.5, 6.5)

    def _draw_words(self, painter: QPainter, area: QRectF) -> None:
        figure, centre = self.figure, Qt.AlignmentFlag.AlignCenter
        painter.setFont(theme.font(11))
        painter.setPen(ink("muted"))
        if figure.x.label:
            place = QRectF(area.left(), self.height() - TICK, area.width(), TICK)
            painter.drawText(place, centre, figure.x.label)
        if figure.y.label:
            painter.save()
            painter.translate(0, area.center().y())
            painter.rotate(-90)
            side = QRectF(-area.height() / 2, 0, area.height(), TICK)
            painter.drawText(side, centre, figure.y.label)
            painter.restore()
        for value, word in figure.marks:
            x = float(self.pixels(np.array([value]), np.array([0.0]))[0, 0])
            if area.left() <= x <= area.right():
                painter.setPen(QPen(ink("earlier"), 1, Qt.PenStyle.DashLine))
                painter.drawLine(QLineF(int(x) + 0.5, area.top(), int(x) + 0.5, area.bottom()))
                painter.setPen(ink("muted"))
                wide = QFontMetricsF(painter.font()).horizontalAdvance(word)
                at = x + 4 if x + 4 + wide < area.right() else x - 4 - wide
                painter.drawText(QPointF(at, area.top() + 10), word)
        if self.has_legend():
            self._draw_legend(painter, area)
        if figure.note:
            flag = Qt.AlignmentFlag
            edge = flag.AlignRight if figure.note_right else flag.AlignLeft
            edge |= flag.AlignBottom if figure.note_low else flag.AlignTop
            inside = area.adjusted(6, 3, -4, -4)
            note = painter.fontMetrics().elidedText(
                figure.note, Qt.TextElideMode.ElideRight, int(inside.width())
            )
            # Points and curves run behind it.
            behind = painter.boundingRect(inside, edge, note).adjusted(-4, -1, 4, 1)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink("panel", 0.82))
            painter.drawRoundedRect(behind, 3, 3)
            painter.setPen(ink("text"))
            painter.drawText(inside, edge, note)

    def _draw_legend(self, painter: QPainter, area: QRectF) -> None:
        x, metrics = area.left(), QFontMetricsF(painter.font())
        for line in self.figure.lines:
            wide = metrics.horizontalAdvance(line.name)
            if not line.name or x + wide + 22 > self.width():
                continue
            painter.setPen(QPen(ink(line.colour, line.alpha), 2))
            painter.drawLine(QLineF(x, 9.5, x + 11, 9.5))
            painter.setPen(ink("muted"))
            painter.drawText(QPointF(x + 15, 13), line.name)
            x += wide + 26

    # --- reading ---

    def _nearest_dot(self, at: QPointF) -> tuple[int, int] | None:
        best, found = NEAR, None
        for group, dots in enumerate(self.figure.dots):
            if not len(dots.x):
                continue
            away = np.hypot(*(self.pixels(dots.x, dots.y) - [at.x(), at.y()]).T)
            away = np.where(np.isfinite(away), away, np.inf)
            index = int(away.argmin())
            if away[index] < best:
                best, found = float(away[index]), (group, index)
        return found

    def reading(self, at: QPointF) -> tuple[Reading, float | None]:
        """What is under a point, in words, and where the cursor stands."""
        dot = self._nearest_dot(at)
        if dot is not None and self.reader is not None:
            return self.reader(*dot), None
        area = self.area()
        if self.figure.values is not None and area.contains(at):
            return self._read_value(at, area, self.figure.values), None
        named = [line for line in self.figure.lines if line.name and len(line.x)]
        if not named or not area.contains(at):
            return [], None
        fx = self.figure.x
        wanted = fx.low + (at.x() - area.left()) / area.width() * (fx.high - fx.low)
        # The curve with a point nearest in x gives the place that all are read at.
        indices = [int(np.nanargmin(np.abs(line.x - wanted))) for line in named]
        place = min(
            (float(line.x[i]) for line, i in zip(named, indices, strict=True)),
            key=lambda x: abs(x - wanted),
        )
        lines: Reading = [(fx.label or "x", value_text(place, fx.kind))]
        for line, index in zip(named, indices, strict=True):
            value = float(line.y[index])
            if np.isfinite(value):
                lines.append((line.name, value_text(value, self.figure.y.kind)))
        x = float(self.pixels(np.array([place]), np.array([0.0]))[0, 0])
        return lines, x

    def _read_value(self, at: QPointF, area: QRectF, values: np.ndarray) -> Reading:
        """The number of the image under a point, and where it is."""
        rows, columns = values.shape
        across = (at.x() - area.left()) / area.width()
        up = (area.bottom() - at.y()) / area.height()
        row, column = min(int(up * rows), rows - 1), min(int(across * columns), columns - 1)
        value = float(values[row, column])
        if not np.isfinite(value):
            return []
        fx, fy = self.figure.x, self.figure.y
        place = [fx.low + across * (fx.high - fx.low), fy.low + up * (fy.high - fy.low)]
        where = ", ".join(value_text(round(n, 3), "plain") for n in place)
        return [(self.figure.value_name, loss_text(value)), (tr("place"), where)]

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        lines, cursor = self.reading(event.position())
        if cursor != self._cursor:
            self._cursor = cursor
            self.update()
        over = self._nearest_dot(event.position()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)
        if lines:
            self._readout.read(event.position(), lines)
        else:
            self._readout.hide()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._readout.hide()
        self._cursor = None
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self._nearest_dot(event.position())
        if found is not None and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(*found)
        else:
            super().mousePressEvent(event)


def tick_text(value: float, kind: str) -> str:
    """A round number at an axis."""
    if kind == "log":
        return power_text(value)
    if kind == "percent":
        return f"{value * 100:.6g} %"
    return f"{0.0 if abs(value) < 1e-12 else value:,.6g}".replace("-", "−")


def value_text(value: float, kind: str) -> str:
    """A number that is read."""
    if kind == "log":
        return plain_text(10**value)
    if kind == "percent":
        return percent_text(value)
    if float(value).is_integer():
        return f"{value:,.0f}".replace("-", "−")
    return plain_text(value)
