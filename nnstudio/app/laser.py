"""A bright spot that follows the mouse, and the black screen: what a presentation lays over
everything."""

from __future__ import annotations

from typing import TypeGuard

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from nnstudio.app.i18n import say
from nnstudio.core.text import mark

#: Radius of the spot, and how long it stays after the mouse has come to rest.
RADIUS = 9.0
REST_MILLISECONDS = 1600
#: Red is no colour of any view, and the white ring parts it from whatever is below.
RED, RING = "#ff1744", "#ffffff"


class Pointer(QWidget):
    """The spot. It takes no clicks, and moves from window to window with the mouse."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        side = int(6 * RADIUS)
        self.resize(side, side)
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(REST_MILLISECONDS)
        self.timer.timeout.connect(self.hide)
        self.hide()

    def follow(self, window: QWidget, position: QPointF) -> None:
        """Be there, over all that the window shows."""
        if self.parentWidget() is not window:
            self.setParent(window)
        self.move(round(position.x() - self.width() / 2), round(position.y() - self.height() / 2))
        if not self.isVisible():
            self.show()
        self.raise_()
        self.timer.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        centre = QPointF(self.width() / 2, self.height() / 2)
        glow = QColor(RED)
        painter.setPen(Qt.PenStyle.NoPen)
        for radius, share in ((2.7 * RADIUS, 0.16), (1.8 * RADIUS, 0.3)):
            glow.setAlphaF(share)
            painter.setBrush(glow)
            painter.drawEllipse(centre, radius, radius)
        painter.setPen(QPen(QColor(RING), 2.0))
        painter.setBrush(QColor(RED))
        painter.drawEllipse(centre, 0.9 * RADIUS, 0.9 * RADIUS)
        painter.end()


def is_there(pointer: Pointer | None) -> TypeGuard[Pointer]:
    """Whether the spot still exists: it goes with the window that it was last in."""
    return pointer is not None and isValid(pointer)


class BlackScreen(QWidget):
    """Black all over the window, so that people look at each other; a click ends it."""

    clicked = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        say(self, name=mark("Black screen"))
        self.setCursor(Qt.CursorShape.BlankCursor)
        window.installEventFilter(self)
        self.hide()

    def open(self) -> None:
        """Cover the window."""
        window = self.parentWidget()
        assert window is not None
        self.setGeometry(QRect(window.rect().topLeft(), QSize(window.size())))
        self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("#000000"))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """What is below is not clicked."""
        event.accept()
        self.clicked.emit()

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Black is as large as the window."""
        resized = event.type() == QEvent.Type.Resize and watched is self.parentWidget()
        if resized and self.isVisible():
            self.open()
        return False
