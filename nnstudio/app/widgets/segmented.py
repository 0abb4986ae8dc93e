"""Tabs as one segmented bar."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from nnstudio.app.i18n import say

#: Neither by Tab nor by a click, so that Space goes on meaning Play; the arrow keys reach it.
NO_TAB = Qt.FocusPolicy.NoFocus


class SegmentedTabs(QFrame):
    """One of a few choices, all visible. Arrow keys move between them."""

    chosen = Signal(str)

    def __init__(
        self,
        choices: Mapping[str, str],
        name: str,
        parent: QWidget | None = None,
        helps: Mapping[str, str] | None = None,
    ) -> None:
        """``choices`` maps a key to its marked text, ``helps`` to its tip; ``name`` is for screen
        readers."""
        super().__init__(parent)
        self.setObjectName("segments")
        say(self, name=name)
        self.keys = list(choices)
        self.group = QButtonGroup(self)
        self.group.setExclusive(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 2, 2, 2)
        row.setSpacing(2)
        for number, (key, text) in enumerate(choices.items()):
            button = QPushButton(self)
            button.setCheckable(True)
            button.setProperty("role", "segment")
            button.setObjectName(f"segment_{key}")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus if number == 0 else NO_TAB)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            say(button, text=text, name=text)
            if helps and key in helps:
                say(button, tool_tip=helps[key], description=helps[key])
            self.group.addButton(button, number)
            row.addWidget(button)
        self.group.idToggled.connect(self._toggled)

    @property
    def current(self) -> str:
        """The chosen key; empty if none is."""
        number = self.group.checkedId()
        return self.keys[number] if number >= 0 else ""

    def button(self, key: str) -> QPushButton:
        """The button of a key."""
        return self.group.button(self.keys.index(key))  # type: ignore[return-value]

    def choose(self, key: str) -> None:
        """Show a choice without telling anybody."""
        self.group.blockSignals(True)
        self.button(key).setChecked(True)
        self.group.blockSignals(False)
        self._lead()

    def _lead(self) -> None:
        """Tab comes to the chosen one; the arrow keys go on from there."""
        for button in self.group.buttons():
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus if button.isChecked() else NO_TAB)

    @Slot(int, bool)
    def _toggled(self, number: int, checked: bool) -> None:
        if checked:
            self._lead()
            self.chosen.emit(self.keys[number])
