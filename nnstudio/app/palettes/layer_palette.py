"""The layers that can be added, by group, as small buttons under a search field.

A click, a double-click or Enter adds one after the selection; dragging puts it where it is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from nnstudio.app import icons, theme
from nnstudio.app.concept_tips import concept_tip
from nnstudio.app.i18n import say
from nnstudio.app.palettes import layer_drag
from nnstudio.app.palettes.block_palette import BlockPalette
from nnstudio.app.palettes.layer_groups import found_layers, icon_name, layer_groups
from nnstudio.app.palettes.palette_button import ICON, PaletteButton
from nnstudio.core.contracts import Layer
from nnstudio.core.text import mark

GAP = 5
#: What a button needs beside the text.
PADDING = ICON + 17
#: The size of their type, as in the style sheet.
PIXELS = 12


class LayerButton(PaletteButton):
    """One layer: pressed it is added, dragged it goes where it is dropped."""

    def __init__(self, cls: type[Layer], parent: QWidget) -> None:
        super().__init__("", parent)
        self.cls = cls
        self._tinted = ""
        self.setObjectName(cls.type_name)
        say(self, text=cls.label, name=cls.label, description=cls.help)
        self.setToolTip(concept_tip(cls))
        self._tint()

    def _tint(self) -> None:
        look = theme.current()
        if look.name != self._tinted:  # palettes change often while a window is put together
            self._tinted = look.name
            self.setIcon(icons.icon(icon_name(self.cls), ICON, colour=look.accent))

    def changeEvent(self, event: QEvent) -> None:
        """The drawing follows the theme, the tip the language."""
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()
        elif event.type() == QEvent.Type.LanguageChange:
            self.setToolTip(concept_tip(self.cls))
        super().changeEvent(event)

    def start_drag(self) -> None:
        """The layer comes along."""
        layer_drag.start(self, self.cls)


@dataclass(eq=False)
class _Group:
    """A heading, if it has one, and its buttons. ``shown`` is in how many columns the grid shows
    which short and which long ones."""

    heading: QLabel | None
    grid: QGridLayout
    buttons: list[LayerButton]
    classes: list[type[Layer]]
    shown: tuple[int, list[LayerButton], list[LayerButton]] = (0, [], [])


class SearchField(QLineEdit):
    """A line to search with; Escape empties it first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setClearButtonEnabled(True)
        say(self, name=mark("Search for a layer"), placeholder=mark("Search"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)


class LayerPalette(QWidget):
    """``chosen`` carries the type name of a layer to add."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        title = say(QLabel(self), text=mark("ADD A LAYER"))
        title.setProperty("role", "section")
        self.search = SearchField(self)
        self.search.textChanged.connect(self._arrange)
        self.search.returnPressed.connect(self._take_first)
        self.nothing = say(QLabel(self), text=mark("No layer is called that."))
        self.nothing.setProperty("role", "caption")
        self.search.setFixedHeight(24)
        top = QHBoxLayout()
        top.setSpacing(10)
        top.addWidget(title)
        top.addWidget(self.search, 1)
        column.addLayout(top)
        column.addWidget(self.nothing)
        self.buttons: dict[str, LayerButton] = {}
        self.groups: list[_Group] = []
        for number, (name, classes) in enumerate(layer_groups().items()):
            heading = None
            if number:  # the first group needs none below the title
                heading = say(QLabel(self), text=name)
                heading.setProperty("role", "caption")
                heading.setContentsMargins(0, 3, 0, 0)
                column.addWidget(heading)
            grid = QGridLayout()
            grid.setSpacing(GAP)
            column.addLayout(grid)
            buttons = [self._button(cls) for cls in classes]
            self.groups.append(_Group(heading, grid, buttons, classes))
        self.blocks = BlockPalette(self)
        column.addWidget(self.blocks)
        self._arrange()

    def _button(self, cls: type[Layer]) -> LayerButton:
        button = LayerButton(cls, self)
        button.clicked.connect(self._clicked)
        self.buttons[cls.type_name] = button
        return button

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many in a row as the names allow."""
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        """Names are as long as the language makes them."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._arrange()

    @Slot()
    def _arrange(self) -> None:
        """Show what the search finds; each group in as many columns as its names allow."""
        text = self.search.text()
        meant = {cls for classes in found_layers(text).values() for cls in classes}
        for group in self.groups:
            pairs = zip(group.buttons, group.classes, strict=True)
            found = [button for button, cls in pairs if cls in meant]
            widths = {button: self._wanted(button) for button in group.buttons}
            three = max(widths.values()) <= self._column(3)
            room = self._column(3 if three else 2)
            short = [button for button in found if widths[button] <= room]
            shown = (3 if three else 2, short, [b for b in found if b not in short])
            if shown != group.shown:
                group.shown = shown
                self._fill(group, *shown)
        blocks = self.blocks.search(text)
        self.nothing.setVisible(not blocks and not any(self._found()))

    def _column(self, count: int) -> int:
        """The width of each of several columns."""
        return (self.width() - (count - 1) * GAP) // count

    @staticmethod
    def _wanted(button: LayerButton) -> int:
        metrics = QFontMetrics(theme.font(PIXELS))
        return metrics.horizontalAdvance(button.text()) + PADDING

    def _found(self) -> list[LayerButton]:
        return [button for group in self.groups for button in (*group.shown[1], *group.shown[2])]

    @staticmethod
    def _fill(group: _Group, count: int, short: list[LayerButton], long: list[LayerButton]) -> None:
        """The short ones in columns; below them the long ones, each over the whole width."""
        for button in group.buttons:
            group.grid.removeWidget(button)
            button.setVisible(button in short or button in long)
        for place, button in enumerate(short):
            group.grid.addWidget(button, place // count, place % count)
        below = -(-len(short) // count)
        for place, button in enumerate(long):
            group.grid.addWidget(button, below + place, 0, 1, count)
        for place in range(3):
            group.grid.setColumnStretch(place, 1 if place < count else 0)
        if group.heading is not None:
            group.heading.setVisible(bool(short or long))

    @Slot()
    def _take_first(self) -> None:
        """Enter takes the first that was found."""
        found = self._found()
        if self.search.text().strip() and found:
            self.chosen.emit(found[0].objectName())
            self.search.selectAll()

    @Slot()
    def _clicked(self) -> None:
        self.chosen.emit(self.sender().objectName())
