"""Chips: small rounded toggles, of which any number is chosen, or exactly one."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QPushButton, QWidget

from nnstudio.app.i18n import say
from nnstudio.app.widgets.flow import FlowLayout


class _ChipRow(QWidget):
    """A toggle a name, in lines that wrap."""

    gap = 5

    def __init__(
        self,
        labels: dict[str, str],
        name: str,
        parent: QWidget | None = None,
        helps: Mapping[str, str] | None = None,
    ) -> None:
        """``labels`` maps a name to the marked text of its chip, ``helps`` to its tip."""
        super().__init__(parent)
        say(self, name=name)
        self.buttons: dict[str, QPushButton] = {}
        row = FlowLayout(self, gap=self.gap)
        for key, text in labels.items():
            chip = QPushButton(self)
            chip.setObjectName(key)
            chip.setCheckable(True)
            chip.setProperty("role", "chip")
            chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            say(chip, text=text, name=text)
            if helps and key in helps:
                say(chip, tool_tip=helps[key], description=helps[key])
            chip.clicked.connect(self._clicked)
            self.buttons[key] = chip
            row.addWidget(chip)
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @Slot()
    def _clicked(self) -> None:
        self._click(self.sender().objectName())

    def _click(self, key: str) -> None:
        raise NotImplementedError


class Chips(_ChipRow):
    """Any number is chosen; ``changed`` carries the tuple of chosen names, in order."""

    changed = Signal(tuple)

    @property
    def chosen(self) -> tuple[str, ...]:
        """The names now chosen."""
        return tuple(key for key, chip in self.buttons.items() if chip.isChecked())

    def show_chosen(self, names: tuple[str, ...]) -> None:
        """Show a choice without telling anybody."""
        for key, chip in self.buttons.items():
            chip.setChecked(key in names)

    def _click(self, key: str) -> None:
        self.changed.emit(self.chosen)


class OneOf(_ChipRow):
    """Exactly one is chosen; ``chosen`` carries its name. They wrap where segments of one bar
    would be too narrow for their words."""

    chosen = Signal(str)
    gap = 4

    @property
    def current(self) -> str:
        """The chosen name; empty if none is."""
        return next((key for key, chip in self.buttons.items() if chip.isChecked()), "")

    def choose(self, key: str) -> None:
        """Show a choice without telling anybody."""
        for name, chip in self.buttons.items():
            chip.setChecked(name == key)

    def _click(self, key: str) -> None:
        self.choose(key)
        self.chosen.emit(key)
