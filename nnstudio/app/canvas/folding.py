"""Folding on the canvas: layers to their cards, several layers to a named block, and back."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from nnstudio.app.canvas.columns import BLOCK, Folds
from nnstudio.app.canvas.editing import EditingCanvas
from nnstudio.app.canvas.name_field import NameField
from nnstudio.app.document import Document
from nnstudio.core.editing import fragments, user_blocks
from nnstudio.core.text import StudioError, mark, tr
from nnstudio.engine.session import Session


class FoldingCanvas(EditingCanvas):
    """What is folded belongs to the view; which layers form a block, to the network."""

    #: The blocks that are kept in the palette have changed.
    blocks_changed = Signal()

    def __init__(
        self, document: Document, session: Session | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(document, session, parent)
        self.folds = Folds()
        self.name_field = NameField(self)
        self.name_field.named.connect(self.rename_block)

    @Slot()
    def fold_selection(self) -> None:
        """Fold: several layers into a block, a block open or closed, one layer to its card."""
        if len(self.selected_nodes()) > 1 and len(self._selected) > 1:
            if self.make_block():
                self.ask_name()
        elif self._selected:
            column = self.by_id[self._selected[-1]]
            if column.block and not column.is_block:
                self.fold_block(column.block)
            else:
                self.toggle_fold(column.id)

    @Slot()
    def ask_name(self) -> None:
        """Type another name for the selected block."""
        column = self.by_id.get(self._selected[-1] if self._selected else "")
        if column is not None and column.block:
            near = self.view_rect(self.layout_now.cards[column.id])
            self.name_field.offer(column.block, near)

    def toggle_fold(self, column_id: str) -> None:
        """Fold a layer to its card, or show it again; a folded block opens."""
        column = self.by_id.get(column_id)
        if column is None:
            return
        folds = self.folds
        if column.is_block:
            self.folds = replace(folds, open_blocks=folds.open_blocks | {column.block})
        elif column.foldable:
            one = frozenset([column.id])
            if column.is_folded:
                self.folds = replace(folds, closed=folds.closed - one, opened=folds.opened | one)
            else:
                self.folds = replace(folds, closed=folds.closed | one, opened=folds.opened - one)
        self.document_changed()
        self.select(column.members[-1])

    def fold_block(self, name: str) -> None:
        """Show an open block as one card again; one that is no longer of a piece stays open."""
        self.folds = replace(self.folds, open_blocks=self.folds.open_blocks - {name})
        self.document_changed()
        self._select_block(name)
        if BLOCK + name in self.by_id:
            return
        self.refused.emit(
            StudioError(
                mark("A path leaves {block} and comes back into it, so it cannot be shown as one "
                     "card. Dissolve it, or take the layers on that path into it."),
                block=name,
            )
        )  # fmt: skip

    def make_block(self, name: str = "") -> bool:
        """Fold the selected layers into a block of some name; tells whether that was possible."""
        network = self.document.setup.network
        nodes = self.selected_nodes()
        if not name:
            kinds = {network[n].layer.type_name for n in nodes}
            name = tr("Residual block") if "Add.v1" in kinds else tr("Block")
            name = tr("Inception block") if "Concatenate.v1" in kinds else name
        name = fragments.unused(name, {n.block for n in network.nodes})
        try:
            changed = fragments.name_block(network, nodes, name)
        except StudioError as error:
            self.refused.emit(error)
            return False
        self._edit(tr("Fold into {name}", name=name), self.document.setup.with_network(changed))
        self._select_block(name)
        return True

    def _select_block(self, name: str) -> None:
        """Select the card of a block, or its layers where they cannot be shown as one."""
        if BLOCK + name in self.by_id:
            self.select(BLOCK + name)
        else:
            self.select_many(fragments.members(self.document.setup.network, name))

    @Slot(str, str)
    def rename_block(self, block: str, name: str) -> None:
        """Give a block another name."""
        network = self.document.setup.network
        name = " ".join(name.split())[:60]
        if not name or name == block or not fragments.members(network, block):
            return
        name = fragments.unused(name, {n.block for n in network.nodes})
        changed = fragments.name_block(network, fragments.members(network, block), name)
        self._edit(tr("Rename block"), self.document.setup.with_network(changed))
        self._select_block(name)

    def dissolve_block(self, block: str) -> None:
        """Let the layers of a block be single ones again."""
        network = self.document.setup.network
        members = fragments.members(network, block)
        changed = fragments.name_block(network, members, "")
        text = tr("Dissolve {name}", name=block)
        self._edit(text, self.document.setup.with_network(changed))
        self.select_many(members)

    @Slot()
    def dissolve_selected(self) -> None:
        """Dissolve the block of the selected card."""
        if self._selected and self.by_id[self._selected[-1]].block:
            self.dissolve_block(self.by_id[self._selected[-1]].block)

    @Slot()
    def save_selected_block(self) -> None:
        """Keep the selected layers in the palette, under the block's name."""
        network = self.document.setup.network
        nodes = self.selected_nodes()
        names = [network[name].block for name in nodes if network[name].block]
        try:
            found = fragments.cut_out(network, nodes)
            name = names[0] if names else self._words(nodes)
            user_blocks.save_block(name, found)
        except StudioError as error:
            self.refused.emit(error)
            return
        self.blocks_changed.emit()
