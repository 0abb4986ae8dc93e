"""Full screen: the whole screen for a projector, and the window again."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot

from nnstudio.app.entry import Entry
from nnstudio.app.feature import Feature, feature
from nnstudio.core.text import mark


@feature
class FullScreen(Feature):
    """One action that stays ticked while the window fills the screen."""

    name = "full_screen"
    order = 900
    entries = (
        Entry("full_screen", mark("Full screen"), "toggle", "F11", checkable=True, menu="View"),
    )

    @Slot()
    def toggle(self) -> None:
        """Fill the screen, or not."""
        window = self.window
        window.setWindowState(window.windowState() ^ Qt.WindowState.WindowFullScreen)
        window.actions_by_name["full_screen"].setChecked(window.isFullScreen())
