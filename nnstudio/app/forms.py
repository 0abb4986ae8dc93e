"""A form for the declared fields of any spec: an optimizer, a layer, a data set."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QLineEdit, QWidget

from nnstudio.app.concept_tips import choice_tip
from nnstudio.app.field_texts import choice_text, help_text, label_text
from nnstudio.app.i18n import say
from nnstudio.app.widgets.combo import Combo, fill
from nnstudio.app.widgets.number_combo import NumberCombo
from nnstudio.app.widgets.tick_box import TickBox
from nnstudio.core.fields import Field, fields_of
from nnstudio.core.text import StudioError, mark


def usual_values(field: Field) -> list[float]:
    """Values that a list offers for a number: factors of ten, or even steps over its range."""
    low = field.minimum if field.minimum is not None else 0.0
    high = field.maximum if field.maximum is not None else low + 100
    if field.kind == "integer" and high > 2**16:
        steps = [0] + [n * 10**power for power in range(5) for n in (1, 2, 5)]
        return [n for n in steps if low <= n <= high]
    if field.kind == "integer":
        powers = [0] * (low <= 0) + [2**n for n in range(13)]
        return [n for n in powers if low <= n <= high]
    if field.logarithmic:
        decades = [float(f"1e{n}") for n in range(-10, 3)]
        return [n for n in decades if low <= n <= high][-8:]
    if high <= 1.0:
        tenths = [n / 10 for n in range(10)] + [0.95, 0.99, 0.999, 0.9999]
        return [n for n in tenths if low <= n <= high]
    if high > 1000:
        return [n for n in (0.0, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0) if low <= n]
    return [low + (high - low) * n / 10 for n in range(11)]


class SpecForm(QWidget):
    """One row a field. ``edited(name, value)`` carries checked values, ``refused`` an error."""

    edited = Signal(str, object)
    refused = Signal(object)

    def __init__(
        self, spec: Any, parent: QWidget | None = None, names: Iterable[str] | None = None
    ) -> None:
        """``names`` picks some of the fields; usually all are shown."""
        super().__init__(parent)
        self.spec = spec
        declared = fields_of(spec)
        self.fields = {name: declared[name] for name in (declared if names is None else names)}
        self.editors: dict[str, QWidget] = {}
        self.labels: dict[str, QLabel] = {}
        for name, field in self.fields.items():
            editor = self._editor(name, field)
            editor.setObjectName(name)
            say(editor, name=field.label)
            label = say(QLabel(self), text=field.label)
            label.setBuddy(editor)
            self.labels[name] = label
            self.editors[name] = editor
        self._lay_out()
        self.show_spec(spec)

    def _lay_out(self) -> None:
        """Names left, editors right, the boxes equally wide."""
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        for row, name in enumerate(self.fields):
            grid.addWidget(self.labels[name], row, 0)
            editor = self.editors[name]
            fills = isinstance(editor, (Combo, NumberCombo))
            at = Qt.AlignmentFlag(0) if fills else Qt.AlignmentFlag.AlignRight
            grid.addWidget(editor, row, 1, at)
        grid.setColumnStretch(0, 1)

    def _editor(self, name: str, field: Field) -> QWidget:
        if field.kind in ("integer", "real"):
            words = {0.0: field.zero} if field.zero else None
            number = NumberCombo(field, usual_values(field), words, parent=self)
            number.edited.connect(self._number_edited)
            number.refused.connect(self.refused)
            return number
        if field.kind == "choice":
            combo = Combo(field.label, self)
            combo.activated.connect(self._chosen)
            return combo
        if field.kind == "flag":
            box = TickBox(self)
            box.clicked.connect(self._ticked)
            return box
        line = QLineEdit(self)
        line.setFixedWidth(line.fontMetrics().horizontalAdvance("0") * (9 if field.length else 16))
        if getattr(type(self.spec), name, None) == "":
            say(line, placeholder=mark("None"))
        line.editingFinished.connect(self._typed)
        return line

    def show_spec(self, spec: Any) -> None:
        """Show another spec's values; it has the same fields."""
        self.spec = spec
        for name, field in self.fields.items():
            if self.editors[name].isEnabled():  # what is locked says why
                self.editors[name].setToolTip(help_text(field))
            self.labels[name].setToolTip(help_text(field))
            self.labels[name].setText(label_text(field))
            editor, value = self.editors[name], getattr(spec, name)
            if isinstance(editor, NumberCombo):
                editor.show_value(value)
            elif isinstance(editor, Combo):
                assert field.choices is not None
                keys = list(field.choices())
                if [editor.itemData(row) for row in range(editor.count())] != keys:
                    fill(editor, {key: key for key in keys})
                for row, key in enumerate(keys):
                    editor.setItemText(row, choice_text(field, key))
                    editor.setItemData(row, choice_tip(field, key), Qt.ItemDataRole.ToolTipRole)
                editor.setCurrentIndex(editor.findData(value))
                tip = choice_tip(field, str(value))
                if tip and editor.isEnabled():
                    editor.setToolTip(f"{help_text(field)}\n\n{tip}")
            elif isinstance(editor, QCheckBox):
                editor.setChecked(bool(value))
            elif isinstance(editor, QLineEdit):
                shown = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
                if not editor.isModified():
                    editor.setText(shown)

    def changeEvent(self, event: QEvent) -> None:
        """Choices follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.show_spec(self.spec)
        super().changeEvent(event)

    @Slot(object)
    def _number_edited(self, value: Any) -> None:
        self.edited.emit(self.sender().objectName(), value)

    @Slot(int)
    def _chosen(self, row: int) -> None:
        combo = self.sender()
        assert isinstance(combo, Combo)
        self.edited.emit(combo.objectName(), combo.itemData(row))

    @Slot(bool)
    def _ticked(self, ticked: bool) -> None:
        self.edited.emit(self.sender().objectName(), ticked)

    @Slot()
    def _typed(self) -> None:
        line = self.sender()
        assert isinstance(line, QLineEdit)
        if not line.isModified():
            return
        line.setModified(False)
        name = line.objectName()
        try:
            self.edited.emit(name, self.fields[name].read(line.text()))
        except StudioError as error:
            self.show_spec(self.spec)
            self.refused.emit(error)
