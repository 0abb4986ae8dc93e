"""A small window beside the work: nothing waits for it, and Escape closes it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnstudio.core.text import tr


class SideWindow(QWidget):
    """An empty one with its title; ``column`` takes what it shows."""

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Tool)
        self.title = title
        self.setObjectName("sideWindow")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(20, 16, 20, 16)
        self.column.setSpacing(12)
        self.retitle()

    def retitle(self) -> None:
        """Say the title in the present language."""
        self.setWindowTitle(tr(self.title))
        self.setAccessibleName(tr(self.title))

    def changeEvent(self, event: QEvent) -> None:
        """The title follows the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retitle()
        super().changeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    @Slot()
    def open(self) -> None:
        """Show it in front; the first time in the middle of the window it belongs to."""
        if not self.testAttribute(Qt.WidgetAttribute.WA_Moved):
            self._centre()
        self.show()
        self.raise_()
        self.activateWindow()

    def _centre(self) -> None:
        parent = self.parentWidget()
        assert parent is not None
        if not self.testAttribute(Qt.WidgetAttribute.WA_Resized):
            self.adjustSize()
        room = self.screen().availableGeometry()
        at = parent.window().geometry().center() - self.rect().center()
        at.setX(max(room.left(), min(at.x(), room.right() - self.width())))
        at.setY(max(room.top(), min(at.y(), room.bottom() - self.height())))
        self.move(at)
