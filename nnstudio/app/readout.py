"""The dark little box beside the mouse that reads what is under it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from nnstudio.app import theme

PADDING = 8.0
LINE = 18.0
#: From the mouse to the box.
DISTANCE = 14


class Readout(QWidget):
    """Lines of (name, value), values in bold. Lies over its parent and lets the mouse through."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.lines: list[tuple[str, str]] = []
        self.hide()

    def read(self, at: QPointF, lines: Sequence[tuple[str, str]]) -> None:
        """Show lines beside a point of the parent, inside the parent."""
        parent = self.parentWidget()
        assert parent is not None
        if list(lines) != self.lines:
            self.lines = list(lines)
            plain, bold = QFontMetricsF(theme.font(12)), QFontMetricsF(theme.font(12, bold=True))
            widths = [
                plain.horizontalAdvance(name + " " if name and value else name)
                + bold.horizontalAdvance(value)
                for name, value in self.lines
            ]
            self.resize(
                int(max(widths, default=0) + 2 * PADDING + 2),
                int(LINE * len(self.lines) + PADDING),
            )
            self.update()
        x, y = int(at.x()) + DISTANCE, int(at.y()) + DISTANCE
        if x + self.width() > parent.width():
            x = int(at.x()) - DISTANCE - self.width()
        if y + self.height() > parent.height():
            y = int(at.y()) - DISTANCE - self.height()
        self.move(max(0, x), max(0, y))
        self.show()
        self.raise_()

    def text(self) -> str:
        """What it says, in one line."""
        return " · ".join(f"{name} {value}".strip() for name, value in self.lines)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(look.tooltip))
        painter.drawRoundedRect(QRectF(self.rect()), 5, 5)
        painter.setPen(QColor(look.on_tooltip))
        plain, bold = theme.font(12), theme.font(12, bold=True)
        advance = QFontMetricsF(plain).horizontalAdvance
        middle = Qt.AlignmentFlag.AlignVCenter
        for row, (name, value) in enumerate(self.lines):
            line = QRectF(PADDING, PADDING / 2 + row * LINE, self.width(), LINE)
            painter.setFont(plain)
            painter.drawText(line, middle, name)
            if value:
                line.moveLeft(PADDING + (advance(name + " ") if name else 0))
                painter.setFont(bold)
                painter.drawText(line, middle, value)
        painter.end()
