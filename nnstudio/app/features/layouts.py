"""Layouts of the View menu, one's own among them, and the data column that can be put away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction

from nnstudio.app import own_layouts
from nnstudio.app.docks.panel_layout import PanelLayout
from nnstudio.app.entry import Entry
from nnstudio.app.feature import Feature, feature
from nnstudio.app.i18n import say
from nnstudio.app.layouts import ARRANGEMENTS
from nnstudio.app.own_layouts import OwnLayout
from nnstudio.core.text import StudioError, mark

if TYPE_CHECKING:
    from nnstudio.app.layouts_window import LayoutsWindow

#: What marks the data of an entry that is somebody's own layout, and the entries below.
OWN, SAVE, RESET = "own:", "/save", "/reset"


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

    dialog: LayoutsWindow | None = None

    def start(self) -> None:
        """As it was chosen last."""
        window = self.window
        menu = window.menus.submenus["layout"]
        self._line = menu.addSeparator()
        for text, what in ((mark("Save this layout…"), SAVE), (mark("Reset this layout"), RESET)):
            action = say(QAction(menu), text=text)
            action.setData(what)
            menu.addAction(action)
        self._own: list[QAction] = []
        self._list()
        chosen = self._layouts().get(window.settings.own_layout)
        data = ARRANGEMENTS[window.settings.layout].data if chosen is None else chosen.data
        window.databar.setVisible(data)
        self._tick()

    def _layouts(self) -> dict[str, OwnLayout]:
        return own_layouts.read(self.window.settings.own_layouts)

    def _list(self) -> None:
        """One entry for each of one's own."""
        menu, group = self.window.menus.submenus["layout"], self.window.menus.groups["layout"]
        for old in self._own:
            group.removeAction(old)
            menu.removeAction(old)
            old.deleteLater()
        self._own = []
        for name in self._layouts():
            action = QAction(name.replace("&", "&&"), menu)
            action.setData(OWN + name)
            action.setCheckable(True)
            group.addAction(action)
            menu.insertAction(self._line, action)
            self._own.append(action)

    @Slot(QAction)
    def choose_action(self, action: QAction) -> None:
        """An entry of the menu."""
        data = str(action.data())
        if data == SAVE:
            self.open_window()
        elif data == RESET:
            own = self.window.settings.own_layout
            self.choose(OWN + own if own in self._layouts() else self.window.settings.layout)
        else:
            self.choose(data)

    def choose(self, name: str) -> None:
        """Rearrange the window."""
        if name.startswith(OWN):
            self._choose_own(name[len(OWN) :])
            return
        window = self.window
        window.settings.own_layout = ""
        window.settings.layout = name
        window.databar.setVisible(ARRANGEMENTS[name].data)
        window.area.reset()
        window.places.arrange(window.size())
        self._tick()

    def _choose_own(self, name: str) -> None:
        window, own = self.window, self._layouts()[name]
        window.settings.own_layout = name
        window.databar.setVisible(own.data)
        panels = PanelLayout.from_text(own.panels, set(window.area.classes))
        if panels is not None:
            window.area.show_layout(panels)
        window.places.put(own.sizes)
        self._tick()

    # --- one's own ---

    @Slot()
    def open_window(self) -> None:
        """Ask for a name."""
        from nnstudio.app.layouts_window import LayoutsWindow

        if self.dialog is None:
            self.dialog = LayoutsWindow(self.window)
            self.dialog.saved.connect(self.save)
            self.dialog.deleted.connect(self.delete)
        self.dialog.show_names(list(self._layouts()))
        self.dialog.name.setText(self.window.settings.own_layout)
        self.dialog.name.selectAll()
        self.dialog.open()
        self.dialog.name.setFocus()

    @Slot(str)
    def save(self, name: str) -> None:
        """Keep the window as it is now under a name."""
        window, name = self.window, " ".join(name.split())
        own = OwnLayout(
            window.area.layout.to_text(), not window.databar.isHidden(), window.places.sizes()
        )
        try:
            kept = own_layouts.with_layout(window.settings.own_layouts, name, own)
        except StudioError as error:
            window.notice.show_error(error)
            return
        window.settings.own_layouts = kept
        window.settings.own_layout = name
        self._changed()
        if self.dialog is not None:
            self.dialog.hide()
        window.notice.show_text(mark("The layout is in the View menu now."), "good")

    @Slot(str)
    def delete(self, name: str) -> None:
        """Forget a layout; what is open stays open."""
        kept = self._layouts()
        kept.pop(name, None)
        self.window.settings.own_layouts = own_layouts.write(kept)
        if self.window.settings.own_layout == name:
            self.window.settings.own_layout = ""
        self._changed()

    def _changed(self) -> None:
        self._list()
        if self.dialog is not None:
            self.dialog.show_names(list(self._layouts()))
        self._tick()

    @Slot()
    def toggle_data(self) -> None:
        """Put the data column away, or bring it back."""
        self.window.databar.setVisible(self.window.databar.isHidden())
        self._tick()

    def _tick(self) -> None:
        settings = self.window.settings
        self.window.actions_by_name["data_column"].setChecked(not self.window.databar.isHidden())
        own = settings.own_layout in self._layouts()
        self.window.menus.tick("layout", OWN + settings.own_layout if own else settings.layout)
