"""Undoable edits that belong to somebody."""

from __future__ import annotations

import weakref
from typing import Any

from PySide6.QtGui import QUndoCommand


class OwnedCommand(QUndoCommand):
    """An edit that knows its owner weakly: the stack owns its commands and the owner, at some
    remove, the stack, and a circle that only Python's collector can undo has left Qt with commands
    that were gone already."""

    def __init__(self, owner: Any, text: str = "") -> None:
        super().__init__(text)
        self._owner = weakref.ref(owner)

    @property
    def owner(self) -> Any:
        """Whose edit it is; it outlives the stack."""
        found = self._owner()
        assert found is not None
        return found
