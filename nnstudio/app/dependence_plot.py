"""A small curve: how the prediction depends on one column, for this row and on average."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.app import theme
from nnstudio.app.scatter import few_ticks
from nnstudio.core.text import tr


@dataclass(frozen=True, eq=False)
class Curve:
    """``at`` (places,) of a column, ``row`` and ``mean`` (places,) the prediction there; ``now``
    is the row's own value. ``labels`` name categories. Shares are drawn from 0 to 1."""

    at: np.ndarray
    row: np.ndarray
    mean: np.ndarray
    now: float
    labels: tuple[str, ...] = ()
    is_share: bool = False


class DependencePlot(QWidget):
    """This row in blue, the average in grey and dashed, a dot where the row is now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.curve: Curve | None = None
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(118)

    def sizeHint(self) -> QSize:
        return QSize(280, 118)

    def show_curve(self, curve: Curve | None) -> None:
        """Show it from now on."""
        self.curve = curve
        self.update()

    def _range(self, curve: Curve) -> tuple[float, float]:
        if curve.is_share:
            return 0.0, 1.0
        both = np.concatenate([curve.row, curve.mean])
        both = both[np.isfinite(both)]
        low, high = (float(both.min()), float(both.max())) if len(both) else (0.0, 1.0)
        room = 0.08 * (high - low) or max(1e-3, 0.1 * abs(low))
        return low - room, high + room

    def paintEvent(self, event: QPaintEvent) -> None:
        curve = self.curve
        if curve is None:
            return
        look = theme.current()
        painter = QPainter(self)
        painter.setFont(theme.font(10))
        low, high = self._range(curve)
        ticks = few_ticks(low, high, 3)
        metrics = QFontMetricsF(theme.font(10))
        names = [_percent(v) if curve.is_share else _number(v) for v in ticks]
        left = max((metrics.horizontalAdvance(name) for name in names), default=10) + 8
        area = QRectF(self.rect()).adjusted(left, 6, -8, -18)
        for value, name in zip(ticks, names, strict=True):
            y = area.bottom() - (value - low) / (high - low) * area.height()
            painter.setPen(QColor(look.groove))
            painter.drawLine(QLineF(area.left(), int(y), area.right(), int(y)))
            painter.setPen(QColor(look.muted))
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, y - 8, left - 6, 16), right, name)
        self._draw_below(painter, area, curve)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        first, last = float(curve.at[0]), float(curve.at[-1])
        span = max(last - first, 1e-12)

        def pixel(at: float, value: float) -> QPointF:
            x = area.left() + (at - first) / span * area.width()
            if curve.labels:
                x = area.left() + (at + 0.5) / len(curve.labels) * area.width()
            return QPointF(x, area.bottom() - (value - low) / (high - low) * area.height())

        for values, ink, dashed in ((curve.mean, look.earlier, True), (curve.row, look.accent, 0)):
            points = [
                pixel(a, v)
                for a, v in zip(curve.at.tolist(), values.tolist(), strict=True)
                if np.isfinite(v)
            ]
            pen = QPen(QColor(ink), 1.6)
            if dashed:
                pen.setDashPattern([3, 2.4])
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            if curve.labels:
                painter.setPen(QPen(QColor(ink), 1.4))
                painter.setBrush(Qt.BrushStyle.NoBrush if dashed else QColor(ink))
                for point in points:
                    painter.drawEllipse(point, 3.2, 3.2)
            else:
                painter.drawPolyline(QPolygonF(points))
        if np.isfinite(curve.now):
            value = float(np.interp(curve.now, curve.at, curve.row))
            painter.setPen(QPen(QColor(look.panel), 1.6))
            painter.setBrush(QColor(look.accent))
            if np.isfinite(value):
                painter.drawEllipse(pixel(curve.now, value), 5, 5)
        painter.end()

    def _draw_below(self, painter: QPainter, area: QRectF, curve: Curve) -> None:
        """Ticks of the column, or its categories."""
        painter.setPen(QColor(theme.current().muted))
        centre = Qt.AlignmentFlag.AlignCenter
        metrics = QFontMetricsF(theme.font(10))
        if curve.labels:
            room = area.width() / len(curve.labels)
            every = max(1, round(26 / max(room, 1)))
            for at in range(0, len(curve.labels), every):
                name = metrics.elidedText(
                    curve.labels[at], Qt.TextElideMode.ElideRight, room * every - 2
                )
                x = area.left() + (at + 0.5) * room
                half = room * every / 2
                painter.drawText(QRectF(x - half, area.bottom() + 2, 2 * half, 15), centre, name)
            return
        first, last = float(curve.at[0]), float(curve.at[-1])
        for value in few_ticks(first, last, 4):
            x = area.left() + (value - first) / max(last - first, 1e-12) * area.width()
            painter.drawText(QRectF(x - 40, area.bottom() + 2, 80, 15), centre, _number(value))

    def summary(self) -> str:
        """What the curve says, for a screen reader."""
        if self.curve is None:
            return ""
        low, high = float(np.nanmin(self.curve.row)), float(np.nanmax(self.curve.row))
        return tr("The prediction goes from {low} to {high}.", low=_number(low), high=_number(high))


def _number(value: float) -> str:
    return f"{value:,.4g}".replace("-", "−")


def _percent(value: float) -> str:
    return f"{value * 100:.0f} %"
