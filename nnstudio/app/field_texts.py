"""How the values of declared fields are written for people."""

from __future__ import annotations

from typing import Any

from nnstudio.app.widgets.slider import plain_number
from nnstudio.core.contracts import activations, initializers
from nnstudio.core.fields import Field
from nnstudio.core.text import tr


def activation_text(name: str) -> str:
    """An activation as formulas write it: ``tanh``, ``ReLU``; any other name as it is."""
    found = activations().get(name)
    text = tr(found.label) if found is not None else tr(name)
    return text if any(letter.isupper() for letter in text[1:]) else text.lower()


def choice_text(field: Field, name: str) -> str:
    """The words shown for one option: the field's own, or the label of the concept it names."""
    if name in field.labels:
        return tr(field.labels[name])
    if name in activations():
        return activation_text(name)
    initializer = initializers().get(name)
    return tr(initializer.label) if initializer is not None else tr(name.replace("_", " "))


def value_text(field: Field, value: Any) -> str:
    """A field's value as a person reads it, such as in the name of an edit."""
    if field.kind == "flag":
        return tr("on") if value else tr("off")
    if field.kind == "choice":
        return choice_text(field, str(value))
    if field.kind == "real":
        return plain_number(float(f"{value:.6g}"))
    if isinstance(value, (list, tuple)):
        return " × ".join(map(str, value))
    return str(value)
