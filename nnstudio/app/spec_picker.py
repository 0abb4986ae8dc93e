"""Choosing an optimizer, a loss or a schedule: what each one does, and its own settings."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtWidgets import QFrame, QWidget

from nnstudio.app.forms import SpecForm
from nnstudio.app.widgets.popup import ChoiceRow, PopupBox
from nnstudio.core import fields, registry
from nnstudio.core.text import tr

#: Letters of a name that is short.
SHORT = 14


class SpecPicker(PopupBox):
    """A box whose popup lists the concepts of one contract, with a form for the chosen one.

    ``edited`` carries the new spec, ``refused`` a ``StudioError``.
    """

    edited = Signal(object)
    refused = Signal(object)

    def __init__(self, contract: type, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.contract = contract
        self.spec: Any = None
        self.classes = list(registry.table(contract).values())
        # Short names get room for the longest, so that nothing moves; long ones for themselves.
        self.widest = [cls.label for cls in self.classes if len(cls.label) <= SHORT]
        self.rows: dict[str, ChoiceRow] = {}
        self._memory: dict[str, Any] = {}
        for cls in self.classes:
            row = ChoiceRow(cls.type_name, cls.label, cls.help, self.popup)
            row.setObjectName(cls.type_name)
            row.clicked.connect(self._picked)
            self.rows[cls.type_name] = row
            self.popup.column.addWidget(row)
        self.popup.column.setSpacing(2)
        self.line = QFrame(self.popup)
        self.line.setObjectName("line")
        self.line.setFixedHeight(1)
        self.popup.column.addSpacing(4)
        self.popup.column.addWidget(self.line)
        self.popup.column.addSpacing(4)
        self.form: SpecForm | None = None

    def offer(self, task: str) -> None:
        """List only what suits a kind of problem (losses)."""
        for cls in self.classes:
            tasks = getattr(cls, "tasks", ())
            self.rows[cls.type_name].setVisible(not tasks or task in tasks)

    def show_spec(self, spec: Any) -> None:
        """Show what is chosen now; tells nobody."""
        if spec is None:
            self.show_text("")
            return
        same_class = self.spec is not None and type(self.spec) is type(spec)
        self.spec = spec
        self._memory[spec.type_name] = spec
        self.show_text(tr(spec.label))
        self.rows[spec.type_name].setChecked(True)
        if same_class:
            if self.form is not None:
                self.form.show_spec(spec)
            return
        if self.form is not None:
            self.form.hide()
            self.form.deleteLater()
            self.form = None
        has_form = bool(fields.fields_of(spec))
        self.line.setVisible(has_form)
        if has_form:
            self.form = SpecForm(spec, self.popup)
            self.form.edited.connect(self._field_edited)
            self.form.refused.connect(self.refused)
            self.popup.column.addWidget(self.form)
            self.form.show()
        if self.popup.isVisible():
            self.popup.adjustSize()

    @Slot()
    def _picked(self) -> None:
        cls = registry.find(self.contract, self.sender().objectName())
        if self.spec is not None and type(self.spec) is cls:
            return
        # Settings made before on the same optimizer come back with it.
        self.edited.emit(self._memory.get(cls.type_name) or cls())

    @Slot(str, object)
    def _field_edited(self, name: str, value: Any) -> None:
        self.edited.emit(fields.changed(self.spec, **{name: value}))

    def changeEvent(self, event: QEvent) -> None:
        """The label follows the language."""
        if event.type() == QEvent.Type.LanguageChange and self.spec is not None:
            self.show_text(tr(self.spec.label))
            self.updateGeometry()
        super().changeEvent(event)
