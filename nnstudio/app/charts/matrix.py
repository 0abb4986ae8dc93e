"""A square table of counts as shades of blue; cells are clicked or walked to by arrow keys."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from nnstudio.app import theme
from nnstudio.app.charts.figure import ink
from nnstudio.app.readout import Readout
from nnstudio.app.widgets.painting import draw_focus_ring
from nnstudio.core.text import tr

TITLE = 16.0
MOST_CELL = 80.0
#: Cells may be so much wider than high where the names above them are long.
WIDER = 1.6
#: Between names above two columns.
APART = 4.0


class Matrix(QWidget):
    """``clicked(row, column)``. Right answers, on the diagonal, are blue; mistakes are orange."""

    clicked = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.counts = np.zeros((0, 0), int)
        self.names: tuple[str, ...] = ()
        self.chosen: tuple[int, int] | None = None
        self.shares = False
        self._readout = Readout(self)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def sizeHint(self) -> QSize:
        return QSize(280, 240)

    def minimumSizeHint(self) -> QSize:
        return QSize(110, 90)

    def show_counts(
        self,
        counts: np.ndarray,
        names: tuple[str, ...],
        chosen: tuple[int, int] | None,
        shares: bool,
    ) -> None:
        """Rows are the truth, columns what the network says; ``shares`` writes percents of rows."""
        self.counts, self.names, self.chosen, self.shares = counts, names, chosen, shares
        self.update()

    def share(self) -> np.ndarray:
        """Each count as a share of its row."""
        return self.counts / np.maximum(self.counts.sum(1, keepdims=True), 1)

    def area(self) -> QRectF:
        """Where the cells are."""
        metrics = QFontMetricsF(theme.font(11))
        widest = max((metrics.horizontalAdvance(name) for name in self.names), default=10)
        left = TITLE + min(widest, self.width() * 0.3) + 6
        room = QRectF(self.rect()).adjusted(left, 2 * TITLE + 2, -2, -2)
        n = max(1, len(self.names))
        side = max(3.0, min(room.width() / n, room.height() / n, MOST_CELL))
        # On whole pixels of the screen, so that cells have sharp edges.
        ratio = self.devicePixelRatioF()
        wide = min(room.width() / n, max(side, min(widest + APART, side * WIDER)))
        side, wide = (math.floor(size * ratio) / ratio for size in (side, wide))
        left, top = (round(at * ratio) / ratio for at in (room.left(), room.top()))
        return QRectF(left, top, wide * n, side * n)

    def cell_at(self, at: QPointF) -> tuple[int, int] | None:
        """(row, column) under a point."""
        area, n = self.area(), len(self.names)
        if n == 0 or not area.contains(at):
            return None
        row = int((at.y() - area.top()) / area.height() * n)
        column = int((at.x() - area.left()) / area.width() * n)
        return min(row, n - 1), min(column, n - 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        look, area, n = theme.current(), self.area(), len(self.names)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side, wide = area.height() / max(n, 1), area.width() / max(n, 1)
        shares = self.share()
        size, metrics = self._type_size(shares, side)
        for row in range(n):
            for column in range(n):
                cell = QRectF(area.left() + column * wide, area.top() + row * side, wide, side)
                self._draw_cell(
                    painter, cell, row, column, float(shares[row, column]), metrics, size
                )
        if look.zero == look.panel and n:  # else nobody sees how far the empty cells go
            painter.setPen(QPen(ink("groove"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.setFont(theme.font(11))
        small = QFontMetricsF(theme.font(11))
        painter.setPen(QColor(look.text))
        stride = max(1, round(12 / max(side, 1)))
        for at in range(0, n, stride):
            name = self.names[at]
            left = QRectF(TITLE, area.top() + at * side, area.left() - TITLE - 4, side)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            room = area.left() - TITLE - 3
            painter.drawText(left, right, small.elidedText(name, Qt.TextElideMode.ElideRight, room))
        if look.zero == look.panel:  # nothing else shows where empty cells are
            self._draw_grid(painter, area, wide, side)
        self._draw_heads(painter, area, wide, stride)
        self._draw_titles(painter, area)
        if self.hasFocus():
            draw_focus_ring(painter, QRectF(self.rect()).adjusted(1, 1, -1, -1), 4)
        painter.end()

    def _draw_grid(self, painter: QPainter, area: QRectF, wide: float, side: float) -> None:
        """Lines around the cells."""
        line = 1 / self.devicePixelRatioF()
        painter.setPen(QPen(ink("groove"), 1))
        for at in range(1, len(self.names)):
            x, y = area.left() + at * wide - line / 2, area.top() + at * side - line / 2
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        painter.setPen(QPen(ink("hairline"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area.adjusted(-line, -line, 0, 0))
        painter.setPen(QColor(theme.current().text))

    def _draw_heads(self, painter: QPainter, area: QRectF, wide: float, stride: int) -> None:
        """The names above the columns, rather small than cut."""
        names, room = self.names[::stride], max(wide * stride - APART, 8.0)
        for size in (11, 10, 9):
            metrics = QFontMetricsF(theme.font(size))
            if all(metrics.horizontalAdvance(name) <= room for name in names):
                break
        painter.setFont(theme.font(size))
        for at, name in enumerate(names):
            top = QRectF(area.left() + at * wide * stride - 1, TITLE, wide * stride + 2, TITLE)
            cut = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room)
            painter.drawText(top, Qt.AlignmentFlag.AlignCenter, cut)
        painter.setFont(theme.font(11))

    def _text(self, count: int, share: float) -> str:
        return f"{share * 100:.0f}" if self.shares else f"{count:,}"

    def _type_size(self, shares: np.ndarray, side: float) -> tuple[int, QFontMetricsF]:
        """The largest type in which every number fits into its cell; at least 7 pixels."""
        texts = map(self._text, self.counts.ravel().tolist(), shares.ravel().tolist())
        longest = max(texts, key=len, default="")
        sizes = [11, 10, 9, 8, 7] if side >= 24 else [9, 8, 7]
        for size in sizes:
            metrics = QFontMetricsF(theme.font(size))
            if metrics.horizontalAdvance(longest) + 2 <= side:
                break
        return size, metrics

    def _draw_cell(
        self,
        painter: QPainter,
        cell: QRectF,
        row: int,
        column: int,
        share: float,
        metrics: QFontMetricsF,
        size: int,
    ) -> None:
        colour = "positive" if row == column else "negative"
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink("zero"))
        ratio = self.devicePixelRatioF()
        line = max(1, round(ratio)) / ratio
        inside = cell.adjusted(0, 0, -line, -line)
        painter.drawRect(inside)
        strength = share**0.6
        painter.setBrush(ink(colour, 0.06 + 0.94 * strength if share else 0.0))
        painter.drawRect(inside)
        if self.chosen == (row, column):
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(ink("text"), 2))
            painter.drawRect(cell.adjusted(1, 1, -1, -1))
        count = int(self.counts[row, column])
        text = self._text(count, share)
        if cell.width() >= metrics.horizontalAdvance(text) + 2 and count:
            painter.setFont(theme.font(size))
            white = strength > 0.55 and row == column
            painter.setPen(ink("#ffffff" if white else "text"))
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, text)

    def _draw_titles(self, painter: QPainter, area: QRectF) -> None:
        painter.setPen(ink("muted"))
        middle = Qt.AlignmentFlag.AlignCenter
        painter.drawText(QRectF(area.left(), 0, max(area.width(), 60), TITLE), middle, tr("said"))
        painter.save()
        painter.translate(0, area.center().y())
        painter.rotate(-90)
        painter.drawText(QRectF(-area.height() / 2, 0, area.height(), TITLE), middle, tr("truth"))
        painter.restore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        if cell is None:
            self._readout.hide()
            return
        row, column = cell
        self._readout.read(
            event.position(),
            [
                (tr("truth"), self.names[row]),
                (tr("said"), self.names[column]),
                (tr("examples"), f"{self.counts[cell]:,}  ({self.share()[cell] * 100:.1f} %)"),
            ],
        )

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._readout.hide()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(*cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from cell to cell."""
        ways = {
            Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Down: (1, 0), Qt.Key.Key_Up: (-1, 0),
        }  # fmt: skip
        way = ways.get(Qt.Key(event.key()))
        if way is None or not self.names:
            super().keyPressEvent(event)
            return
        row, column = self.chosen or (0, 0)
        if self.chosen is not None:
            row, column = row + way[0], column + way[1]
        if 0 <= row < len(self.names) and 0 <= column < len(self.names):
            self.clicked.emit(row, column)
