"""From one area of the window to the next by key: past the many buttons of the layer palette."""

from __future__ import annotations

from PySide6.QtCore import Slot

from nnstudio.app.entry import Entry
from nnstudio.app.feature import Feature, feature
from nnstudio.core.text import mark


@feature
class Areas(Feature):
    """Two keys, with their entries at the end of the View menu."""

    name = "areas"
    order = 910
    entries = (
        Entry("next_area", mark("Next area of the window"), "enter_next", "F6", menu="View",
              rule=True),
        Entry("previous_area", mark("Previous area of the window"), "enter_before", "Shift+F6",
              menu="View"),
    )  # fmt: skip

    @Slot()
    def enter_next(self) -> None:
        """Give the keyboard to the next area."""
        self.window.reading.enter_area(forward=True)

    @Slot()
    def enter_before(self) -> None:
        """Give the keyboard to the area before."""
        self.window.reading.enter_area(forward=False)
