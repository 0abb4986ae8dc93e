"""Edits of the network as the canvas makes them: each gives a new Setup, fitted to the data."""

from __future__ import annotations

import math
from typing import Any

from nnstudio.app.canvas.columns import ends_in_output
from nnstudio.core import fields, registry
from nnstudio.core.contracts import Layer
from nnstudio.core.data import Data
from nnstudio.core.editing import fragments, wiring
from nnstudio.core.editing.advice import advise
from nnstudio.core.editing.fragments import Fragment
from nnstudio.core.editing.joining import insert_merge, partner
from nnstudio.core.editing.mends import insert_between
from nnstudio.core.editing.wiring import Joint
from nnstudio.core.fitting import fit
from nnstudio.core.network import Network
from nnstudio.core.setup import Setup
from nnstudio.core.text import StudioError


def _fitted(setup: Setup, network: Network, data: Data) -> Setup:
    try:
        return fit(setup.with_network(network), data)
    except StudioError:  # the fault is told on its node
        return setup.with_network(network)


def is_movable(network: Network, node_id: str | None, data: Data | None = None) -> bool:
    """Whether a layer may be moved or removed: all but the input and the output."""
    if node_id is None or node_id not in network or node_id == network.input.id:
        return False
    return node_id != network.output.id or _is_open(network, data)


def _is_open(network: Network, data: Data | None) -> bool:
    """Whether the network has no output yet, so that layers are added at its end."""
    return len(network.nodes) == 1 or (data is not None and not ends_in_output(network, data))


def place_for(network: Network, selected: str | None, data: Data | None = None) -> str:
    """The node after which a new layer goes: the selected one, else the one before the output, or
    the last one if there is no output yet."""
    order = [node.id for node in network.nodes]
    is_open = _is_open(network, data)
    if selected in order and (is_open or selected != network.output.id):
        return str(selected)
    return order[-1] if is_open else order[-2]


def insert(
    setup: Setup, data: Data, after: str, type_name: str, before: str = ""
) -> tuple[Setup, str]:
    """Put a new layer after a node (on the link to ``before``, if one is named), never after the
    output; gives its id too."""
    network = setup.network
    if after == network.output.id or after not in network:
        after = place_for(network, None, data)
    layer: Layer = registry.find(Layer, type_name)()
    declared = fields.fields_of(layer)
    if "activation" in declared and "units" in declared:
        is_last = after == network.output.id  # a Dense layer at an open end is the output
        name = _final_activation(data) if is_last else _usual_activation(network, data)
        layer = fields.changed(layer, activation=name)
    if before in network and after in network[before].inputs:
        new_id = network.new_id(layer)
        changed = insert_between(network, after, before, layer)
        other = partner(network, after, layer) if layer.arity == -1 else None
        if other is not None:
            changed = changed.with_inputs(new_id, (after, other))
    else:
        join = insert_merge if layer.arity == -1 else Network.insert_after
        changed, new_id = join(network, after, layer)
    return _fitted(setup, changed, data), new_id


def paste(
    setup: Setup, data: Data, fragment: Fragment, after: str, before: str = ""
) -> tuple[Setup, tuple[str, ...]]:
    """Put copied layers after a node (on the link to ``before``); gives their ids too."""
    network = setup.network
    if after not in network or (after == network.output.id and not _is_open(network, data)):
        after = place_for(network, None, data)
    if before not in network or after not in network[before].inputs:
        before = ""
    changed, ids = fragments.paste(network, fragment, after, before)
    return _fitted(setup, changed, data), ids


def connect(
    setup: Setup, data: Data, source: str, target: str, joint: Joint | None = None
) -> tuple[Setup, str]:
    """Let a layer read another one too; gives the id of the layer that joins them, if any."""
    changed, new_id = wiring.connect(setup.network, source, target, joint)
    return _fitted(setup, changed, data), new_id


def disconnect(setup: Setup, data: Data, source: str, target: str) -> Setup:
    """Take a link away."""
    return _fitted(setup, wiring.disconnect(setup.network, source, target), data)


def move_between(setup: Setup, data: Data, node_id: str, source: str, target: str) -> Setup:
    """Put a layer on the link between two others."""
    if not is_movable(setup.network, node_id, data):
        return setup
    return _fitted(setup, wiring.move_between(setup.network, node_id, source, target), data)


def mend(setup: Setup, data: Data, node_id: str, *, fault: bool) -> tuple[str, Setup]:
    """What the first mend of a node is called, and the setup after it."""
    for advice in advise(setup, data):
        if advice.node == node_id and advice.is_fault == fault and advice.mend is not None:
            after = advice.mend(setup)
            return advice.mend.name, _fitted(after, after.network, data)
    return "", setup


def emptied(setup: Setup) -> Setup:
    """The same with nothing but the input: an empty canvas."""
    return setup.with_network(Network((setup.network.input,)))


def _final_activation(data: Data) -> str:
    """What the output of a network for such data ends in."""
    if data.task == "regression":
        return "linear"
    return "sigmoid" if data.outputs == 1 else "softmax"


def _usual_activation(network: Network, data: Data) -> str:
    """What the hidden layers use already; tanh draws smooth pictures of the plane."""
    for node in reversed(network.nodes[:-1]):
        name = getattr(node.layer, "activation", None)
        if name and name != "linear":
            return str(name)
    return "tanh" if data.plane is not None else "relu"


def remove(setup: Setup, data: Data, *node_ids: str) -> Setup:
    """Take layers out; the chain heals. A joint that is left with one input goes too."""
    gone = [name for name in node_ids if is_movable(setup.network, name, data)]
    if not gone:
        return setup
    before = setup.network
    network = before.remove(gone)
    for node in list(network.nodes):
        joined = node.layer.arity == -1 and len(node.inputs) == 1
        if joined and len(before[node.id].inputs) > 1 and node.id != network.output.id:
            network = network.remove([node.id])
    return _fitted(setup, network, data)


def move(setup: Setup, data: Data, node_id: str, delta: int) -> Setup:
    """Move a layer by some places, within input and output."""
    order = [node.id for node in setup.network.nodes]
    if not is_movable(setup.network, node_id, data):
        return setup
    here = order.index(node_id)
    last = len(order) - (1 if _is_open(setup.network, data) else 2)
    there = min(max(here + delta, 1), last)
    if there == here:
        return setup
    target = order[there - 1] if there < here else order[there]
    if there == len(order) - 1 and setup.network.is_chain():
        return _fitted(setup, setup.network.move_after(node_id, target), data)
    return move_after(setup, data, node_id, target)


def move_after(setup: Setup, data: Data, node_id: str, target: str) -> Setup:
    """Put a layer after another one, never after the output."""
    network = setup.network
    if not is_movable(network, node_id, data) or target == network.output.id:
        return setup
    if network[node_id].layer.arity != 1:
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
