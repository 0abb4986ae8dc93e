"""What can be done with a panel: export, move, close."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from nnstudio.app.docks.panel_group import PanelGroup
from nnstudio.app.i18n import say
from nnstudio.app.widgets.file_dialog import FileDialog
from nnstudio.core.text import mark, tr

if TYPE_CHECKING:
    from nnstudio.app.docks.panel_area import PanelArea

EXPORTS = {
    "png": mark("Save picture (PNG)…"),
    "svg": mark("Save picture (SVG)…"),
    "csv": mark("Save numbers (CSV)…"),
}
MOVES = {
    "bottom": mark("Move to the bottom"),
    "right": mark("Move to the right column"),
    "floating": mark("Move to a window of its own"),
}


class PanelMenu(QObject):
    """One menu for all panels, opened for the one in front of a group."""

    def __init__(self, area: PanelArea, window: QWidget) -> None:
        super().__init__(area)
        self.area = area
        self.window = window
        self.name = ""
        self.ending = ""
        self.dialog: QFileDialog | None = None
        self.actions: dict[str, QAction] = {}
        self.menu: QMenu | None = None

    def build(self) -> QMenu:
        """The menu, made when it is first wanted."""
        if self.menu is None:
            self.menu = QMenu(self.window)
            for table in (EXPORTS, MOVES, {"close": mark("Close")}):
                for key, text in table.items():
                    action = say(QAction(self.menu), text=text)
                    action.setData(key)
                    self.menu.addAction(action)
                    self.actions[key] = action
                self.menu.addSeparator()
            reset = say(QAction(self.menu), text=mark("All panels as at first"))
            reset.setData("reset")
            self.menu.addAction(reset)
            self.actions["reset"] = reset
            self.menu.triggered.connect(self._do)
        return self.menu

    @Slot(str)
    def open(self, name: str) -> None:
        """Show the menu under the button of the panel's group."""
        menu = self.build()
        self.name = name
        group = self.sender()
        assert isinstance(group, PanelGroup)
        self.actions["csv"].setEnabled(self.area.panel(name).numbers() is not None)
        for place in MOVES:
            alone = group.place == place and len(group.group.names) == 1
            self.actions[place].setEnabled(not alone)
        button = group.more_button
        menu.popup(button.mapToGlobal(QPoint(0, button.height() + 2)))

    @Slot(QAction)
    def _do(self, action: QAction) -> None:
        what = str(action.data())
        if what in MOVES:
            self.area.move_to(self.name, what)
        elif what == "close":
            self.area.set_open(self.name, False)
        elif what == "reset":
            self.area.reset()
        else:
            self.ask(what)

    def ask(self, ending: str) -> None:
        """Ask for a file; the window stays usable meanwhile."""
        self.ending = ending
        if self.dialog is None:
            self.dialog = FileDialog(self.window)
            self.dialog.setModal(False)
            self.dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            self.dialog.fileSelected.connect(self._write)
        self.dialog.setWindowTitle(tr("Save the panel"))
        self.dialog.setDefaultSuffix(ending)
        self.dialog.setNameFilter(f"{ending.upper()} (*.{ending})")
        self.dialog.selectFile(f"{self.name}.{ending}")
        self.dialog.show()

    @Slot(str)
    def _write(self, path: str) -> None:
        if not path.lower().endswith(f".{self.ending}"):
            path += f".{self.ending}"
        self.area.export(self.name, path)
