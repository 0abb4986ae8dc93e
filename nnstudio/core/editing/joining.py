"""A merge layer in a chain: what it joins when nobody has said."""

from __future__ import annotations

import dataclasses

from nnstudio.core.contracts import Layer
from nnstudio.core.network import Network
from nnstudio.core.text import StudioError


def partner(network: Network, node_id: str, layer: Layer) -> str | None:
    """The earlier node that a merge after ``node_id`` joins with it: the nearest whose shape fits,
    past the layer that learns most recently, so that the merge closes a skip connection around
    it. None if nothing fits."""
    facts = network.facts
    here = facts[node_id].shape
    if here is None:
        return None

    def fits(name: str) -> bool:
        shape = facts[name].shape
        if shape is None or name == node_id:
            return False
        try:
            layer.infer(here, shape)
        except StudioError:
            return False
        return True

    passed, current = False, node_id
    while network[current].inputs:
        passed = passed or any(p.regularized for p in facts[current].parameters)
        current = network[current].inputs[0]
        if passed and fits(current):
            return current
    earlier = [n.id for n in network.nodes[: network.nodes.index(network[node_id])]]
    return next((name for name in reversed(earlier) if fits(name)), None)


def insert_merge(network: Network, after: str, layer: Layer) -> tuple[Network, str]:
    """Put a merge between a node and what reads it, with a partner as its second input if there
    is one; gives its id too."""
    other = partner(network, after, layer)
    changed, new = network.insert_after(after, layer)
    if other is None:
        return changed, new
    nodes = tuple(
        dataclasses.replace(node, inputs=(after, other)) if node.id == new else node
        for node in changed.nodes
    )
    return Network(nodes), new
