"""Putting a network together from what a text or file states, keeping what cannot be and why."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from nnstudio.core import registry
from nnstudio.core.contracts import Layer, Shape
from nnstudio.core.exchange.imported import Reading, Remark
from nnstudio.core.network import MOST_NODES, Network, Node
from nnstudio.core.text import StudioError, mark

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,59}")


def layer(type_name: str, **values: Any) -> Layer:
    """A layer by our type name; raises ``StudioError`` for values that do not fit."""
    made: Layer = registry.from_json(Layer, {"type": type_name, **values})
    return made


@dataclass(frozen=True)
class Tensor:
    """The value of a node, as a text handles it."""

    node: str
    shape: Shape


class Assembly:
    """Nodes in the order in which they were added; what does not fit is left out and remarked."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.shapes: dict[str, Shape] = {}
        self.lines: dict[str, int] = {}
        self.remarks: list[Remark] = []

    def remark(self, line: int, text: StudioError) -> None:
        """Note what was left out."""
        if len(self.remarks) < 200:
            self.remarks.append(Remark(line, text))

    def start(self, shape: Shape, line: int, name: str = "input") -> Tensor:
        """The input; raises ``StudioError`` if its shape cannot be."""
        made = layer("Input.v1", shape=list(shape))
        found = made.infer()
        self.nodes.append(Node(name if NAME.fullmatch(name) else "input", made))
        node = self.nodes[-1].id
        self.shapes[node], self.lines[node] = found, line
        return Tensor(node, found)

    def add(
        self, made: Layer, inputs: list[Tensor], line: int, name: str = "", frozen: bool = False
    ) -> Tensor:
        """A layer after others; where it does not fit, the first of them goes on instead."""
        if len(self.nodes) >= MOST_NODES:
            raise StudioError(
                mark("A network must be a list of at most {most} layers."), most=MOST_NODES
            )
        try:
            if made.arity != -1 and len(inputs) != 1:
                raise StudioError(
                    mark("{layer} reads one layer, but {count} are connected to it. Join them "
                         "before it, for example with Add or Concatenate."),
                    layer=made.label, count=len(inputs),
                )  # fmt: skip
            shape = made.infer(*(tensor.shape for tensor in inputs))
        except StudioError as error:
            self.remark(line, error)
            return inputs[0]
        node = name if NAME.fullmatch(name) and name not in self.shapes else self._new_id(made)
        self.nodes.append(Node(node, made, tuple(t.node for t in inputs), frozen))
        self.shapes[node], self.lines[node] = shape, line
        return Tensor(node, shape)

    def _new_id(self, made: Layer) -> str:
        stem = re.sub(r"[^a-z0-9]+", "_", made.type_name.split(".")[0].lower())
        number = 1
        while f"{stem}_{number}" in self.shapes:
            number += 1
        return f"{stem}_{number}"

    def finish(self, output: Tensor, name: str, **more: Any) -> Reading:
        """The reading of the network that leads to ``output``, which becomes its last node."""
        needed, todo = set(), [output.node]
        by_id = {node.id: node for node in self.nodes}
        while todo:
            node = todo.pop()
            if node not in needed:
                needed.add(node)
                todo.extend(by_id[node].inputs)
        needed.add(self.nodes[0].id)
        kept = [node for node in self.nodes if node.id in needed]
        if kept[-1].id != output.node:
            kept = [node for node in kept if node.id != output.node] + [by_id[output.node]]
        network = Network(tuple(kept))
        network.check()
        lines = tuple(self.lines[node.id] for node in kept)
        remarks = tuple(sorted(self.remarks, key=lambda remark: remark.line))
        return Reading(network, remarks=remarks, name=name, lines=lines, **more)
