"""A tick box in the theme's colours; half ticked where several values differ."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QWidget

from nnstudio.app import theme
from nnstudio.app.widgets.painting import draw_icon

SIDE = 17.0


class TickBox(QCheckBox):
    """Without a text of its own: a form has its caption beside or above it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        """The box and room for its ring."""
        return QSize(round(SIDE) + 4, round(SIDE) + 4)

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def hitButton(self, at: QPoint) -> bool:
        """Anywhere in it."""
        return self.rect().contains(at)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Box; tick or dash."""
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(2, (self.height() - SIDE) / 2, SIDE, SIDE)
        state, enabled = self.checkState(), self.isEnabled()
        filled = state != Qt.CheckState.Unchecked
        hot = self.hasFocus() or (self.underMouse() and enabled)
        edge = look.accent if filled or hot else look.earlier
        edge = edge if enabled else look.hairline
        painter.setPen(QPen(QColor(edge), 1.8 if self.hasFocus() else 1.2))
        painter.setBrush(QColor(edge if filled else look.panel))
        painter.drawRoundedRect(box.adjusted(0.6, 0.6, -0.6, -0.6), 4, 4)
        if self.hasFocus() and filled:
            ring = QPen(QColor(look.accent), 1.0)
            painter.setPen(ring)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(-1, -1, 1, 1), 5, 5)
        if state == Qt.CheckState.Checked:
            draw_icon(painter, self, "check", box.center() + QPointF(0, 0), 14, look.on_accent)
        elif filled:
            painter.setPen(QPen(QColor(look.on_accent), 2.0))
            middle = box.center()
            painter.drawLine(middle - QPointF(4, 0), middle + QPointF(4, 0))
        painter.end()
