"""Edits of the network as the canvas makes them: each gives a new Setup, fitted to the data."""

from __future__ import annotations

import math
from typing import Any

from nnstudio.core import fields, registry
from nnstudio.core.contracts import Layer
from nnstudio.core.data import Data
from nnstudio.core.fitting import fit
from nnstudio.core.joining import insert_merge
from nnstudio.core.network import Network
from nnstudio.core.setup import Setup
from nnstudio.core.text import StudioError


def _fitted(setup: Setup, network: Network, data: Data) -> Setup:
    try:
        return fit(setup.with_network(network), data)
    except StudioError:  # the fault is told on its node
        return setup.with_network(network)


def is_movable(network: Network, node_id: str | None) -> bool:
    """Whether a layer may be moved or removed: all but the input and the output."""
    return (
        node_id is not None
        and node_id in network
        and node_id not in (network.input.id, network.output.id)
    )


def place_for(network: Network, selected: str | None) -> str:
    """The node after which a new layer goes: the selected one, or the one before the output."""
    order = [node.id for node in network.nodes]
    if selected in order and selected != network.output.id:
        return str(selected)
    return order[-2] if len(order) > 1 else order[0]


def insert(setup: Setup, data: Data, after: str, type_name: str) -> tuple[Setup, str]:
    """Put a new layer after a node, never after the output; gives its id too."""
    network = setup.network
    if after == network.output.id and len(network.nodes) > 1:
        after = place_for(network, None)
    layer: Layer = registry.find(Layer, type_name)()
    declared = fields.fields_of(layer)
    if "activation" in declared and "units" in declared:
        layer = fields.changed(layer, activation=_usual_activation(network, data))
    join = insert_merge if layer.arity == -1 else Network.insert_after
    changed, new_id = join(network, after, layer)
    return _fitted(setup, changed, data), new_id


def _usual_activation(network: Network, data: Data) -> str:
    """What the hidden layers use already; tanh draws smooth pictures of the plane."""
    for node in reversed(network.nodes[:-1]):
        name = getattr(node.layer, "activation", None)
        if name and name != "linear":
            return str(name)
    return "tanh" if data.plane is not None else "relu"


def remove(setup: Setup, data: Data, node_id: str) -> Setup:
    """Take a layer out; the chain heals."""
    if not is_movable(setup.network, node_id):
        return setup
    return _fitted(setup, setup.network.remove([node_id]), data)


def move(setup: Setup, data: Data, node_id: str, delta: int) -> Setup:
    """Move a layer by some places, within input and output."""
    order = [node.id for node in setup.network.nodes]
    if not is_movable(setup.network, node_id):
        return setup
    here = order.index(node_id)
    there = min(max(here + delta, 1), len(order) - 2)
    if there == here:
        return setup
    target = order[there - 1] if there < here else order[there]
    return move_after(setup, data, node_id, target)


def move_after(setup: Setup, data: Data, node_id: str, target: str) -> Setup:
    """Put a layer after another one, never after the output."""
    network = setup.network
    if not is_movable(network, node_id) or target == network.output.id:
        return setup
    if network[node_id].inputs == (target,):
        return setup
    return _fitted(setup, network.move_after(node_id, target), data)


def unit_step(units: int) -> int:
    """How many units one press of + adds: 1 up to 16, then an eighth of the power of two."""
    return 1 if units < 16 else 2 ** (int(math.log2(units)) - 3)


def with_more_units(units: int, direction: int, least: int = 1, most: int = 65536) -> int:
    """The number of units after one press of + or −; a − takes back what a + gave."""
    step = unit_step(units) if direction > 0 else unit_step(max(1, units - 1))
    return int(min(max(units + direction * step, least), most))


def change_units(setup: Setup, data: Data, node_id: str, direction: int) -> Setup:
    """One press of + (1) or − (−1)."""
    layer = setup.network[node_id].layer
    field = fields.fields_of(layer).get("units")
    if field is None or node_id == setup.network.output.id:
        return setup
    now: int = layer.units  # type: ignore[attr-defined]
    units = with_more_units(now, direction, int(field.minimum or 1), int(field.maximum or 65536))
    return change_field(setup, data, node_id, "units", units)


def change_field(setup: Setup, data: Data, node_id: str, name: str, value: Any) -> Setup:
    """Set one field of a layer; raises ``StudioError`` if the value does not fit."""
    node = setup.network[node_id]
    layer = fields.changed(node.layer, **{name: value})
    if layer == node.layer:
        return setup
    return _fitted(setup, setup.network.replace(node_id, layer), data)
