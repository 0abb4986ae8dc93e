"""A picker of one layer, which follows the unit that is looked at."""

from __future__ import annotations

from collections.abc import Callable

from nnstudio.app.layer_titles import layer_titles
from nnstudio.app.selection import Selection
from nnstudio.app.view_panel import Picker
from nnstudio.core.network import Facts, Network, Node
from nnstudio.core.text import mark


class LayerPicker(Picker):
    """``value`` is a node's id."""

    def __init__(self) -> None:
        super().__init__(mark("Which layer"))

    def adopt(
        self, network: Network, suits: Callable[[Node, Facts], bool], *, last: bool = False
    ) -> None:
        """The layers of a network that suit; the ``last`` or the first is chosen if the present
        one is not among them."""
        titles = layer_titles(network)
        words = {
            node.id: titles[node.id]
            for node in network.nodes
            if network.facts[node.id].shape is not None and suits(node, network.facts[node.id])
        }
        fresh = self.value not in words
        self.set_words(words, plain=True)
        if fresh and last and words:
            self.choose(list(words)[-1])

    def follow(self, selection: Selection) -> None:
        """Go to the layer of the chosen unit."""
        if selection.unit is not None:
            self.choose(selection.unit.node)


def has_values(node: Node, facts: Facts) -> bool:
    """Every layer but the input."""
    return bool(node.inputs)
