"""Panels written to files: whether it went well is told in the window."""

from __future__ import annotations

from PySide6.QtCore import Slot

from nnstudio.app.feature import Feature, feature
from nnstudio.core.text import mark


@feature
class PanelFiles(Feature):
    """Tells that a panel was saved, or why not."""

    name = "panel-files"

    def start(self) -> None:
        """Listen to the panels."""
        self.window.area.refused.connect(self.window.notice.show_error)
        self.window.area.written.connect(self._tell)

    @Slot()
    def _tell(self) -> None:
        self.window.notice.show_text(mark("The panel was saved."), "good")
