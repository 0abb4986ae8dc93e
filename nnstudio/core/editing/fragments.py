"""Fragments: some nodes of a network on their own, to be copied, pasted and kept as blocks."""

from __future__ import annotations

import dataclasses
import graphlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from nnstudio.core.network import Network, Node, node_from_json, node_to_json
from nnstudio.core.text import StudioError, mark

#: What stands for whatever is before the fragment.
OUTSIDE = "@"
#: The key by which a text shows that it holds layers.
KEY = "nnstudio-layers"
MOST_TEXT = 2_000_000
MOST_NODES = 500


@dataclass(frozen=True)
class Fragment:
    """Nodes in topological order; an input is the id of one of them or ``OUTSIDE``."""

    nodes: tuple[Node, ...]

    @property
    def exit(self) -> Node:
        """The node that what comes after reads: the last that no other one reads."""
        read = {name for node in self.nodes for name in node.inputs}
        return [node for node in self.nodes if node.id not in read][-1]

    def to_json(self) -> list[dict[str, Any]]:
        """Plain JSON: one object a node."""
        return [node_to_json(node) for node in self.nodes]

    @classmethod
    def from_json(cls, data: Any) -> Fragment:
        """The fragment that ``to_json`` wrote; anything else raises ``StudioError``."""
        if not isinstance(data, list) or not 0 < len(data) <= MOST_NODES:
            raise StudioError(mark("Layers must be a list of 1 to {most}."), most=MOST_NODES)
        nodes = [node_from_json(item) for item in data]
        seen = {OUTSIDE}
        for node in nodes:
            if not set(node.inputs) <= seen or node.id in seen or node.layer.arity == 0:
                raise StudioError(mark("The layers of this text do not fit together."))
            seen.add(node.id)
        return cls(tuple(nodes))

    def to_text(self) -> str:
        """What the clipboard holds: readable JSON."""
        return json.dumps({KEY: self.to_json()}, indent=1, ensure_ascii=False)


def from_text(text: str) -> Fragment:
    """The fragment that a text holds; raises ``StudioError`` if there is none."""
    if len(text) > MOST_TEXT or KEY not in text:
        raise StudioError(mark("The clipboard holds no layers. Copy some first."))
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise StudioError(mark("The clipboard holds no layers. Copy some first.")) from None
    if not isinstance(found, dict) or KEY not in found:
        raise StudioError(mark("The clipboard holds no layers. Copy some first."))
    return Fragment.from_json(found[KEY])


def cut_out(network: Network, ids: Collection[str]) -> Fragment:
    """A copy of some nodes; the input itself is never part of it."""
    chosen = [n for n in network.nodes if n.id in ids and n.layer.arity != 0]
    if not chosen:
        raise StudioError(mark("Select a layer first; the input cannot be copied."))
    inside = {node.id for node in chosen}
    nodes = []
    for node in chosen:
        inputs = tuple(dict.fromkeys(n if n in inside else OUTSIDE for n in node.inputs))
        nodes.append(dataclasses.replace(node, inputs=inputs))
    return Fragment(tuple(nodes))


def paste(
    network: Network, fragment: Fragment, after: str, before: str = ""
) -> tuple[Network, tuple[str, ...]]:
    """Put a fragment on the link between two nodes (without ``before``: between a node and all
    that read it); gives the new ids too."""
    taken = {node.id for node in network.nodes}
    blocks = {node.block for node in network.nodes if node.block}
    renamed: dict[str, str] = {}
    block_names: dict[str, str] = {}
    added: list[Node] = []
    for node in fragment.nodes:
        renamed[node.id] = name = _fresh(network, node, taken)
        taken.add(name)
        inputs = tuple(after if n == OUTSIDE else renamed[n] for n in node.inputs)
        if node.block and node.block not in block_names:
            block_names[node.block] = unused(node.block, blocks)
            blocks.add(block_names[node.block])
        block = block_names.get(node.block, "")
        added.append(dataclasses.replace(node, id=name, inputs=inputs, block=block))
    leaving = renamed[fragment.exit.id]
    nodes: list[Node] = []
    for node in network.nodes:
        if after in node.inputs and before in ("", node.id):
            inputs = tuple(leaving if name == after else name for name in node.inputs)
            node = dataclasses.replace(node, inputs=inputs)
        nodes.append(node)
        if node.id == after:
            nodes += added
    return Network(tuple(nodes)), tuple(node.id for node in added)


def _fresh(network: Network, node: Node, taken: Collection[str]) -> str:
    name = network.new_id(node.layer)
    stem, _, number = name.rpartition("_")
    count = int(number)
    while f"{stem}_{count}" in taken:
        count += 1
    return f"{stem}_{count}"


def unused(name: str, taken: Collection[str]) -> str:
    """A name that nothing bears yet: itself, or itself with a number."""
    stem, _, number = name.rpartition(" ")
    if not (stem and number.isdigit()):
        stem = name
    count, found = 2, name
    while found in taken:
        found = f"{stem} {count}"
        count += 1
    return found


# --- blocks: nodes of a network under one name ---


def members(network: Network, block: str) -> tuple[str, ...]:
    """The ids of the nodes of a block."""
    return tuple(node.id for node in network.nodes if node.block == block)


def name_block(network: Network, ids: Collection[str], block: str) -> Network:
    """Put nodes under one name (an empty one: under none). Raises ``StudioError`` if they cannot
    be seen as one: if a path leaves them and comes back, or the input or output is among them."""
    inside = {name for name in ids if name in network}
    if block:
        if len(inside) < 2:
            raise StudioError(mark("Select two or more layers to make a block of them."))
        if network.input.id in inside or network.output.id in inside:
            raise StudioError(mark("The input and the output cannot be part of a block."))
        _check_closed(network, inside)
    return Network(
        tuple(
            dataclasses.replace(node, block=block) if node.id in inside else node
            for node in network.nodes
        )
    )


def _check_closed(network: Network, inside: set[str]) -> None:
    outside: set[str] = set()  # nodes outside that read, perhaps through others, the block
    for node in network.nodes:
        if node.id in inside:
            if outside.intersection(node.inputs):
                raise StudioError(
                    mark("A path leaves these layers and comes back. Select what is on it too.")
                )
        elif outside.intersection(node.inputs) or inside.intersection(node.inputs):
            outside.add(node.id)


def foldable(network: Network, blocks: Collection[str]) -> frozenset[str]:
    """Those of some blocks that can be shown as one card each, all at once.

    Edits may lead a path out of a block and back into it, or from one block into another and back;
    as single cards they would then be before and after each other. The first ones are kept.
    """
    kept = frozenset(blocks)
    if not kept or _is_acyclic(network, kept):
        return kept
    kept = frozenset()
    for block in dict.fromkeys(node.block for node in network.nodes if node.block in blocks):
        if _is_acyclic(network, kept | {block}):
            kept |= {block}
    return kept


def _is_acyclic(network: Network, blocks: Collection[str]) -> bool:
    """Whether no path comes back to where it was, if each of the blocks is one place."""
    place = {n.id: (n.block,) if n.block in blocks else n.id for n in network.nodes}
    reads: dict[Any, set[Any]] = {name: set() for name in place.values()}
    for node in network.nodes:
        here = place[node.id]
        reads[here].update(place[name] for name in node.inputs if place[name] != here)
    try:
        graphlib.TopologicalSorter(reads).prepare()
    except graphlib.CycleError:
        return False
    return True
