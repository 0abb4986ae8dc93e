"""The document: one immutable Setup, its data, and the undo stack. Views listen to ``changed``.

There is one undo command for every edit: it swaps the setup (and its data) before and after.
Edits with the same non-empty ``merge`` key that follow each other within a moment become one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from nnstudio.app.owned_command import OwnedCommand
from nnstudio.app.selection import Selection
from nnstudio.core.data import Data
from nnstudio.core.setup import Setup
from nnstudio.core.shapes import is_within

MERGE_SECONDS = 1.5

#: What an edit is called: a text, or a function of the setups before and after it, so that merged
#: edits are called after the whole way.
Name = str | Callable[[Setup, Setup], str]

#: Where one number of a parameter is: node id, parameter name, index.
Place = tuple[str, str, tuple[int, ...]]


class _Swap(OwnedCommand):
    """Put one setup in place of another."""

    def __init__(
        self,
        document: Document,
        name: Name,
        before: tuple[Setup, Data],
        after: tuple[Setup, Data],
        merge: str,
    ) -> None:
        super().__init__(document)
        self.name = name
        self.before = before
        self.after = after
        self.merge_key = merge
        self.made = time.monotonic()
        self._show_name()

    def _show_name(self) -> None:
        name = self.name
        self.setText(name if isinstance(name, str) else name(self.before[0], self.after[0]))

    def redo(self) -> None:
        self.owner._put(*self.after)

    def undo(self) -> None:
        self.owner._put(*self.before)

    def id(self) -> int:
        return 1 if self.merge_key else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _Swap) or other.merge_key != self.merge_key:
            return False
        if other.made - self.made > MERGE_SECONDS:
            return False
        self.after = other.after
        self.made = other.made
        self.name = other.name
        self._show_name()
        self.setObsolete(self.before[0] == self.after[0])
        return True


class _SetWeight(OwnedCommand):
    """Set one number of a parameter by hand."""

    def __init__(self, document: Document, text: str, place: Place, before: float, after: float):
        super().__init__(document, text)
        self.place = place
        self.before = before
        self.after = after
        self.made = time.monotonic()

    def redo(self) -> None:
        self.owner.come_back()
        self.owner.weight_changed.emit(*self.place, self.after)

    def undo(self) -> None:
        self.owner.come_back()
        self.owner.weight_changed.emit(*self.place, self.before)

    def id(self) -> int:
        return 2

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _SetWeight) or other.place != self.place:
            return False
        if other.made - self.made > MERGE_SECONDS:
            return False
        self.after = other.after
        self.made = other.made
        return True


class Document(QObject):
    """What the window shows and edits."""

    #: (before, after): two Setups; data may have changed with them.
    changed = Signal(object, object)
    #: (node id, parameter name, index, value): a number was set by hand, or set back by undo.
    weight_changed = Signal(str, str, object, float)
    #: An edit was tried while an earlier moment is shown; it was not made.
    past_edited = Signal()
    #: Somebody wants to go on with a run (its number).
    run_wanted = Signal(int)
    #: Somebody wants to look at a step of the run.
    step_wanted = Signal(int)
    #: The present shows, or goes on showing.
    came_back = Signal()

    def __init__(self, setup: Setup, data: Data, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setup = setup
        self.data = data
        self.title = ""  # the file's name, once there is one
        self.selection = Selection(setup, data, self)
        #: While an earlier moment is shown, and while runs are switched: ``changed`` then tells
        #: views what to show, and the engine nothing.
        self.travels = False
        self._present: tuple[Setup, Data] | None = None
        self.stack = QUndoStack(self)  # without limit: everything undoes, to the start

    def edit(self, name: Name, after: Setup, *, data: Data | None = None, merge: str = "") -> None:
        """Make an edit that can be undone; ``name`` is what the Edit menu calls it.

        ``data`` comes along when the edit changes the data set. An edit that changes nothing is
        dropped.
        """
        if after == self.setup and data is None:
            return
        if self._refuse():
            return
        here = (self.setup, self.data)
        there = (after, data if data is not None else self.data)
        self.stack.push(_Swap(self, name, here, there, merge))

    def open(self, setup: Setup, data: Data, title: str = "") -> None:
        """Put other work in place of all of this; its edits begin anew."""
        self.come_back()
        self.title = title
        self._put(setup, data)
        self.stack.clear()

    def edit_weight(
        self, text: str, node: str, name: str, index: tuple[int, ...], value: float, before: float
    ) -> None:
        """Set one number of a parameter by hand, in a way that can be undone; one that the network
        has no more is left alone."""
        place = (node, name, index)
        if value != before and self.has_number(*place) and not self._refuse():
            self.stack.push(_SetWeight(self, text, place, before, value))

    def edit_weights(self, text: str, changes: Iterable[tuple[Place, float, float]]) -> bool:
        """Set several numbers, (place, before, value), as one edit; those that the network has no
        more are left alone. Whether anything was set."""
        there = [c for c in changes if self.has_number(*c[0]) and c[1] != c[2]]
        if not there or self._refuse():
            return False
        self.stack.beginMacro(text)
        for place, before, value in there:
            self.stack.push(_SetWeight(self, text, place, before, value))
        self.stack.endMacro()
        return True

    def has_number(self, node: str, name: str, index: tuple[int, ...]) -> bool:
        """Whether the network has this number of a parameter."""
        facts = self.setup.network.facts.get(node)
        for parameter in facts.parameters if facts is not None else ():
            if parameter.name == name:
                return is_within(index, parameter.shape)
        return False

    # --- other times ---

    @property
    def present(self) -> tuple[Setup, Data]:
        """What is trained, whatever moment is shown."""
        return self._present if self._present is not None else (self.setup, self.data)

    def look(self, setup: Setup, data: Data) -> None:
        """Show an earlier moment's setup; nothing can be edited until ``come_back``."""
        if self._present is None:
            self._present = (self.setup, self.data)
        self.travels = True
        if setup != self.setup or data is not self.data:
            self._set(setup, data)

    def come_back(self) -> None:
        """Show the present again; an earlier moment that is still being made will not show."""
        if self._present is not None:
            setup, data = self._present
            self._present = None
            if setup != self.setup or data is not self.data:
                self._set(setup, data)
            self.travels = False
        self.came_back.emit()

    def switch(self, setup: Setup, data: Data) -> None:
        """Show another run's setup, which the engine knows already."""
        self.come_back()
        self.travels = True
        self._set(setup, data)
        self.travels = False

    def open_setup(self, setup: Setup, data: Data) -> None:
        """Put a setup in place and tell the engine, as an undone edit does."""
        self._put(setup, data)

    def _refuse(self) -> bool:
        """Whether an edit is impossible, because what shows is past."""
        if self._present is None:
            return False
        self._set(self.setup, self.data)  # fields show again what is so
        self.past_edited.emit()
        return True

    def _put(self, setup: Setup, data: Data) -> None:
        self.come_back()
        self._set(setup, data)

    def _set(self, setup: Setup, data: Data) -> None:
        before = self.setup
        self.setup = setup
        self.data = data
        self.selection.adopt(setup, data)
        self.changed.emit(before, setup)
