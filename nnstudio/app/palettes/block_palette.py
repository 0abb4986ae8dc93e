"""The blocks that a person has kept, below the layers of the palette."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from nnstudio.app import icons, theme
from nnstudio.app.i18n import say
from nnstudio.app.palettes import layer_drag
from nnstudio.core.editing.user_blocks import UserBlock, delete_block, load_blocks
from nnstudio.core.text import StudioError, mark, tr

ICON = 15


class BlockButton(QPushButton):
    """One block: pressed it is added, dragged it goes where it is dropped."""

    def __init__(self, block: UserBlock, parent: QWidget) -> None:
        super().__init__(block.name.replace("&", "&&"), parent)
        self.block = block
        self._pressed_at: QPointF | None = None
        self.setProperty("role", "layer")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setIconSize(QSize(ICON, ICON))
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

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter adds too."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Perhaps the beginning of a drag."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed_at = event.position()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Far enough from where it began, the block comes along."""
        start = self._pressed_at
        if start is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        if (event.position() - start).manhattanLength() >= QApplication.startDragDistance():
            self._pressed_at = None
            self.setDown(False)
            layer_drag.start_block(self, self.block)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The first press has added the block; the second adds no other."""
        event.accept()


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
