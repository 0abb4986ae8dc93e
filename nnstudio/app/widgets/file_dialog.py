"""The dialog for files, the system's own where there is one."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCompleter, QFileDialog, QLineEdit, QWidget

MODES = QCompleter.CompletionMode


class FileDialog(QFileDialog):
    """Takes its list of completions along when it goes.

    Qt's own dialog reads folders beside the window, and where a name was given before that was
    done it opened the list over the window that came after, which then never had the keyboard.
    """

    def __init__(
        self, parent: QWidget | None = None, title: str = "", folder: str = "", names: str = ""
    ) -> None:
        super().__init__(parent, title, folder, names)
        self._gone = QTimer(self)
        self._gone.setSingleShot(True)
        self._gone.setInterval(0)
        self._gone.timeout.connect(self._complete_no_more)

    def showEvent(self, event: QShowEvent) -> None:
        self._gone.stop()
        for completer in self._completers():
            completer.setCompletionMode(MODES.PopupCompletion)
        super().showEvent(event)

    def done(self, result: int) -> None:
        """Close, by whatever button. Enter may have come through a list that shows, which must then
        live until it has done with the key: Qt looks at it once more."""
        hidden = [self._hide_list(completer) for completer in self._completers()]
        if any(hidden):
            self._gone.start()
        else:
            self._complete_no_more()
        super().done(result)

    @Slot()
    def _complete_no_more(self) -> None:
        for completer in self._completers():
            self._hide_list(completer)
            completer.setCompletionMode(MODES.InlineCompletion)

    def _completers(self) -> Iterator[QCompleter]:
        for line in self.findChildren(QLineEdit):
            completer = line.completer()
            if completer is not None:
                yield completer

    def _hide_list(self, completer: QCompleter) -> bool:
        """Tells whether there was one to hide."""
        if completer.completionMode() == MODES.InlineCompletion:
            return False  # that has none, and asking would make one
        popup = completer.popup()
        if popup is None or not popup.isVisible():
            return False
        popup.hide()
        return True
