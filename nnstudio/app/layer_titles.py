"""What layers are called in views: ``Dense 1``, ``Dense 2``, ``Output``."""

from __future__ import annotations

from nnstudio.core.network import Network
from nnstudio.core.text import tr


def layer_titles(network: Network) -> dict[str, str]:
    """A name for every node."""
    counts: dict[str, int] = {}
    totals: dict[str, int] = {}
    inner = [n for n in network.nodes if n.id not in (network.input.id, network.output.id)]
    for node in inner:
        totals[node.layer.label] = totals.get(node.layer.label, 0) + 1
    found = {network.input.id: tr("Input")}
    for node in inner:
        label = node.layer.label
        counts[label] = counts.get(label, 0) + 1
        one = totals[label] == 1
        found[node.id] = tr(label) if one else tr("{layer} {n}", layer=tr(label), n=counts[label])
    found[network.output.id] = tr("Output")
    return {node.id: found[node.id] for node in network.nodes}
