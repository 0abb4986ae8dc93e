"""A quiet button that unfolds what is seldom needed, and folds it again."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Slot
from PySide6.QtWidgets import QToolButton, QWidget

from nnstudio.app.i18n import say
from nnstudio.app.widgets.combo import HEIGHT
from nnstudio.core.text import mark


class FoldButton(QToolButton):
    """Checked: unfolded."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "flat")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.toggled.connect(self._say)
        self._say()

    @Slot()
    def _say(self) -> None:
        text = mark("Less") if self.isChecked() else mark("More…")
        say(self, text=text, name=text, tool_tip=mark("Settings that are seldom changed"))

    def sizeHint(self) -> QSize:
        """As high as a field."""
        return QSize(super().sizeHint().width(), HEIGHT)

    def changeEvent(self, event: QEvent) -> None:
        """Its width follows the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.updateGeometry()
        super().changeEvent(event)
