"""What a concept is, for a tool tip: its name, its formula, and a plain sentence."""

from __future__ import annotations

from typing import Any

from nnstudio.core.contracts import activations, initializers
from nnstudio.core.fields import Field
from nnstudio.core.metrics import METRICS
from nnstudio.core.text import tr


def concept_tip(concept: Any) -> str:
    """Name, formula and help of a layer, loss, optimizer, schedule, initializer or metric, a line
    each."""
    return "\n".join(tr(text) for text in (concept.label, concept.formula, concept.help) if text)


def concept_of(field: Field, name: str) -> Any:
    """What one option of a choice stands for, if it is a concept of its own; else None."""
    if name in METRICS and METRICS[name].label == field.labels.get(name):
        return METRICS[name]
    if name in field.labels:
        return None
    return activations().get(name) or initializers().get(name)


def choice_tip(field: Field, name: str) -> str:
    """The tip of one option; empty if its name says all."""
    found = concept_of(field, name)
    return concept_tip(found) if found is not None else ""
