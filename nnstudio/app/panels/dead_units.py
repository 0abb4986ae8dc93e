"""Dead and saturated units of each layer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QWidget

from nnstudio.analysis.activity import Activity, activity
from nnstudio.app.bars import Bar, Bars
from nnstudio.app.layer_titles import layer_titles
from nnstudio.app.panel import panel
from nnstudio.app.sampled import fits_in, sampled_activations
from nnstudio.app.view_panel import Missing, ViewPanel
from nnstudio.core.contracts import activations
from nnstudio.core.network import Network
from nnstudio.core.text import mark, tr
from nnstudio.engine.view import View

EXAMPLES = 256


def active_nodes(network: Network) -> dict[str, str]:
    """The hidden layers with an activation, and its name."""
    found = {}
    for node in network.nodes[1:-1]:
        name = getattr(node.layer, "activation", None) or getattr(node.layer, "name", "")
        if name in activations() and name != "linear":
            found[node.id] = name
    return found


@dataclass(frozen=True)
class Units:
    """Activity by layer."""

    layers: dict[str, Activity]


@panel
class DeadUnitsPanel(ViewPanel):
    """A bar a layer: the share of its units that do something."""

    name = "dead-units"
    title = mark("Dead units")
    help = mark("Units that never fire, and units that are stuck at an end.")
    group = mark("Inside the network")
    order = 46
    rate = 2.0

    def __init__(self, document: Any, session: Any, parent: QWidget | None = None) -> None:
        super().__init__(document, session, parent)
        self.bars = Bars(self, track=True)
        self.hold(self.bars)

    @staticmethod
    def measure(view: View, request: Any) -> Units | Missing:
        """Look at a sample of the training data."""
        nodes = active_nodes(view.setup.network)
        if not nodes:
            return Missing(mark("This view needs a hidden layer with an activation, such as ReLU."))
        if not len(view.data.train):
            return Missing(mark("This view needs training data."))
        names = tuple(nodes)
        found = sampled_activations(view, names, fits_in(view, names, EXAMPLES))
        return Units({node: activity(found[node], nodes[node]) for node in names})

    def show_result(self, result: Units) -> None:
        """Bars."""
        titles = layer_titles(self.document.setup.network)
        bars = []
        for node, found in result.layers.items():
            stuck = found.dead | found.saturated
            detail = tr(
                "{dead} dead, {saturated} saturated of {n}",
                dead=int(found.dead.sum()), saturated=int(found.saturated.sum()), n=len(stuck),
            )  # fmt: skip
            alive = 1 - float(stuck.mean())
            bars.append(Bar(titles.get(node, node), alive, f"{alive * 100:.0f} %", True, detail))
        self.bars.setAccessibleName(tr("Share of units at work"))
        self.bars.show_bars(bars)

    def describe(self, result: Units) -> str:
        """How many in all."""
        dead = sum(int(found.dead.sum()) for found in result.layers.values())
        saturated = sum(int(found.saturated.sum()) for found in result.layers.values())
        units = sum(len(found.dead) for found in result.layers.values())
        return tr(
            "Of {n} hidden units {dead} are dead and {saturated} saturated.",
            n=units, dead=dead, saturated=saturated,
        )  # fmt: skip

    def rows(self, result: Units) -> tuple[Sequence[str], Iterable[Sequence[Any]]]:
        """A row a unit."""
        return ("layer", "unit", "active share", "mean", "deviation", "dead", "saturated"), (
            (node, at + 1, *row)
            for node, found in result.layers.items()
            for at, row in enumerate(
                zip(
                    found.active.tolist(), found.mean.tolist(), found.deviation.tolist(),
                    found.dead.tolist(), found.saturated.tolist(), strict=True,
                )
            )
        )  # fmt: skip
