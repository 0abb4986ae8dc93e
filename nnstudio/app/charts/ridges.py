"""Distributions over time, one behind the other; a column a layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from nnstudio.app import theme
from nnstudio.app.charts.chart import tick_text
from nnstudio.app.charts.figure import Axis, ink
from nnstudio.app.readout import Readout
from nnstudio.app.scatter import few_ticks
from nnstudio.app.tick_texts import log_ticks
from nnstudio.core.text import tr

TITLE, TICK, GAP = 18.0, 16.0, 18.0
#: The share of the height that one ridge may take.
PEAK = 0.34


@dataclass(frozen=True)
class Ridge:
    """One layer: distributions (slices, bins) of growing age from first to last, their steps, and
    the axis of the bins."""

    name: str
    axis: Axis
    steps: tuple[int, ...]
    edges: tuple[np.ndarray, ...]
    shares: tuple[np.ndarray, ...]
    note: str = ""


class Ridges(QWidget):
    """The newest in front."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ridges: tuple[Ridge, ...] = ()
        self._readout = Readout(self)
        self.setMouseTracking(True)

    def sizeHint(self) -> QSize:
        return QSize(320, 200)

    def minimumSizeHint(self) -> QSize:
        return QSize(110, 80)

    def show_ridges(self, ridges: Sequence[Ridge]) -> None:
        """Show these from now on."""
        self.ridges = tuple(ridges)
        self.update()

    def columns(self) -> list[QRectF]:
        """Where each layer is drawn."""
        count = max(1, len(self.ridges))
        across = max(1, min(count, int((self.width() + GAP) / (92 + GAP))))
        down = -(-count // across)
        wide = (self.width() - GAP * (across - 1)) / across
        high = self.height() / down
        return [
            QRectF((at % across) * (wide + GAP), (at // across) * high, wide, high).adjusted(
                0, TITLE, 0, -TICK
            )
            for at in range(count)
        ]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        places = self.columns()
        noted = self._room_for_notes(places)
        for ridge, place in zip(self.ridges, places, strict=False):
            self._draw(painter, ridge, place, noted)
        painter.end()

    def _room_for_notes(self, places: Sequence[QRectF]) -> bool:
        """All columns have a note beside the name, or none has."""
        metrics = QFontMetricsF(theme.font(12))
        return all(
            metrics.horizontalAdvance(ridge.name + ridge.note) + 10 < place.width()
            for ridge, place in zip(self.ridges, places, strict=False)
        )

    def _draw(self, painter: QPainter, ridge: Ridge, place: QRectF, noted: bool) -> None:
        painter.setFont(theme.font(12))
        painter.setPen(ink("text"))
        title = QRectF(place.left(), place.top() - TITLE, place.width(), TITLE)
        metrics = QFontMetricsF(painter.font())
        painter.drawText(
            title, Qt.AlignmentFlag.AlignVCenter,
            metrics.elidedText(ridge.name, Qt.TextElideMode.ElideRight, title.width()),
        )  # fmt: skip
        painter.setFont(theme.font(11))
        painter.setPen(ink("muted"))
        if noted:
            right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(title, right, ridge.note)
        count = len(ridge.shares)
        axis = ridge.axis
        most = max((float(share.max()) for share in ridge.shares if share.size), default=1.0) or 1.0
        peak = place.height() * (PEAK if count > 1 else 0.9)
        for at, (edges, share) in enumerate(zip(ridge.edges, ridge.shares, strict=True)):
            floor = place.bottom()
            if count > 1:
                floor = place.top() + peak + (place.height() - peak) * at / (count - 1)
            x = (edges - axis.low) / (axis.high - axis.low) * place.width() + place.left()
            tops = floor - share / most * peak
            points = [QPointF(float(x[0]), floor)]
            for left, right_, top in zip(
                x[:-1].tolist(), x[1:].tolist(), tops.tolist(), strict=True
            ):
                points.append(QPointF((left + right_) / 2, top))
            points.append(QPointF(float(x[-1]), floor))
            age = (at + 1) / count
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink("panel"))
            painter.drawPolygon(QPolygonF(points))
            painter.setBrush(ink("accent", 0.10 + 0.20 * age))
            painter.drawPolygon(QPolygonF(points))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(ink("accent", 0.25 + 0.75 * age), 1.0))
            painter.drawPolyline(QPolygonF(points))
        self._draw_ticks(painter, ridge.axis, place)

    def _draw_ticks(self, painter: QPainter, axis: Axis, place: QRectF) -> None:
        painter.setPen(ink("muted"))
        painter.setFont(theme.font(10))
        most = max(2, int(place.width() / 50))
        find = log_ticks if axis.kind == "log" else few_ticks
        for value in find(axis.low, axis.high, min(most, 4)):
            x = place.left() + (value - axis.low) / (axis.high - axis.low) * place.width()
            text = tick_text(value, axis.kind)
            wide = QFontMetricsF(painter.font()).horizontalAdvance(text) + 2
            most_left = max(0.0, place.left() - GAP / 3)  # whole, and apart from the next column's
            most_right = min(float(self.width()), place.right() + GAP / 3)
            left = max(min(x - wide / 2, most_right - wide), most_left)
            spot = QRectF(left, place.bottom(), wide, TICK)
            painter.drawText(spot, Qt.AlignmentFlag.AlignCenter, text)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        for ridge, place in zip(self.ridges, self.columns(), strict=False):
            if not place.contains(at) or not ridge.shares:
                continue
            axis = ridge.axis
            value = axis.low + (at.x() - place.left()) / place.width() * (axis.high - axis.low)
            edges, share = ridge.edges[-1], ridge.shares[-1]
            index = int(np.searchsorted(edges, value)) - 1
            part = float(share[index]) if 0 <= index < len(share) else 0.0
            self._readout.read(
                at,
                [
                    (ridge.name, ""),
                    (tr("value"), tick_text(float(f"{value:.3g}"), axis.kind)),
                    (tr("share"), f"{part * 100:.1f} %"),
                    (tr("step"), f"{ridge.steps[-1]:,}"),
                ],
            )
            return
        self._readout.hide()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._readout.hide()
