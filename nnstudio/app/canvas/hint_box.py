"""The dark hint beside the pointer. It is fed like a panel while it shows numbers of layers."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QHideEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from nnstudio.app import theme
from nnstudio.app.canvas import slopes
from nnstudio.app.canvas.hints import Words
from nnstudio.app.canvas.lettering import Lettering
from nnstudio.app.canvas.live import as_image
from nnstudio.app.canvas.slopes import Slopes
from nnstudio.app.document import Document
from nnstudio.app.panel import Panel
from nnstudio.core.text import mark
from nnstudio.engine.session import Session
from nnstudio.engine.view import View

PREVIEW = 96.0
LINE = 18.0


class Hint(Panel):
    """Shows words in the tooltip's colours, above everything, never in the pointer's way.

    While it shows, it asks for the gradients of ``nodes``.
    """

    name = "hint"
    title = mark("Hint")
    rate = 5.0

    #: Other gradients are known.
    measured = Signal()

    def __init__(self, document: Document, session: Session | None, parent: QWidget) -> None:
        super().__init__(document, session, parent)
        self.nodes: tuple[str, ...] = ()
        self.slopes: Slopes | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.words: Words | None = None
        self._text = Lettering(self.font())
        self.hide()

    def request(self) -> tuple[str, ...]:
        """The layers whose gradients are shown."""
        return self.nodes

    @staticmethod
    def measure(view: View, request: Any) -> Slopes | None:
        """Their gradients; nothing is computed where nothing is asked."""
        return slopes.measure(view, request) if request else None

    def display(self, result: Slopes | None) -> None:
        """Keep them for whoever finds the words."""
        if result is not None:
            self.slopes = result
            self.measured.emit()

    def show_at(self, words: Words, x: float, y: float) -> None:
        """Show beside a point of the parent, within its edges."""
        self._text = Lettering(self.font())
        self.words = words
        size = self._size(words)
        self.resize(size)
        parent = self.parentWidget()
        assert parent is not None
        left = x + 14 if x + 14 + size.width() < parent.width() - 4 else x - 14 - size.width()
        top = y + 16 if y + 16 + size.height() < parent.height() - 4 else y - 12 - size.height()
        self.move(max(4, round(left)), max(4, round(top)))
        self.show()
        self.raise_()
        self.update()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.nodes, self.slopes = (), None

    def _size(self, words: Words) -> QSize:
        s = self._text.scale
        head = QFontMetricsF(self._text.small).horizontalAdvance(words.head + " ")
        head += QFontMetricsF(self._text.title).horizontalAdvance(words.value)
        lines = words.detail.splitlines()
        width = max(head, *(self._text.width(line) for line in lines), 0.0) + 20 * s
        height = (LINE * (1 + len(lines)) + 12) * s
        if words.pixels is not None:
            width = max(width, (PREVIEW + 20) * s)
            height += (PREVIEW + 8) * s
        return QSize(round(width), round(height))

    def paintEvent(self, event: QPaintEvent) -> None:
        words = self.words
        if words is None:
            return
        s, look = self._text.scale, theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(look.tooltip))
        painter.drawRoundedRect(QRectF(self.rect()), 6 * s, 6 * s)
        left, y = 10 * s, 6 * s
        painter.setPen(QPen(QColor(look.on_tooltip)))
        painter.setFont(self._text.small)
        line = QRectF(left, y, self.width(), LINE * s)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(line, middle, words.head)
        if words.value:
            line.setX(left + QFontMetricsF(self._text.small).horizontalAdvance(words.head + " "))
            painter.setFont(self._text.title)
            painter.drawText(line, middle, words.value)
            painter.setFont(self._text.small)
        y += LINE * s
        for text in words.detail.splitlines():
            painter.drawText(QRectF(left, y, self.width(), LINE * s), middle, text)
            y += LINE * s
        if words.pixels is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            area = QRectF(
                QPointF(left, y + 4 * s), QPointF(left + PREVIEW * s, y + (PREVIEW + 4) * s)
            )
            painter.drawImage(area, as_image(np.ascontiguousarray(words.pixels)))
        painter.end()
