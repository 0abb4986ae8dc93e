"""Where the keyboard was before a popup took it."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid


class WayBack:
    """Remembers who had the keyboard when a popup opened, and gives it back when it closes."""

    def __init__(self, popup: QWidget) -> None:
        self.popup = popup
        self.before: QWidget | None = None

    def remember(self) -> None:
        """The popup is about to take the keyboard."""
        self.before = QApplication.focusWidget()

    def is_open(self) -> bool:
        """Whether the popup has the keyboard now; if not, nobody wants it back."""
        inside = QApplication.focusWidget() or self.popup
        return not self.popup.isHidden() and self.popup.isAncestorOf(inside)

    def go(self) -> None:
        """Give the keyboard back, to who may be gone by now."""
        before, self.before = self.before, None
        if before is not None and isValid(before):
            before.setFocus()
