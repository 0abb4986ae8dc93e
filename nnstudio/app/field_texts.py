"""How the values of declared fields are written for people."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from nnstudio.app.widgets.slider import plain_number
from nnstudio.core.contracts import activations, initializers
from nnstudio.core.fields import Field
from nnstudio.core.text import language, tr


def activation_text(name: str) -> str:
    """An activation as formulas write it: ``tanh``, ``ReLU``; any other name as it is."""
    return _activation_text(name, language())


@lru_cache(maxsize=512)
def _activation_text(name: str, _language: str) -> str:
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
    if field.zero and value == 0:
        return tr(field.zero)
    if field.kind == "choice":
        return choice_text(field, str(value))
    if field.kind == "real":
        return plain_number(float(f"{value:.6g}"))
    if isinstance(value, (list, tuple)):
        return " × ".join(map(str, value))
    return str(value)


def label_text(field: Field) -> str:
    """What a field is called, with its unit: “Autosave (seconds)”."""
    if not field.unit:
        return tr(field.label)
    return tr("{label} ({unit})", label=tr(field.label), unit=tr(field.unit))


def range_text(field: Field) -> str:
    """Which numbers fit, such as “1 to 65536”; empty if all do."""
    low, high = field.minimum, field.maximum
    if low is not None and high is not None:
        return tr("{low} to {high}", low=plain_number(low), high=plain_number(high))
    if low is not None:
        return tr("from {low}", low=plain_number(low))
    return tr("up to {high}", high=plain_number(high)) if high is not None else ""


def help_text(field: Field) -> str:
    """What a field means, and below it its formula and which numbers fit."""
    lines = [tr(field.help) if field.help else "", field.formula, range_text(field)]
    return "\n".join(line for line in lines if line)
