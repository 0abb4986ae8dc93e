"""The command palette: everything that the window can do, found by typing (Ctrl+K)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from nnstudio.app.entry import Entry
from nnstudio.app.feature import Feature, feature
from nnstudio.core.text import mark

if TYPE_CHECKING:
    from nnstudio.app.palettes.command_box import CommandBox
    from nnstudio.app.palettes.command_list import Command

#: How many commands are remembered.
REMEMBERED = 12


@feature
class CommandPalette(Feature):
    """One box, made when it is first asked for."""

    name = "command-palette"
    order = 990
    entries = (
        Entry("commands", mark("Find a command…"), "open_box", "Ctrl+K", menu="Help",
              help=mark("Everything that the window can do, found by typing (Ctrl+K)")),
    )  # fmt: skip

    box: CommandBox | None = None

    @Slot()
    def open_box(self) -> None:
        """Show everything that can be done now; once more closes it."""
        from nnstudio.app.palettes.command_box import CommandBox
        from nnstudio.app.palettes.command_list import commands

        if self.box is None:
            self.box = CommandBox(self.window)
            self.box.chosen.connect(self._run)
        if not self.box.isHidden():
            self.box.close_popup()
            return
        known = [one for one in commands(self.window) if one.key != "Find a command…"]
        self.box.open_with(known, self.window.settings.recent_commands.splitlines())

    @Slot(object)
    def _run(self, command: Command) -> None:
        recent = [key for key in self.window.settings.recent_commands.splitlines() if key]
        newest = [command.key, *(key for key in recent if key != command.key)]
        self.window.settings.recent_commands = "\n".join(newest[:REMEMBERED])
        command.run()
