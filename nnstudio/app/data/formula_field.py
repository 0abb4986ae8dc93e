"""A formula for the labels of 2-D points, checked while it is typed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from nnstudio.app.i18n import say
from nnstudio.core.formula import parse
from nnstudio.core.text import StudioError, mark


class FormulaField(QWidget):
    """``changed`` carries every sound formula as it is typed; an unsound one is told below."""

    changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.error: StudioError | None = None
        self.line = QLineEdit(self)
        say(
            self.line,
            name=mark("Formula for the labels"),
            placeholder="sin(x1) * x2 > 0",
            tool_tip=mark(
                "A condition such as x1*x2 > 0 gives two classes, a number such as sin(x1) a "
                "surface. Known are + − * / ^ and functions such as sin, exp, abs and hypot."
            ),
        )
        self.line.textEdited.connect(self._edited)
        self.line.returnPressed.connect(self._edited)
        self.problem = QLabel(self)
        self.problem.setProperty("role", "caption")
        self.problem.setWordWrap(True)
        self.problem.hide()
        title = say(QLabel(self), text=mark("FORMULA"))
        title.setProperty("role", "section")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for part in (title, self.line, self.problem):
            column.addWidget(part)

    def show_formula(self, formula: str) -> None:
        """Show a formula, unless somebody is typing one."""
        if not self.line.hasFocus() and self.line.text() != formula:
            self.line.setText(formula)
            self._tell(None)

    def _tell(self, error: StudioError | None) -> None:
        self.error = error
        self.problem.setText(str(error) if error is not None else "")
        self.problem.setVisible(error is not None)

    def refuse(self, error: StudioError) -> None:
        """Say that a formula that could be read is of no use."""
        self._tell(error)

    @Slot()
    def _edited(self) -> None:
        formula = self.line.text().strip()
        if not formula:
            self._tell(None)
            return
        try:
            parse(formula)
        except StudioError as error:
            self._tell(error)
            return
        self._tell(None)
        self.changed.emit(formula)

    def changeEvent(self, event: QEvent) -> None:
        """The sentence follows the language."""
        if event.type() == QEvent.Type.LanguageChange and self.error is not None:
            self._tell(self.error)
        super().changeEvent(event)
