"""The small frame in which a block gets its name."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from nnstudio.app.canvas.popups import Popup
from nnstudio.core.network import MOST_NAME
from nnstudio.core.text import tr


class NameField(Popup):
    """A line with the name; Enter gives it, Esc leaves it as it is."""

    #: (the block's name, its new name)
    named = Signal(str, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.block = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 7, 8, 7)
        self.field = QLineEdit(self)
        self.field.setMaxLength(MOST_NAME)
        self.field.setMinimumWidth(170)
        row.addWidget(self.field)

    def offer(self, block: str, near: QRect) -> None:
        """Open beside a block's card."""
        self.block = block
        self.field.setAccessibleName(tr("Name of the block"))
        self.field.setPlaceholderText(tr("Name of the block"))
        self.field.setText(block)
        self.open_near(near)
        self.field.setFocus()
        self.field.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            name = self.field.text()
            self.close_popup()
            self.named.emit(self.block, name)
        else:
            super().keyPressEvent(event)
