"""The layers that can be added, by group, as buttons."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from nnstudio.app.i18n import say
from nnstudio.core import registry
from nnstudio.core.contracts import Layer
from nnstudio.core.text import mark

COLUMNS = 2


def layer_groups() -> dict[str, list[type[Layer]]]:
    """All layers but Input, by group; the basic group first."""
    groups: dict[str, list[type[Layer]]] = {}
    for name, cls in registry.table(Layer).items():
        if not name.startswith("Input."):
            groups.setdefault(cls.group, []).append(cls)
    ordered = dict(sorted(groups.items(), key=lambda item: (item[0] != "Basic", item[0])))
    return _merged(ordered)


def _merged(groups: dict[str, list[type[Layer]]]) -> dict[str, list[type[Layer]]]:
    """Groups of one or two layers join the first: a heading each would be mostly headings."""
    first = next(iter(groups))
    merged: dict[str, list[type[Layer]]] = {first: []}
    for name, classes in groups.items():
        merged.setdefault(name if len(classes) > 2 else first, []).extend(classes)
    return merged


class LayerPalette(QWidget):
    """``chosen`` carries the type name of a layer to add."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(7)
        title = say(QLabel(self), text=mark("ADD A LAYER"))
        title.setProperty("role", "section")
        column.addWidget(title)
        self.buttons: dict[str, QPushButton] = {}
        for number, (group, classes) in enumerate(layer_groups().items()):
            if number:
                caption = say(QLabel(self), text=group)
                caption.setProperty("role", "caption")
                column.addWidget(caption)
            grid = QGridLayout()
            grid.setSpacing(6)
            for place, cls in enumerate(classes):
                button = QPushButton(self)
                button.setObjectName(cls.type_name)
                button.setProperty("role", "layer")
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
                button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
                say(button, text=cls.label, name=cls.label, tool_tip=cls.help)
                button.clicked.connect(self._clicked)
                self.buttons[cls.type_name] = button
                grid.addWidget(button, place // COLUMNS, place % COLUMNS)
            for place in range(COLUMNS):
                grid.setColumnStretch(place, 1)
            column.addLayout(grid)

    @Slot()
    def _clicked(self) -> None:
        self.chosen.emit(self.sender().objectName())
