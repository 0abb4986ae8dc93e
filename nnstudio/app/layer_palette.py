"""The layers that can be added, by group, as buttons."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from nnstudio.app.i18n import say
from nnstudio.core import registry
from nnstudio.core.contracts import Layer
from nnstudio.core.text import mark

GAP = 6
#: What a button needs beside its text.
PADDING = 12


def layer_groups() -> dict[str, list[type[Layer]]]:
    """All layers but Input, by group; the basic group first."""
    groups: dict[str, list[type[Layer]]] = {}
    for cls in registry.table(Layer).values():
        if cls.arity == 1:  # what needs several inputs cannot be put into a chain
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
        self.grids: list[tuple[QGridLayout, list[QPushButton]]] = []
        for number, (group, classes) in enumerate(layer_groups().items()):
            if number:
                caption = say(QLabel(self), text=group)
                caption.setProperty("role", "caption")
                column.addWidget(caption)
            grid = QGridLayout()
            grid.setSpacing(GAP)
            self.grids.append((grid, [self._button(cls) for cls in classes]))
            column.addLayout(grid)
        self._columns: list[int] = []

    def _button(self, cls: type[Layer]) -> QPushButton:
        button = QPushButton(self)
        button.setObjectName(cls.type_name)
        button.setProperty("role", "layer")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        say(button, text=cls.label, name=cls.label, tool_tip=cls.help)
        button.clicked.connect(self._clicked)
        self.buttons[cls.type_name] = button
        return button

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Three in a row where the names are short enough, else two."""
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        """Names are as long as the language makes them."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._arrange()

    def _arrange(self) -> None:
        columns = [self._fitting(buttons) for _, buttons in self.grids]
        if columns == self._columns:
            return
        self._columns = columns
        for (grid, buttons), count in zip(self.grids, columns, strict=True):
            for button in buttons:
                grid.removeWidget(button)
            for place, button in enumerate(buttons):
                grid.addWidget(button, place // count, place % count)
            for place in range(3):
                grid.setColumnStretch(place, 1 if place < count else 0)

    def _fitting(self, buttons: list[QPushButton]) -> int:
        metrics = self.fontMetrics()
        widest = max(metrics.horizontalAdvance(button.text()) for button in buttons) + PADDING
        return 3 if 3 * widest + 2 * GAP <= self.width() else 2

    @Slot()
    def _clicked(self) -> None:
        self.chosen.emit(self.sender().objectName())
