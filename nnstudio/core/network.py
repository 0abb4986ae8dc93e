"""The Network: an immutable directed acyclic graph of layers with stable ids.

An edit returns a new Network and never changes the old one, so undo is "put the old one back".
Ids survive edits: a canvas, a form and the engine match nodes by id, and training keeps every
parameter whose shape survives. Shape inference is pure and instant; what is wrong is reported on
the node that is wrong.

Shapes are those of one example, without the batch: ``(features,)``, ``(height, width, channels)``.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from nnstudio.core import fields, registry
from nnstudio.core.contracts import Layer, Parameter, Shape
from nnstudio.core.fields import flag, real
from nnstudio.core.text import StudioError, mark

MOST_NODES = 1000
#: Letters of a block's name.
MOST_NAME = 60


@dataclass(frozen=True)
class Node:
    """One layer in its place: ``inputs`` are the ids of the nodes that it reads, in order.

    A ``frozen`` node's parameters never change; those of others learn at the learning rate times
    ``rate_factor``. Nodes of the same ``block``, if it has a name, are shown as one.
    """

    id: str
    layer: Layer
    inputs: tuple[str, ...] = ()
    frozen: bool = False
    rate_factor: float = 1.0
    block: str = ""


@dataclass(frozen=True)
class Learning:
    """How a node learns: what forms and files hold beside its layer."""

    frozen: bool = flag(False, label=mark("Frozen"), help=mark("Its weights never change."))
    rate_factor: float = real(
        1.0, minimum=0.0, maximum=1000.0, label=mark("Learning-rate factor"),
        help=mark("The layer learns at the learning rate times this."),
    )  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """What inference found for one node: shapes and costs, or what is wrong with it."""

    shape: Shape | None
    error: StudioError | None = None
    input_shapes: tuple[Shape, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    flops: int = 0

    @property
    def parameter_count(self) -> int:
        """How many numbers the node learns or keeps."""
        return sum(p.size for p in self.parameters)


def _check_arity(layer: Layer, count: int) -> None:
    """Refuse one input too many or too few; layers of any number check for themselves."""
    if layer.arity == 1 and count > 1:
        raise StudioError(
            mark(
                "{layer} reads one layer, but {count} are connected to it. Join them before it, "
                "for example with Add or Concatenate."
            ),
            layer=layer.label,
            count=count,
        )
    if layer.arity == 1 and count == 0:
        raise StudioError(mark("{layer} reads nothing. Connect a layer to it."), layer=layer.label)
    if layer.arity == 0 and count:
        raise StudioError(mark("{layer} cannot read other layers."), layer=layer.label)


def _facts_of(layer: Layer, shapes: tuple[Shape, ...]) -> Facts:
    """What a layer makes of inputs; an edit leaves most layers as they are, so each keeps its own.
    Raises ``StudioError``."""
    kept: tuple[tuple[Shape, ...], Facts] | None = vars(layer).get("_facts")
    if kept is not None and kept[0] == shapes:
        return kept[1]
    _check_arity(layer, len(shapes))
    made = Facts(
        layer.infer(*shapes), None, shapes, layer.parameters(*shapes), layer.flops(*shapes)
    )
    vars(layer)["_facts"] = (shapes, made)
    return made


@dataclass(frozen=True)
class Network:
    """Nodes in topological order: the input first, the output last."""

    nodes: tuple[Node, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what is no graph: unknown or later inputs (a cycle), ids given twice."""
        seen: set[str] = set()
        for node in self.nodes:
            for name in node.inputs:
                if name not in seen:
                    raise StudioError(
                        mark("“{layer}” reads “{name}”, which does not come before it."),
                        layer=node.id,
                        name=name,
                    ).at(node.id)
            if node.id in seen:
                raise StudioError(mark("Two layers are called “{name}”."), name=node.id)
            seen.add(node.id)

    # --- reading ---

    @cached_property
    def _by_id(self) -> dict[str, Node]:
        return {node.id: node for node in self.nodes}

    def __contains__(self, node_id: str) -> bool:
        return node_id in self._by_id

    def __getitem__(self, node_id: str) -> Node:
        return self._by_id[node_id]

    @property
    def input(self) -> Node:
        """The node that stands for the data."""
        return self.nodes[0]

    @property
    def output(self) -> Node:
        """The node whose values are the prediction: the last one."""
        return self.nodes[-1]

    def consumers(self, node_id: str) -> tuple[Node, ...]:
        """The nodes that read a node."""
        return tuple(node for node in self.nodes if node_id in node.inputs)

    def upto(self, node_id: str) -> Network:
        """The part that a node's values come from; the node is its output."""
        wanted = {node_id}
        for node in reversed(self.nodes):
            if node.id in wanted:
                wanted.update(node.inputs)
        return Network(tuple(node for node in self.nodes if node.id in wanted))

    def is_chain(self) -> bool:
        """Whether every node reads just the one before it."""
        return all(
            node.inputs == (before.id,)
            for before, node in zip(self.nodes, self.nodes[1:], strict=False)
        )

    @cached_property
    def facts(self) -> dict[str, Facts]:
        """Shapes, parameters and costs of every node, or its error, by id."""
        found: dict[str, Facts] = {}
        for node in self.nodes:
            shapes = [found[name].shape for name in node.inputs]
            if any(shape is None for shape in shapes):
                found[node.id] = Facts(None)  # the fault is upstream, and told there
                continue
            known = tuple(shape for shape in shapes if shape is not None)
            try:
                found[node.id] = _facts_of(node.layer, known)
            except StudioError as error:
                found[node.id] = Facts(None, error.at(node.id), known)
        return found

    @property
    def errors(self) -> list[StudioError]:
        """What keeps the network from running; empty if nothing does."""
        return [facts.error for facts in self.facts.values() if facts.error is not None]

    def check(self) -> None:
        """Raise the first error, if there is one."""
        for error in self.errors:
            raise error

    @property
    def output_shape(self) -> Shape | None:
        """The shape of the prediction, if the network is sound."""
        return self.facts[self.output.id].shape if self.nodes else None

    @property
    def parameter_count(self) -> int:
        """Parameters of all layers, trainable or not."""
        return sum(facts.parameter_count for facts in self.facts.values())

    @property
    def flops(self) -> int:
        """Floating-point operations of one example's prediction."""
        return sum(facts.flops for facts in self.facts.values())

    # --- editing: each returns a new Network ---

    def new_id(self, layer: Layer) -> str:
        """A fresh id for a layer, such as ``dense_3``."""
        stem = re.sub(r"[^a-z0-9]+", "_", layer.type_name.split(".")[0].lower())
        number = 1
        while f"{stem}_{number}" in self._by_id:
            number += 1
        return f"{stem}_{number}"

    def insert_after(self, node_id: str, layer: Layer) -> tuple[Network, str]:
        """Put a layer between a node and everything that reads it; gives its id too."""
        new = Node(self.new_id(layer), layer, (node_id,))
        nodes: list[Node] = []
        for node in self.nodes:
            if node_id in node.inputs:
                inputs = tuple(new.id if name == node_id else name for name in node.inputs)
                node = dataclasses.replace(node, inputs=inputs)
            nodes.append(node)
            if node.id == node_id:
                nodes.append(new)
        return Network(tuple(nodes)), new.id

    def remove(self, node_ids: Iterable[str]) -> Network:
        """Take nodes out; what read them reads what they read. The input stays."""
        gone = [name for name in node_ids if name in self and name != self.input.id]
        nodes = list(self.nodes)
        for name in gone:
            source = next(node.inputs[:1] for node in nodes if node.id == name)
            nodes = [_without(node, name, source) for node in nodes if node.id != name]
        return Network(tuple(nodes))

    def replace(self, node_id: str, layer: Layer) -> Network:
        """Give a node another layer; it keeps its id and its place."""
        return Network(
            tuple(
                dataclasses.replace(node, layer=layer) if node.id == node_id else node
                for node in self.nodes
            )
        )

    def with_inputs(self, node_id: str, inputs: tuple[str, ...]) -> Network:
        """Let a node read other nodes, which must come before it."""
        return Network(
            tuple(
                dataclasses.replace(node, inputs=inputs) if node.id == node_id else node
                for node in self.nodes
            )
        )

    def with_learning(
        self, node_id: str, *, frozen: bool | None = None, rate_factor: float | None = None
    ) -> Network:
        """Freeze or thaw a node, or give it a learning rate of its own."""
        node = self[node_id]
        if rate_factor is not None and not 0.0 <= rate_factor <= 1000.0:
            raise StudioError(
                mark("The learning-rate factor cannot be {value}. It lies between 0 and 1000."),
                node=node_id,
                value=f"{rate_factor:g}",
            )
        changed = dataclasses.replace(
            node,
            frozen=node.frozen if frozen is None else frozen,
            rate_factor=node.rate_factor if rate_factor is None else rate_factor,
        )
        return Network(tuple(changed if n.id == node_id else n for n in self.nodes))

    def move_after(self, node_id: str, target_id: str) -> Network:
        """Take a node out of its place and put it after another."""
        if node_id in (target_id, self.input.id) or target_id not in self:
            return self
        moved = self[node_id]
        without = self.remove([node_id])
        nodes: list[Node] = []
        for node in without.nodes:
            if target_id in node.inputs:
                inputs = tuple(node_id if name == target_id else name for name in node.inputs)
                node = dataclasses.replace(node, inputs=inputs)
            nodes.append(node)
            if node.id == target_id:
                nodes.append(dataclasses.replace(moved, inputs=(target_id,)))
        return Network(tuple(nodes))

    # --- JSON ---

    def to_json(self) -> list[dict[str, Any]]:
        """Plain JSON: one object a node."""
        return [node_to_json(node) for node in self.nodes]

    @classmethod
    def from_json(cls, data: Any) -> Network:
        """The network that ``to_json`` wrote; anything else raises ``StudioError``."""
        if not isinstance(data, list) or len(data) > MOST_NODES:
            raise StudioError(
                mark("A network must be a list of at most {most} layers."), most=MOST_NODES
            )
        nodes = [node_from_json(item) for item in data]
        if not nodes or nodes[0].layer.type_name != "Input.v1":
            raise StudioError(mark("A network must begin with an Input."))
        return cls(tuple(nodes))


def _without(node: Node, gone: str, source: tuple[str, ...]) -> Node:
    """A node that reads ``source``, if anything, where it read what is gone."""
    if gone not in node.inputs:
        return node
    inputs: list[str] = []
    for name in node.inputs:
        inputs += source if name == gone else (name,)
    return dataclasses.replace(node, inputs=tuple(dict.fromkeys(inputs)))


def node_to_json(node: Node) -> dict[str, Any]:
    """Plain JSON of one node."""
    more: dict[str, Any] = {}
    if node.frozen:
        more["frozen"] = True
    if node.rate_factor != 1.0:
        more["rate_factor"] = node.rate_factor
    if node.block:
        more["block"] = node.block
    inputs = list(node.inputs)
    return {"id": node.id, "inputs": inputs, **more, **registry.to_json(node.layer)}


def node_from_json(item: Any) -> Node:
    """The node that ``node_to_json`` wrote; anything else raises ``StudioError``."""
    if not isinstance(item, dict) or not isinstance(item.get("id"), str):
        raise StudioError(mark("Every layer of a network needs an “id”."))
    inputs = item.get("inputs", [])
    if not isinstance(inputs, list) or not all(isinstance(i, str) for i in inputs):
        raise StudioError(mark("The “inputs” of layer “{name}” must be a list of ids."),
                          name=item["id"][:60])  # fmt: skip
    own = ("id", "inputs", "block", "frozen", "rate_factor")
    values = {k: v for k, v in item.items() if k not in own}
    learning = fields.build(Learning, {k: item[k] for k in own[3:] if k in item})
    return Node(
        item["id"],
        registry.from_json(Layer, values),
        tuple(inputs),
        learning.frozen,
        learning.rate_factor,
        str(item.get("block", ""))[:MOST_NAME],
    )


def chain(*layers: Layer) -> Network:
    """A network of layers one after the other; the first must be an Input."""
    network = Network((Node("input", layers[0]),))
    for layer in layers[1:]:
        network, _ = network.insert_after(network.output.id, layer)
    return network
