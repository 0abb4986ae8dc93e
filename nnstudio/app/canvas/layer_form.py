"""A layer's settings side by side, in as many rows as they need."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnstudio.app.field_texts import value_text
from nnstudio.app.forms import SpecForm
from nnstudio.app.widgets.combo import HEIGHT
from nnstudio.app.widgets.flow import FlowLayout
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


class LayerForm(SpecForm):
    """The form of one layer: captions above editors, left to right."""

    def _lay_out(self) -> None:
        self.flow = FlowLayout(self, GAP)
        for name, editor in self.editors.items():
            label = self.labels[name]
            label.setProperty("role", "caption")
            editor.setFixedHeight(HEIGHT)
            pair = QWidget(self)
            column = QVBoxLayout(pair)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(2)
            column.addWidget(label)
            column.addWidget(editor)
            self.flow.addWidget(pair)

    def lock(self, name: str, why: str) -> None:
        """Make one field read-only and say why."""
        if name in self.editors:
            self.editors[name].setEnabled(False)
            self.editors[name].setToolTip(why)
