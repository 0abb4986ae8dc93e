"""The small frame that gives advice on a layer, with a button that follows it."""

from __future__ import annotations

from PySide6.QtCore import QRect, Signal, Slot
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from nnstudio.app.canvas.popups import Popup

WIDTH = 270


class AdviceBox(Popup):
    """A sentence, and perhaps a button; ``accepted`` carries the card's id."""

    accepted = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.card = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 11)
        column.setSpacing(8)
        self.words = QLabel(self)
        self.words.setWordWrap(True)
        self.words.setFixedWidth(WIDTH)
        self.button = QPushButton(self)
        self.button.setProperty("role", "layer")
        self.button.clicked.connect(self._accept)
        column.addWidget(self.words)
        column.addWidget(self.button)

    def offer(self, card: str, words: str, mend: str, near: QRect) -> None:
        """Open beside a card's badge."""
        self.card = card
        self.words.setText(words)
        self.words.setFixedHeight(self.words.heightForWidth(WIDTH))
        self.button.setText(mend)
        self.button.setAccessibleName(mend)
        self.button.setVisible(bool(mend))
        self.open_near(near)
        (self.button if mend else self).setFocus()

    @Slot()
    def _accept(self) -> None:
        self.close_popup()
        self.accepted.emit(self.card)
