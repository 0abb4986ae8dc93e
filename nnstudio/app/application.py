"""The application: what the system asks of it while it runs.

On macOS a double-click on a document starts no second program: the one that runs is sent a
QFileOpenEvent, and so is one that has just been started for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication


class Application(QApplication):
    """Keeps the files that it was asked to open until a window listens.

    Only events of the application itself come through here: a filter would see every event of
    every widget.
    """

    def __init__(self, arguments: Sequence[str]) -> None:
        super().__init__(list(arguments))
        self._open: Callable[[str], object] | None = None
        self._waiting: list[str] = []

    def listen(self, open_path: Callable[[str], object] | None) -> None:
        """Open files by ``open_path`` from now on, those that wait at once; None ends it."""
        self._open = open_path
        if open_path is not None:
            waiting, self._waiting = self._waiting, []
            for path in waiting:
                open_path(path)

    def event(self, event: QEvent) -> bool:
        """A file to open."""
        if event.type() == QEvent.Type.FileOpen and isinstance(event, QFileOpenEvent):
            path = event.file() or event.url().toLocalFile()
            if path:
                if self._open is None:
                    self._waiting.append(path)
                else:
                    self._open(path)
                event.accept()
                return True
        return bool(super().event(event))
