"""Layouts of the View menu, and the data column that can be put away."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction

from nnstudio.app.entry import Entry
from nnstudio.app.feature import Feature, feature
from nnstudio.app.layouts import ARRANGEMENTS
from nnstudio.core.text import mark


@feature
class Layouts(Feature):
    """One choice rearranges panels and sizes; the settings remember it for later windows."""

    name = "layouts"
    order = 10
    entries = (
        Entry("data_column", mark("Data and layers"), "toggle_data", "Ctrl+Shift+L",
              checkable=True, menu="View", before="full_screen",
              help=mark("The column with the data and the layers (Ctrl+Shift+L)")),
    )  # fmt: skip

    def start(self) -> None:
        """As it was chosen last."""
        self.window.databar.setVisible(ARRANGEMENTS[self.window.settings.layout].data)
        self._tick()

    @Slot(QAction)
    def choose_action(self, action: QAction) -> None:
        """An entry of the menu."""
        self.choose(action.data())

    def choose(self, name: str) -> None:
        """Rearrange the window."""
        window = self.window
        window.settings.layout = name
        window.databar.setVisible(ARRANGEMENTS[name].data)
        window.area.reset()
        window.places.arrange(window.size())
        self._tick()

    @Slot()
    def toggle_data(self) -> None:
        """Put the data column away, or bring it back."""
        self.window.databar.setVisible(self.window.databar.isHidden())
        self._tick()

    def _tick(self) -> None:
        self.window.actions_by_name["data_column"].setChecked(not self.window.databar.isHidden())
        self.window.menus.tick("layout", self.window.settings.layout)
