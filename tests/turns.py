"""Turns of Qt's event loop for programs that are not inside one.

``processEvents`` alone, called from outside any loop, never deletes what ``deleteLater`` was called
for: widgets would pile up that in the studio are gone at once.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication


def turn():
    """Everything that waits, as one turn of a loop does it."""
    QApplication.processEvents()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
