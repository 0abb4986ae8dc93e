"""A layer's settings side by side, in as many rows as they need."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from nnstudio.app.field_texts import value_text
from nnstudio.app.forms import SpecForm
from nnstudio.app.widgets.combo import HEIGHT, Combo
from nnstudio.app.widgets.flow import FlowLayout
from nnstudio.app.widgets.number_combo import NumberCombo
from nnstudio.core.fields import fields_of
from nnstudio.core.setup import Setup
from nnstudio.core.text import tr

GAP = 10


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


def captioned(label: QLabel, editor: QWidget, parent: QWidget) -> QWidget:
    """A caption above an editor."""
    pair = QWidget(parent)
    column = QVBoxLayout(pair)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    column.addWidget(label)
    column.addWidget(editor)
    return pair


def beside_fields(button: QWidget, parent: QWidget) -> QWidget:
    """A button that stands on one line with editors, under no caption."""
    label = QLabel(parent)
    label.setProperty("role", "caption")
    button.setFixedHeight(HEIGHT)
    return captioned(label, button, parent)


class LayerForm(SpecForm):
    """The form of one layer, or of what several have in common: captions above editors, left to
    right. A form that is a ``guest`` puts its fields into the rows of another."""

    def __init__(
        self,
        spec: Any,
        parent: QWidget | None = None,
        names: Iterable[str] | None = None,
        host: LayerForm | None = None,
    ) -> None:
        self.host = host
        self.pairs: dict[str, QWidget] = {}
        self.mixed: frozenset[str] = frozenset()
        super().__init__(spec, parent, names)
        if host is not None:
            self.hide()  # empty itself, it would lie over the host's first fields

    def _lay_out(self) -> None:
        self.flow: FlowLayout = self.host.flow if self.host is not None else FlowLayout(self, GAP)
        for name, editor in self.editors.items():
            label = self.labels[name]
            label.setProperty("role", "caption")
            editor.setFixedHeight(HEIGHT)
            self.pairs[name] = captioned(label, editor, self.host or self)
            self.flow.addWidget(self.pairs[name])

    def show_values(self, specs: list[Any]) -> None:
        """Show what the given specs hold; where they differ, that they do."""
        self.mixed = frozenset(
            name for name in self.fields if len({repr(getattr(spec, name)) for spec in specs}) > 1
        )
        self.show_spec(specs[0])

    def show_spec(self, spec: Any) -> None:
        """Show values; tells nobody."""
        super().show_spec(spec)
        for name in self.mixed:
            editor = self.editors[name]
            if isinstance(editor, NumberCombo):
                editor.show_mixed()
            elif isinstance(editor, Combo):
                editor.setCurrentIndex(-1)
                editor.setPlaceholderText(tr("mixed"))
            elif isinstance(editor, QCheckBox):
                editor.setCheckState(Qt.CheckState.PartiallyChecked)
            elif isinstance(editor, QLineEdit) and not editor.isModified():
                editor.setText("")
                editor.setPlaceholderText(tr("mixed"))

    def lock(self, name: str, why: str) -> None:
        """Make one field read-only and say why."""
        if name in self.editors:
            self.editors[name].setEnabled(False)
            self.editors[name].setToolTip(why)
