"""The blocks that a person has kept, below the layers of the palette."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Signal, Slot
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtWidgets import (
    QLabel,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from nnstudio.app import icons, theme
from nnstudio.app.i18n import say
from nnstudio.app.palettes import layer_drag
from nnstudio.app.palettes.palette_button import ICON, PaletteButton
from nnstudio.core.editing.user_blocks import UserBlock, delete_block, load_blocks
from nnstudio.core.text import StudioError, mark, tr


class BlockButton(PaletteButton):
    """One block: pressed it is added, dragged it goes where it is dropped."""

    def __init__(self, block: UserBlock, parent: QWidget) -> None:
        super().__init__(block.name.replace("&", "&&"), parent)
        self.block = block
        self.setAccessibleName(block.name)
        self.show_words()

    def show_words(self) -> None:
        """Of which layers it is made, and its drawing in the theme's colour."""
        layers = " → ".join(tr(node.layer.label) for node in self.block.fragment.nodes[:12])
        self.setToolTip(f"{self.block.name}\n{layers}")
        self.setIcon(icons.icon("layers/block", ICON, colour=theme.current().accent))

    def changeEvent(self, event: QEvent) -> None:
        """Words and drawing follow language and theme."""
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.LanguageChange):
            self.show_words()
        super().changeEvent(event)

    def start_drag(self) -> None:
        """The block comes along."""
        layer_drag.start_block(self, self.block)


class BlockPalette(QWidget):
    """``chosen`` carries a ``UserBlock`` to add; hidden while there is none."""

    chosen = Signal(object)
    refused = Signal(object)  # StudioError

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: dict[str, BlockButton] = {}
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(5)
        heading = say(QLabel(self), text=mark("Your blocks"))
        heading.setProperty("role", "caption")
        heading.setContentsMargins(0, 3, 0, 0)
        self.column.addWidget(heading)
        self.menu = QMenu(self)
        self.removing = QAction(self.menu)
        self.removing.triggered.connect(self._remove)
        self.menu.addAction(self.removing)
        self.hide()

    @Slot()
    def refresh(self) -> None:
        """Show what is kept now."""
        for button in self.buttons.values():
            self.column.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = {}
        for block in load_blocks():
            button = BlockButton(block, self)
            button.clicked.connect(self._clicked)
            self.buttons[block.name] = button
            self.column.addWidget(button)
        self.setVisible(bool(self.buttons))

    def search(self, text: str) -> bool:
        """Show the blocks whose name holds every word; tells whether there are any."""
        words = text.casefold().split()
        found = False
        for name, button in self.buttons.items():
            fits = all(word in name.casefold() for word in words)
            button.setVisible(fits)
            found = found or fits
        self.setVisible(found)
        return found

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to take a block out."""
        button = self.childAt(event.pos())
        if isinstance(button, BlockButton):
            self.offer_removal(button.block.name, event.globalPos())

    def offer_removal(self, name: str, at: QPoint) -> None:
        """The menu of one block."""
        self.removing.setText(tr("Remove {name}", name=name).replace("&", "&&"))
        self.removing.setData(name)
        self.menu.popup(at)

    @Slot()
    def _remove(self) -> None:
        try:
            delete_block(self.removing.data())
        except StudioError as error:
            self.refused.emit(error)
        self.refresh()

    @Slot()
    def _clicked(self) -> None:
        button = self.sender()
        assert isinstance(button, BlockButton)
        self.chosen.emit(button.block)
