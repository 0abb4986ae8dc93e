"""Edits of the settings of one layer or several: what they are called, and what they do.

Each change is a function from a setup to a better one, made when it is applied, so that an edit
never works on what is no longer there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nnstudio.app.canvas.layer_form import FieldEdit
from nnstudio.app.document import Name
from nnstudio.app.field_texts import value_text
from nnstudio.core import fields
from nnstudio.core.data import Data
from nnstudio.core.editing.advice import Advice
from nnstudio.core.fitting import fit
from nnstudio.core.network import Learning
from nnstudio.core.setup import Setup
from nnstudio.core.text import StudioError, tr


@dataclass(frozen=True)
class NodeEdit:
    """One edit: its name, the setup after it, and the key under which quick ones become one."""

    name: Name
    after: Setup
    merge: str = ""


def _fitted(setup: Setup, data: Data) -> Setup:
    try:
        return fit(setup, data)
    except StudioError:  # the fault is told on its node
        return setup


def _several(nodes: tuple[str, ...], field: fields.Field, value: Any) -> str:
    return tr(
        "{count} layers: {field} {value}",
        count=len(nodes),
        field=tr(field.label),
        value=value_text(field, value),
    )


def change_field(
    setup: Setup, data: Data, nodes: tuple[str, ...], name: str, value: Any
) -> NodeEdit:
    """Set a field of all given layers; raises ``StudioError`` if the value does not fit one."""
    network = setup.network
    for node in nodes:
        network = network.replace(node, fields.changed(network[node].layer, **{name: value}))
    after = _fitted(setup.with_network(network), data)
    if len(nodes) == 1:
        return NodeEdit(FieldEdit(nodes[0], name), after, f"{nodes[0]}.{name}")
    field = fields.fields_of(setup.network[nodes[0]].layer)[name]
    return NodeEdit(_several(nodes, field, value), after, f"{'+'.join(nodes)}.{name}")


def change_learning(setup: Setup, nodes: tuple[str, ...], name: str, value: Any) -> NodeEdit:
    """Freeze or thaw layers, or give them a learning rate of their own."""
    network = setup.network
    for node in nodes:
        network = network.with_learning(node, **{name: value})
    field = fields.fields_of(Learning)[name]
    if len(nodes) == 1:
        text = tr(
            "{layer}: {field} {value}",
            layer=tr(setup.network[nodes[0]].layer.label),
            field=tr(field.label),
            value=value_text(field, value),
        )
    else:
        text = _several(nodes, field, value)
    return NodeEdit(text, setup.with_network(network), f"{'+'.join(nodes)}.{name}")


def follow(setup: Setup, data: Data, advice: Advice) -> NodeEdit | None:
    """Do what an advice says, if it says what to do."""
    if advice.mend is None:
        return None
    return NodeEdit(advice.mend.name, _fitted(advice.mend(setup), data))
