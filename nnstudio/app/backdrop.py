"""What panels paint alike: a sentence where there is nothing to show yet."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from nnstudio.app import theme


def draw_message(painter: QPainter, rect: QRectF, text: str) -> None:
    """Muted text in the middle of an empty place, wrapped."""
    painter.setPen(QColor(theme.current().muted))
    painter.setFont(theme.font(12))
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    painter.drawText(rect.adjusted(12, 4, -12, -4), int(flags), text)


def draw_card(painter: QPainter, rect: QRectF, fill: str, radius: float = 6.0) -> None:
    """A rounded rectangle with a hairline."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QColor(theme.current().hairline))
    painter.setBrush(QColor(fill))
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
