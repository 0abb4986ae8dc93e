"""What is wrong with the selected layers, or unwise, and the press that mends it."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from nnstudio.core.editing.advice import Advice

SIDE = 9


class AdviceLine(QFrame):
    """One sentence with a button; of several, the gravest."""

    followed = Signal(object)  # Advice

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.told: Advice | None = None
        self.words = QLabel(self)
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.button = QPushButton(self)
        self.button.clicked.connect(self._follow)
        row = QHBoxLayout(self)
        row.setContentsMargins(SIDE, 4, 4, 4)
        row.setSpacing(10)
        row.addWidget(self.words, 1)
        row.addWidget(self.button)
        self.hide()

    def show_advice(self, told: list[Advice]) -> None:
        """Show the first fault, else the first advice, else nothing."""
        self.told = next((one for one in told if one.is_fault), told[0] if told else None)
        self.setVisible(self.told is not None)
        if self.told is None:
            return
        kind = "error" if self.told.is_fault else "warning"
        if self.property("advice") != kind:
            self.setProperty("advice", kind)
            self.style().unpolish(self)
            self.style().polish(self)
        self.words.setText(self.told.sentence)
        mend = self.told.mend
        self.button.setVisible(mend is not None)
        if mend is not None:
            self.button.setText(mend.name)

    def height_for(self, width: int) -> int:
        """The height of the sentence in a width, beside its button."""
        button = 0 if self.button.isHidden() else self.button.sizeHint().width() + 10
        room = QRect(0, 0, max(width - SIDE - 4 - button, 60), 1000)
        flags = int(Qt.TextFlag.TextWordWrap)
        words = self.words.fontMetrics().boundingRect(room, flags, self.words.text()).height()
        return max(words + 4, self.button.sizeHint().height() if button else 0) + 9

    @Slot()
    def _follow(self) -> None:
        if self.told is not None:
            self.followed.emit(self.told)
