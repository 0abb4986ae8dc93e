"""What this program is, what it is made of, and the full text of every licence."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import metadata

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

import nnstudio
from nnstudio.app.i18n import say
from nnstudio.app.widgets.dialog import SideWindow
from nnstudio.app.widgets.elided import ElidedLabel
from nnstudio.core import registry
from nnstudio.core.contracts import Dataset
from nnstudio.core.licences import Part, parts
from nnstudio.core.resources import resource
from nnstudio.core.text import in_a_line, mark, tr

#: Width of the list of parts, and the size of the window: 80 columns of text beside it.
LIST, WIDTH, HEIGHT = 200, 820, 580
#: Where the terms of data are.
TERMS = {
    "CC BY 4.0": "https://creativecommons.org/licenses/by/4.0/legalcode",
    "CC BY-SA 3.0": "https://creativecommons.org/licenses/by-sa/3.0/legalcode",
    "CC0": "https://creativecommons.org/publicdomain/zero/1.0/legalcode",
}


@dataclass(frozen=True)
class Row:
    """A line of the list; ``part`` is None for our own licence and for the data."""

    name: str
    licence: str
    part: Part | None = None


class PartList(QListWidget):
    """A letter goes to the part that begins with it; in the window it would be a shortcut."""

    def event(self, event: QEvent) -> bool:
        """Keep the letters."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() in (
                Qt.KeyboardModifier.NoModifier,
                Qt.KeyboardModifier.ShiftModifier,
            )
            letter = event.text().strip()
            if plain and letter and letter.isprintable():
                event.accept()
                return True
        return super().event(event)


class About(SideWindow):
    """A small window beside the work; nothing waits for it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(mark("About NNStudio"), parent)
        self.found = parts()
        self.rows: list[Row] = []
        self.head = QLabel(self)
        self.head.setTextFormat(Qt.TextFormat.PlainText)
        self.head.setWordWrap(True)
        title = QLabel(self)
        title.setText(" ".join(("NNStudio", nnstudio.__version__)))
        title.setProperty("role", "heading")
        self.list = say(PartList(self), name=mark("Parts and licences"))
        self.list.setFixedWidth(LIST)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.licence = ElidedLabel(self)
        self.text = say(QPlainTextEdit(self), name=mark("Text of the licence"))
        self.text.setObjectName("licenceText")
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        close = say(QPushButton(self), text=mark("Close"))
        close.clicked.connect(self.hide)
        self._lay_out(title, close)
        self.resize(WIDTH, HEIGHT)
        self.list.currentRowChanged.connect(self._show_row)
        self._tell()

    def _lay_out(self, title: QLabel, close: QPushButton) -> None:
        beside = QVBoxLayout()
        beside.setSpacing(8)
        beside.addWidget(self.licence)
        beside.addWidget(self.text, 1)
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addWidget(self.list)
        middle.addLayout(beside, 1)
        below = QHBoxLayout()
        below.addStretch(1)
        below.addWidget(close)
        self.column.addWidget(title)
        self.column.addWidget(self.head)
        self.column.addLayout(middle, 1)
        self.column.addLayout(below)

    @Slot()
    def open(self) -> None:
        """Show it, the keyboard on the list."""
        super().open()
        self.list.setFocus()

    def _tell(self) -> None:
        """Everything in the present language; the chosen part stays."""
        self.head.setText(
            in_a_line(
                (
                    tr("Assemble a neural network, press Play, and see it learn."),
                    tr("Choose a part on the left to read its licence."),
                )
            )
        )
        self.rows = [
            Row("NNStudio", "MIT"),
            Row(tr("Data that comes along"), ""),
            *(Row(f"{one.name} {one.version}".strip(), one.licence, one) for one in self.found),
        ]
        chosen = max(self.list.currentRow(), 0)
        self.list.blockSignals(True)
        self.list.clear()
        self.list.addItems([row.name for row in self.rows])
        self.list.setCurrentRow(chosen)
        self.list.blockSignals(False)
        self._show_row(chosen)

    @Slot(int)
    def _show_row(self, number: int) -> None:
        if not 0 <= number < len(self.rows):
            return
        row = self.rows[number]
        try:
            if row.part is not None:
                text = row.part.text()
            else:
                text = self._data() if number else own_licence()
        except OSError:
            text = tr("The text of this licence could not be read.")
        self.licence.show_text(f"{row.name} · {row.licence}" if row.licence else row.name)
        self.text.setPlainText(text)

    @staticmethod
    def _data() -> str:
        """Who made the data sets, and on what terms."""
        shipped = [cls for cls in registry.table(Dataset).values() if cls.source and not cls.own]
        told = [
            "\n".join(
                filter(None, (tr(one.label), one.source, one.licence, TERMS.get(one.licence)))
            )
            for one in shipped
        ]
        drawn = tr("Icons and generated data sets were made for NNStudio, under its licence.")
        copied = resource("licences", "scikit-learn.txt").read_text(encoding="utf-8")
        return "\n\n".join([drawn, *told, f"——— scikit-learn ———\n\n{copied}"])

    def changeEvent(self, event: QEvent) -> None:
        """The text follows the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "text"):
            self._tell()


def own_licence() -> str:
    """The licence of NNStudio, from beside the resources or from the installed package."""
    beside = resource("program", "nnstudio.svg").parents[2] / "LICENSE"
    if beside.is_file():
        return beside.read_text(encoding="utf-8")
    try:
        for file in metadata.files("nnstudio") or []:
            if file.name == "LICENSE":
                return file.read_text(encoding="utf-8")
    except (metadata.PackageNotFoundError, OSError):
        pass
    return "MIT"
