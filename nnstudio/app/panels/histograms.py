"""How weights, gradients and activations are spread, and how that changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from nnstudio.app.charts.figure import Axis
from nnstudio.app.charts.ridges import Ridge, Ridges
from nnstudio.app.figures import plain_text
from nnstudio.app.layer_titles import layer_titles
from nnstudio.app.panel import panel
from nnstudio.app.sampled import (
    fits_in,
    sampled_activations,
    sampled_gradients,
    thinned,
    weighted_nodes,
)
from nnstudio.app.view_panel import Missing, Picker, ViewPanel
from nnstudio.core.text import listed, mark, tr
from nnstudio.engine.view import View

BINS = 40
#: Slices that are kept, and examples that gradients are taken of.
MOST_SLICES, EXAMPLES = 14, 64
#: Gradients smaller than this count as zero and are left out.
LEAST = 1e-12

#: Values whose range is a smaller part of their size than this are one value: float32 knows no
#: edges between them.
ALIKE = 1e-6


@dataclass(frozen=True)
class Distribution:
    """One layer's numbers in bins: edges, the share in each, mean and standard deviation."""

    edges: np.ndarray
    shares: np.ndarray
    mean: float
    deviation: float


@dataclass(frozen=True)
class Slice:
    """All layers at one step."""

    kind: str
    step: int
    layers: dict[str, Distribution]


def distribution(values: np.ndarray, *, logarithmic: bool = False) -> Distribution:
    """Numbers in bins; gradients by log10 of their size."""
    values = thinned(values)
    values = values[np.isfinite(values)]
    mean = float(values.mean()) if values.size else 0.0
    deviation = float(values.std()) if values.size else 0.0
    if logarithmic:
        size = np.abs(values)
        values = np.log10(size[size > LEAST])
    if not values.size:
        return Distribution(np.linspace(-1, 1, BINS + 1), np.zeros(BINS), mean, deviation)
    low, high = float(values.min()), float(values.max())
    if high - low < ALIKE * max(1.0, abs(low), abs(high)):
        low, high = low - 0.46, high + 0.54  # never on an edge, whatever the number of bins
    bins = int(np.clip(2 * np.sqrt(values.size), 6, BINS))  # few numbers fill few bins
    counts, edges = np.histogram(values.astype(np.float64), bins, (low, high))
    return Distribution(edges, counts / max(1, counts.sum()), mean, deviation)


@panel
class HistogramsPanel(ViewPanel):
    """Older distributions behind newer ones, while the panel is open."""

    name = "histograms"
    title = mark("Histograms")
    help = mark("The spread of weights, gradients or activations of each layer over time.")
    group = mark("Inside the network")
    order = 44
    rate = 2.0
    when_wide = ("2-D/classification", "2-D/regression", "Images/regression", "Tables/regression")

    def __init__(self, document: Any, session: Any, parent: QWidget | None = None) -> None:
        super().__init__(document, session, parent)
        self.ridges = Ridges(self)
        self.hold(self.ridges)
        self.kind = Picker(
            mark("Of what"),
            {
                "weights": mark("weights"),
                "gradients": mark("gradients (log₁₀)"),
                "activations": mark("activations"),
            },
        )
        self.kind.choose("gradients")
        self.kind.picked.connect(self._forget)
        self.slices: list[Slice] = []

    def header_widgets(self) -> list[QWidget]:
        """Of what."""
        return [self.kind]

    @Slot()
    def _forget(self) -> None:
        self.slices = []
        self.result = None
        self.refresh()

    def adapt(self) -> None:
        """Another network begins anew."""
        if self.result is None:
            self.slices = []

    def request(self) -> Any:
        """Of what."""
        return self.kind.value

    @staticmethod
    def measure(view: View, request: Any) -> Slice | Missing:
        """Bin each layer's numbers."""
        network = view.setup.network
        nodes = weighted_nodes(network)
        step = view.snapshot.step
        if request == "activations":
            nodes = tuple(n.id for n in network.nodes[1:] if network.facts[n.id].parameters)
            nodes = nodes or tuple(n.id for n in network.nodes[1:])
            if not len(view.data.train) or not nodes:
                return Missing(mark("This view needs data and a layer."))
            found = sampled_activations(view, nodes, fits_in(view, nodes, 256))
            return Slice(request, step, {n: distribution(found[n]) for n in nodes})
        if not nodes:
            return Missing(mark("This view needs a layer with weights."))
        if request == "gradients":
            gradients = sampled_gradients(view, EXAMPLES)
            layers = {
                n: distribution(gradients[n, "weight"], logarithmic=True)
                for n in nodes
                if (n, "weight") in gradients
            }
            return Slice(request, step, layers)
        layers = {}
        for node in nodes:
            weight = view.parameter(node, "weight")
            if weight is not None:
                layers[node] = distribution(weight)
        return Slice(request, step, layers)

    def display(self, result: Slice | Missing) -> None:
        """Keep some older slices; a run that began anew forgets them."""
        if isinstance(result, Slice):
            if self.slices and (
                result.step < self.slices[-1].step or result.kind != self.slices[-1].kind
            ):
                self.slices = []
            gap = max(1, result.step // MOST_SLICES)
            if len(self.slices) > 1 and self.slices[-1].step - self.slices[-2].step < gap:
                self.slices.pop()
            if not self.slices or self.slices[-1].step != result.step:
                self.slices.append(result)
            if len(self.slices) > MOST_SLICES:
                self.slices = [*self.slices[:-1:2], self.slices[-1]]
        super().display(result)

    def show_result(self, result: Slice) -> None:
        """A column a layer."""
        titles = layer_titles(self.document.setup.network)
        ridges = []
        for node, now in result.layers.items():
            past = [s for s in self.slices if node in s.layers] or [result]
            low = min(float(s.layers[node].edges[0]) for s in past)
            high = max(float(s.layers[node].edges[-1]) for s in past)
            pad = 0.03 * (high - low)
            kind = "log" if result.kind == "gradients" else "plain"
            ridges.append(
                Ridge(
                    titles.get(node, node),
                    Axis(low - pad, high + pad, kind),
                    tuple(s.step for s in past),
                    tuple(s.layers[node].edges for s in past),
                    tuple(s.layers[node].shares for s in past),
                    f"σ {plain_text(now.deviation)}",
                )
            )
        self.ridges.setAccessibleName(tr(self.title))
        self.ridges.show_ridges(ridges)

    def describe(self, result: Slice) -> str:
        """Each layer's spread."""
        titles = layer_titles(self.document.setup.network)
        spreads = listed(
            f"{titles.get(node, node)} {plain_text(found.deviation)}"
            for node, found in result.layers.items()
        )
        step = f"{result.step:,}"
        return tr("Standard deviations at step {step}: {layers}.", step=step, layers=spreads)

    def rows(self, result: Slice) -> tuple[Sequence[str], Iterable[Sequence[Any]]]:
        """Every bin of every kept slice."""
        return ("step", "layer", "from", "to", "share"), (
            (kept.step, node, *row)
            for kept in self.slices
            for node, found in kept.layers.items()
            for row in zip(
                found.edges[:-1].tolist(), found.edges[1:].tolist(), found.shares.tolist(),
                strict=True,
            )
        )  # fmt: skip
