"""About: what this program is, and under which licences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from nnstudio.app.entry import Entry
from nnstudio.app.feature import Feature, feature
from nnstudio.core.text import mark

if TYPE_CHECKING:
    from nnstudio.app.about import About


@feature
class AboutFeature(Feature):
    """One dialog, made when it is first asked for."""

    name = "about"
    order = 1000
    entries = (Entry("about", mark("About NNStudio"), "show_about", menu="Help"),)

    dialog: About | None = None

    @Slot()
    def show_about(self) -> None:
        """Open the dialog."""
        if self.dialog is None:
            from nnstudio.app.about import About  # with the first, not with the window

            self.dialog = About(self.window)
        self.dialog.open()
