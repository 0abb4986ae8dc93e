"""The stage: the middle of the window, where the network stands and other large views may take its
place for a while. What is hidden there costs nothing."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from nnstudio.app.i18n import say
from nnstudio.app.widgets.buttons import IconButton
from nnstudio.core.text import mark


class StagePage(QWidget):
    """A large view under its heading. Escape, or the cross, goes back to the network."""

    left = Signal()

    def __init__(self, title: str, content: QWidget, parent: QWidget | None = None) -> None:
        """``title`` is a marked text; ``content.header_widgets()`` stand beside it, if it has
        any."""
        super().__init__(parent)
        self.content = content
        heading = say(QLabel(self), text=title)
        heading.setProperty("role", "title")
        self.close_button = IconButton(
            "close",
            mark("Back to the network"),
            size=22,
            frame=False,
            tool_tip=mark("Back to the network (Esc)"),
        )
        self.close_button.clicked.connect(self.left)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(heading)
        row.addStretch(1)
        for widget in getattr(content, "header_widgets", list)():
            row.addWidget(widget)
        row.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 10, 10)
        column.setSpacing(6)
        column.addLayout(row)
        column.addWidget(content, 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class Stage(QStackedWidget):
    """The network, or one of the pages; ``changed`` carries its name, empty for the network."""

    changed = Signal(str)

    def __init__(self, network: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.network = network
        self.pages: dict[str, StagePage] = {}
        self.addWidget(network)

    @property
    def current(self) -> str:
        """The name of the page that shows; empty for the network."""
        return next((n for n, p in self.pages.items() if p is self.currentWidget()), "")

    def add(self, name: str, title: str, content: QWidget) -> None:
        """Give a large view a place; it is shown by ``open``."""
        page = StagePage(title, content, self)
        page.left.connect(self.leave)
        self.pages[name] = page
        self.addWidget(page)

    def open(self, name: str) -> None:
        """Show a page."""
        page = self.pages[name]
        if self.currentWidget() is not page:
            self.setCurrentWidget(page)
            page.content.setFocus()
            self.changed.emit(name)

    @Slot()
    def leave(self) -> None:
        """Back to the network."""
        if self.currentWidget() is not self.network:
            self.setCurrentWidget(self.network)
            self.network.setFocus()
            self.changed.emit("")
