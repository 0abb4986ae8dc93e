"""Which column of an opened table the network should predict: asked in the data column itself."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from nnstudio.app.i18n import say
from nnstudio.app.widgets.combo import Combo, Labelled
from nnstudio.app.widgets.flow import FlowLayout
from nnstudio.core.sources.raw import CATEGORY, DATE, IGNORE, NUMBER, TEXT, RawTable
from nnstudio.core.text import mark, tr

#: What a column holds, in words.
KINDS: dict[str, str] = {
    NUMBER: mark("number"),
    CATEGORY: mark("category"),
    TEXT: mark("text"),
    DATE: mark("date"),
    IGNORE: mark("ignored"),
}


class TableChooser(QFrame):
    """``accepted(path, target)`` when the table should be used, ``cancelled`` when not."""

    accepted = Signal(str, str)
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.path = ""
        self.heir: QWidget | None = None  # had the keyboard before
        self.kinds: dict[str, str] = {}
        self.title = QLabel(self)
        self.title.setProperty("role", "title")
        self.title.setWordWrap(True)
        self.facts = QLabel(self)
        self.facts.setProperty("role", "caption")
        self.facts.setWordWrap(True)
        self.target = Combo(mark("Column to predict"), self)
        self.use = say(QPushButton(self), text=mark("Use this table"))
        self.use.setProperty("role", "primary")
        self.use.clicked.connect(self._accept)
        self.cancel = say(QPushButton(self), text=mark("Cancel"))
        self.cancel.clicked.connect(self.cancelled)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 9, 10, 10)
        column.setSpacing(7)
        column.addWidget(self.title)
        column.addWidget(self.facts)
        column.addWidget(Labelled(mark("Column to predict"), self.target, parent=self))
        row = FlowLayout(gap=6)  # one below the other in a narrow column
        row.addWidget(self.use)
        row.addWidget(self.cancel)
        column.addLayout(row)

    def ask(self, path: str, table: RawTable) -> None:
        """Show a table's columns, given its first rows; the last one is proposed. The keyboard
        comes here, and goes back when it is answered."""
        self.path = path
        self.kinds = {column.name: column.kind for column in table.columns}
        self._tell()
        self.target.setCurrentIndex(self.target.count() - 1)
        focus = self.window().focusWidget()
        if focus is None or not self.isAncestorOf(focus):
            self.heir = focus
        self.show()
        self.target.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        """Give the keyboard back, if it was still here."""
        focus = self.window().focusWidget()
        lost = focus is None or self.isAncestorOf(focus) or not focus.isVisible()
        super().hideEvent(event)
        if lost and self.heir is not None and isValid(self.heir) and self.heir.isVisible():
            self.heir.setFocus()

    def _tell(self) -> None:
        self.title.setText(Path(self.path).name)
        self.facts.setText(tr("{n} columns", n=len(self.kinds)))
        fill_columns(self.target, self.kinds)

    def changeEvent(self, event: QEvent) -> None:
        """The facts follow the language."""
        if event.type() == QEvent.Type.LanguageChange and self.path:
            self._tell()
        super().changeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes the table, Escape does not."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.use.click()
        elif event.key() == Qt.Key.Key_Escape:
            self.cancel.click()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _accept(self) -> None:
        self.accepted.emit(self.path, self.target.currentData())


def fill_columns(combo: Combo, kinds: dict[str, str]) -> None:
    """List columns by name with what they hold; keeps what is chosen, tells nobody."""
    chosen = combo.currentData()
    combo.blockSignals(True)
    combo.clear()
    for name, kind in kinds.items():
        combo.addItem(name, name)
        said = tr(KINDS[kind]) if kind in KINDS else ""
        combo.setItemData(combo.count() - 1, said, Qt.ItemDataRole.ToolTipRole)
    index = combo.findData(chosen)
    combo.setCurrentIndex(index if index >= 0 else combo.count() - 1)
    combo.blockSignals(False)
