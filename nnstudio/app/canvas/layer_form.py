"""A layer's settings side by side: the common form, laid out across and in the layer's words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from nnstudio.app.canvas.columns import activation_text
from nnstudio.app.forms import SpecForm
from nnstudio.app.widgets.combo import Combo
from nnstudio.core.contracts import Initializer, activations
from nnstudio.core.fields import Field, fields_of
from nnstudio.core.registry import table
from nnstudio.core.setup import Setup
from nnstudio.core.text import mark, tr

#: Options that name no concept of their own.
OPTIONS = (mark("automatic"),)


def choice_text(field: Field, name: str) -> str:
    """The words shown for one option: the field's own, or the label of the concept it names."""
    if name in field.labels:
        return tr(field.labels[name])
    if name in activations():
        return activation_text(name)
    for cls in table(Initializer).values():
        if cls.name == name and cls.label:
            return tr(cls.label)
    return tr(name.replace("_", " "))


def value_text(field: Field, value: Any) -> str:
    """A field's value as a person reads it, such as in the name of an edit."""
    if field.kind == "flag":
        return tr("on") if value else tr("off")
    if field.kind == "choice":
        return choice_text(field, str(value))
    if field.kind == "real":
        return f"{value:.6g}"
    if isinstance(value, (list, tuple)):
        return " × ".join(map(str, value))
    return str(value)


@dataclass(frozen=True)
class FieldEdit:
    """What changing one field of a layer is called: from which value to which."""

    node: str
    field: str

    def __call__(self, before: Setup, after: Setup) -> str:
        """Such as “Dense: Units 8 → 9”."""
        layer = after.network[self.node].layer
        field = fields_of(layer)[self.field]
        return tr(
            "{layer}: {field} {before} → {after}",
            layer=tr(layer.label),
            field=tr(field.label),
            before=value_text(field, getattr(before.network[self.node].layer, self.field)),
            after=value_text(field, getattr(layer, self.field)),
        )


class LayerForm(SpecForm):
    """The form of one layer in two rows: captions above, editors below."""

    def __init__(self, spec: Any, parent: QWidget | None = None) -> None:
        super().__init__(spec, parent)
        grid = self.layout()
        assert isinstance(grid, QGridLayout)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(2)
        labels = self.findChildren(QLabel, options=Qt.FindChildOption.FindDirectChildrenOnly)
        for item in (*labels, *self.editors.values()):
            grid.removeWidget(item)
        for column, (label, editor) in enumerate(zip(labels, self.editors.values(), strict=True)):
            label.setProperty("role", "caption")
            grid.addWidget(label, 0, column)
            grid.addWidget(editor, 1, column, Qt.AlignmentFlag.AlignVCenter)

    def show_spec(self, spec: Any) -> None:
        """Show another spec's values, options by their labels."""
        super().show_spec(spec)
        for name, field in self.fields.items():
            editor = self.editors[name]
            if isinstance(editor, Combo):
                for row in range(editor.count()):
                    editor.setItemText(row, choice_text(field, str(editor.itemData(row))))

    def lock(self, name: str, why: str) -> None:
        """Make one field read-only and say why."""
        if name in self.editors:
            self.editors[name].setEnabled(False)
            self.editors[name].setToolTip(why)
