"""Where more data comes from: a person's own files. And the way to look at the data there is."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from nnstudio.app.i18n import say
from nnstudio.core.text import mark


class LookButton(QPushButton):
    """Opens the data page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        say(
            self,
            text=mark("Look at the data"),
            tool_tip=mark("Every row, column and image, and how they are prepared (Ctrl+T)"),
        )


class GetMore(QWidget):
    """A button that opens the file dialog, and which files it can open."""

    def __init__(self, kinds: str, parent: QWidget | None = None) -> None:
        """``kinds`` is a marked text that names them."""
        super().__init__(parent)
        self.open = say(
            QPushButton(self),
            text=mark("Open your own…"),
            tool_tip=mark("Opens data; files can also be dropped on the window, or pasted."),
        )
        self.kinds = say(QLabel(self), text=kinds)
        self.kinds.setProperty("role", "caption")
        self.kinds.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.open)
        column.addWidget(self.kinds)
