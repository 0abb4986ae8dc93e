"""A small window that keeps the present layout under a name, and deletes kept ones."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QListWidget, QPushButton, QWidget

from nnstudio.app.i18n import say
from nnstudio.app.own_layouts import LONGEST
from nnstudio.app.widgets.dialog import SideWindow
from nnstudio.core.text import mark


class LayoutsWindow(SideWindow):
    """``saved`` and ``deleted`` carry a name."""

    saved = Signal(str)
    deleted = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(mark("Own layouts"), parent)
        self.resize(360, 300)
        self.name = QLineEdit(self)
        self.name.setMaxLength(LONGEST)
        say(self.name, name=mark("Name of the layout"), placeholder=mark("Name of the layout"))
        self.save = say(QPushButton(self), text=mark("Save"))
        self.save.setProperty("role", "primary")
        self.said = QLabel(self)
        self.said.setWordWrap(True)
        self.said.setProperty("role", "muted")
        say(self.said, text=mark("Keeps which panels are open, where, and how large they are."))
        self.kept = QListWidget(self)
        say(self.kept, name=mark("Own layouts"))
        self.delete = say(QPushButton(self), text=mark("Delete"))
        row = QHBoxLayout()
        row.addWidget(self.name, 1)
        row.addWidget(self.save)
        self.column.addLayout(row)
        self.column.addWidget(self.said)
        self.column.addWidget(self.kept, 1)
        self.column.addWidget(self.delete, 0, Qt.AlignmentFlag.AlignRight)
        self.name.returnPressed.connect(self._save)
        self.save.clicked.connect(self._save)
        self.delete.clicked.connect(self._delete)
        self.kept.currentTextChanged.connect(self._tick)

    def show_names(self, names: list[str]) -> None:
        """List what is kept."""
        self.kept.clear()
        self.kept.addItems(names)
        self._tick()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete, in the list, deletes."""
        if event.key() == Qt.Key.Key_Delete and self.kept.hasFocus():
            self._delete()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _tick(self) -> None:
        self.delete.setEnabled(self.kept.currentItem() is not None)

    @Slot()
    def _save(self) -> None:
        self.saved.emit(self.name.text())

    @Slot()
    def _delete(self) -> None:
        item = self.kept.currentItem()
        if item is not None:
            self.deleted.emit(item.text())
