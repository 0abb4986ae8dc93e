"""Everything that the window can do, in one table: menus, shortcuts and buttons follow from it."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence

from nnstudio.app.entry import Entry
from nnstudio.app.i18n import say
from nnstudio.core.text import mark

TABLE = (
    Entry("open_csv", mark("Open data…"), "open_data", "Ctrl+O"),
    Entry("quit", mark("Quit"), "close", "Ctrl+Q"),
    Entry("undo", mark("Undo"), "undo", "Ctrl+Z"),
    Entry("redo", mark("Redo"), "redo", "Ctrl+Shift+Z"),
    Entry("remove", mark("Remove layer"), "remove_layer", "Del"),
    Entry("move_earlier", mark("Move layer earlier"), "move_earlier", "Ctrl+Left"),
    Entry("move_later", mark("Move layer later"), "move_later", "Ctrl+Right"),
    Entry("play", mark("Play"), "toggle_play", "Space"),
    Entry(
        "reset", mark("Reset"), "reset", "Ctrl+R",
        help=mark("Back to step 0 with the same first weights (Ctrl+R)"),
    ),
    Entry("reset_new", mark("Reset with new weights"), "reset_new", "Ctrl+Shift+R"),
)  # fmt: skip


class Actions(QObject):
    """The table's actions, connected to the methods of ``window`` that it names; features add
    theirs."""

    def __init__(self, window: QObject) -> None:
        super().__init__(window)
        self._by_name: dict[str, QAction] = {}
        self.add_all(TABLE, window)

    def add_all(self, entries: Iterable[Entry], owner: QObject) -> None:
        """Make actions whose slots are methods of ``owner``."""
        for entry in entries:
            self._add(entry, owner)

    def _add(self, entry: Entry, owner: QObject) -> None:
        action = QAction(self)
        action.setObjectName(entry.name)
        say(action, text=entry.text, tool_tip=entry.help or entry.text)
        if entry.shortcut:
            action.setShortcut(QKeySequence(entry.shortcut))
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.setAutoRepeat(entry.name in ("step", "step_epoch", "undo", "redo"))
        action.setCheckable(entry.checkable)
        action.triggered.connect(getattr(owner, entry.slot))
        self._by_name[entry.name] = action

    def __getitem__(self, name: str) -> QAction:
        return self._by_name[name]

    def all(self) -> list[QAction]:
        """Every action."""
        return list(self._by_name.values())
