"""What several controls paint alike."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from nnstudio.app import icons, theme

RADIUS = 6.0


def draw_box(painter: QPainter, widget: QWidget, *, focus: bool, hover: bool) -> None:
    """The rounded box of a field: hairline, tinted under the mouse, blue ring with the focus."""
    look = theme.current()
    colour = look.accent if focus else look.earlier if hover else look.hairline
    width = 1.6 if focus else 1.0
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(colour if widget.isEnabled() else look.hairline), width))
    painter.setBrush(QColor(look.under if hover and widget.isEnabled() else look.panel))
    inset = width / 2
    rect = QRectF(widget.rect()).adjusted(inset, inset, -inset, -inset)
    painter.drawRoundedRect(rect, RADIUS, RADIUS)


def draw_icon(
    painter: QPainter, widget: QWidget, name: str, centre: QPointF, size: int, colour: str
) -> None:
    """An icon around a point, sharp on the widget's screen."""
    ratio = widget.devicePixelRatioF()
    drawn = icons.pixmap(name, size, colour=colour, ratio=ratio)
    corner = QPointF(round(centre.x() - size / 2), round(centre.y() - size / 2))
    painter.drawPixmap(corner, drawn)


def draw_focus_ring(painter: QPainter, rect: QRectF, radius: float) -> None:
    """A ring around what has the keyboard."""
    painter.setPen(QPen(QColor(theme.current().accent), 1.6))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect, radius, radius)
