"""Blocks of one's own: what the canvas keeps shows in the palette, and goes back from there."""

from __future__ import annotations

from PySide6.QtCore import Slot

from nnstudio.app.feature import Feature, feature
from nnstudio.core.editing.user_blocks import UserBlock
from nnstudio.core.text import tr


@feature
class UserBlocks(Feature):
    """Connects canvas and palette."""

    name = "user-blocks"
    order = 30

    def start(self) -> None:
        """Show what is kept."""
        blocks = self.window.databar.palette_box.blocks
        blocks.chosen.connect(self.add)
        blocks.refused.connect(self.window.notice.show_error)
        self.window.canvas.blocks_changed.connect(blocks.refresh)
        blocks.refresh()

    @Slot(object)
    def add(self, block: UserBlock) -> None:
        """Put a block after the selection."""
        self.window.canvas.add_fragment(block.fragment, tr("Add {layer}", layer=block.name))
