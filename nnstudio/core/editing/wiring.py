"""Wiring: which nodes of a network can be connected, and how. Each edit gives a new Network."""

from __future__ import annotations

import dataclasses
import heapq
from collections.abc import Sequence
from dataclasses import dataclass

from nnstudio.core.contracts import Layer, Shape
from nnstudio.core.editing import mends
from nnstudio.core.network import Network, Node
from nnstudio.core.shapes import shape_text
from nnstudio.core.text import StudioError, mark

#: What can join a second input to a layer that reads one, in the order in which it is offered.
JOINTS = ("Add.v1", "Concatenate.v1", "Multiply.v1", "Average.v1")


def ordered(nodes: Sequence[Node], last: str = "") -> tuple[Node, ...]:
    """The nodes in topological order, as near to the given one as can be.

    ``last`` (or what it leads to) stays at the end: it is the output. Raises ``StudioError`` if
    they form a circle.
    """
    place = {node.id: number for number, node in enumerate(nodes)}
    readers: dict[str, list[str]] = {node.id: [] for node in nodes}
    for node in nodes:
        for name in node.inputs:
            readers[name].append(node.id)
    while last and readers.get(last):
        last = max(readers[last], key=place.__getitem__)
    missing = {node.id: len(set(node.inputs)) for node in nodes}
    ready = [(node.id == last, place[node.id]) for node in nodes if not node.inputs]
    heapq.heapify(ready)
    found: list[Node] = []
    while ready:
        node = nodes[heapq.heappop(ready)[1]]
        found.append(node)
        for name in dict.fromkeys(readers[node.id]):
            missing[name] -= 1
            if not missing[name]:
                heapq.heappush(ready, (name == last, place[name]))
    if len(found) < len(nodes):
        raise StudioError(mark("These connections form a circle."))
    return tuple(found)


def leads_to(network: Network, first: str, second: str) -> bool:
    """Whether the values of one node reach another, directly or through others."""
    reached = {first}
    for node in network.nodes:
        if reached.intersection(node.inputs):
            reached.add(node.id)
    return second in reached


def why_not(network: Network, source: str, target: str) -> StudioError | None:
    """Why a node cannot read another; None if it can."""
    reader, read = network[target].layer, network[source].layer
    names = {"target": reader.label, "source": read.label}
    if source == target:
        return StudioError(mark("A layer cannot read itself."))
    if reader.arity == 0:
        return StudioError(mark("The input reads the data, not a layer."))
    if source in network[target].inputs:
        return StudioError(mark("{target} reads {source} already."), **names)
    if leads_to(network, target, source):
        return StudioError(
            mark("That would be a circle: {source} depends on {target} already."), **names
        )
    return None


def needs_joint(network: Network, target: str) -> bool:
    """Whether a second input of a node must be joined with the one it has."""
    node = network[target]
    return node.layer.arity == 1 and bool(node.inputs)


@dataclass(frozen=True)
class Joint:
    """One way to join a second input: by which layer, why not (None: it fits), and through which
    layer the new input must go first to fit."""

    type_name: str
    label: str
    reason: StudioError | None = None
    projection: Layer | None = None


def joints(network: Network, source: str, target: str) -> list[Joint]:
    """All ways to let a node of one input read another one too; those that fit as they are
    first, in the order of ``JOINTS`` otherwise."""
    old = network.facts[network[target].inputs[0]].shape
    new = network.facts[source].shape
    found = [_joint(name, old, new, network[target].layer) for name in JOINTS]
    if old is not None and new is not None and old != new:
        layer = mends.matching_layer(new, old)
        if layer is not None:
            plain = found[0]
            found[0] = dataclasses.replace(plain, reason=None, projection=layer)
    return found


def _joint(type_name: str, old: Shape | None, new: Shape | None, reader: Layer) -> Joint:
    layer = mends.make(type_name)
    if old is None or new is None:
        reason = StudioError(mark("The shapes are not known: put the faults before it right."))
        return Joint(type_name, layer.label, reason)
    try:
        reader.infer(layer.infer(old, new))
    except StudioError as error:
        return Joint(type_name, layer.label, _shortly(type_name, old, new, error))
    return Joint(type_name, layer.label)


def _shortly(type_name: str, old: Shape, new: Shape, error: StudioError) -> StudioError:
    """Why two shapes cannot be joined, in few words."""
    names = {"first": shape_text(old), "second": shape_text(new)}
    if type_name == "Concatenate.v1":
        if len(old) != len(new) or old[:-1] != new[:-1]:
            return StudioError(
                mark("Only the last axis may differ: {first} and {second}."), **names
            )
    elif old != new:
        return StudioError(mark("The shapes differ: {first} and {second}."), **names)
    return error


def connect(
    network: Network, source: str, target: str, joint: Joint | None = None
) -> tuple[Network, str]:
    """Let a node read another one too, through a joint if it reads one input only; gives the id
    of the joint too (empty without). Raises ``StudioError`` if it cannot be."""
    error = why_not(network, source, target)
    if error is not None:
        raise error.at(target)
    node = network[target]
    nodes = list(network.nodes)
    at = nodes.index(node)
    if not needs_joint(network, target):
        nodes[at] = dataclasses.replace(node, inputs=(*node.inputs, source))
        return Network(ordered(nodes, network.output.id)), ""
    if joint is None:
        joint = next((j for j in joints(network, source, target) if j.reason is None), None)
    if joint is None:
        raise StudioError(
            mark("{layer} reads one layer, and nothing can join the two."), layer=node.layer.label
        ).at(target)
    added: list[Node] = []
    if joint.projection is not None:
        name = network.new_id(joint.projection)
        added.append(Node(name, joint.projection, (source,)))
        source = name
    layer = mends.make(joint.type_name)
    name = network.new_id(layer)
    added.append(Node(name, layer, (node.inputs[0], source)))
    nodes[at : at + 1] = [*added, dataclasses.replace(node, inputs=(name,))]
    return Network(ordered(nodes, network.output.id)), name


def disconnect(network: Network, source: str, target: str) -> Network:
    """Take a link away. A joint that is left with one input goes too."""
    node = network[target]
    left = tuple(name for name in node.inputs if name != source)
    nodes = [dataclasses.replace(n, inputs=left) if n.id == target else n for n in network.nodes]
    changed = Network(tuple(nodes))
    if node.layer.arity == -1 and len(left) == 1:
        return changed.remove([target])
    return changed


def move_between(network: Network, moved: str, source: str, target: str) -> Network:
    """Take a node of one input out of its place and put it on the link from one node to another
    (``target`` empty: after the source, before all its readers)."""
    if moved in (source, target) or network[moved].layer.arity != 1:
        return network
    old = network[moved]
    without = network.remove([moved])
    if source not in without:
        return network
    if not target or source not in without[target].inputs:
        return network.move_after(moved, source)
    nodes: list[Node] = []
    for node in without.nodes:
        if node.id == target:
            inputs = tuple(moved if name == source else name for name in node.inputs)
            nodes += [dataclasses.replace(old, inputs=(source,)),
                      dataclasses.replace(node, inputs=inputs)]  # fmt: skip
        else:
            nodes.append(node)
    return Network(tuple(nodes))
