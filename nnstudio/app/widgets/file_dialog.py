"""The dialog for files, the system's own where there is one."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCompleter, QFileDialog, QLineEdit


class FileDialog(QFileDialog):
    """Takes its list of completions along when it goes.

    Qt's own dialog reads folders beside the window, and where a name was given before that was
    done it opened the list over the window that came after, which then never had the keyboard.
    """

    def showEvent(self, event: QShowEvent) -> None:
        self._complete(QCompleter.CompletionMode.PopupCompletion)
        super().showEvent(event)

    def done(self, result: int) -> None:
        """Close, by whatever button."""
        self._complete(QCompleter.CompletionMode.InlineCompletion)
        super().done(result)

    def _complete(self, mode: QCompleter.CompletionMode) -> None:
        for line in self.findChildren(QLineEdit):
            completer = line.completer()
            if completer is None or completer.completionMode() == mode:
                continue
            popup = completer.popup()
            if popup is not None:
                popup.hide()
            completer.setCompletionMode(mode)
