"""Gradient flow: how large gradients, and changes against weights, are in each layer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PySide6.QtWidgets import QWidget

from nnstudio.app.charts.chart import Chart
from nnstudio.app.charts.figure import Axis, Dots, Figure, Line, log10, span
from nnstudio.app.figures import loss_text
from nnstudio.app.layer_titles import layer_titles
from nnstudio.app.panel import panel
from nnstudio.app.sampled import sampled_gradients, weighted_nodes
from nnstudio.app.view_panel import Missing, Picker, ViewPanel
from nnstudio.core.text import mark, tr
from nnstudio.engine.view import View

#: Points that are kept, examples that gradients are taken of.
MOST_POINTS, EXAMPLES = 400, 64
#: About the ratio of change to weight at which networks learn well.
USUAL_RATIO = 1e-3


@dataclass(frozen=True)
class Before:
    """The weights of an earlier look, compared by step."""

    step: int
    weights: dict[str, np.ndarray] = field(compare=False, repr=False)


@dataclass(frozen=True)
class Flow:
    """Of each layer: the root mean square of its weights' gradient, and the mean change of a
    weight a step against its size (NaN until there are two looks)."""

    step: int
    gradients: dict[str, float]
    ratios: dict[str, float]
    weights: dict[str, np.ndarray]


def rms(values: np.ndarray) -> float:
    """Root mean square."""
    return float(np.sqrt(np.mean(np.square(values, dtype=np.float64)))) if values.size else 0.0


@panel
class GradientFlowPanel(ViewPanel):
    """A curve a layer, on a logarithmic scale, while the panel is open."""

    name = "gradient-flow"
    title = mark("Gradient flow")
    help = mark("How large gradients are in each layer, and how fast its weights change.")
    group = mark("Inside the network")
    order = 42
    rate = 5.0

    def __init__(self, document: Any, session: Any, parent: QWidget | None = None) -> None:
        super().__init__(document, session, parent)
        self.chart = Chart(self)
        self.hold(self.chart)
        self.kind = Picker(
            mark("What to draw"),
            {"gradients": mark("gradients"), "ratios": mark("change / weight a step")},
        )
        self.kind.picked.connect(self.refresh)
        self.past: list[Flow] = []

    def header_widgets(self) -> list[QWidget]:
        """What to draw."""
        return [self.kind]

    def adapt(self) -> None:
        """Another network begins anew."""
        if self.result is None:
            self.past = []

    def request(self) -> Any:
        """The weights of the look before."""
        return Before(self.past[-1].step, self.past[-1].weights) if self.past else None

    @staticmethod
    def measure(view: View, request: Before | None) -> Flow | Missing:
        """Gradients of a sample's loss; changes since the look before."""
        nodes = weighted_nodes(view.setup.network)
        if not nodes:
            return Missing(mark("This view needs a layer with weights."))
        if not len(view.data.train):
            return Missing(mark("This view needs training data."))
        gradients = sampled_gradients(view, EXAMPLES)
        step = view.snapshot.step
        weights = {n: view.snapshot.parameters[n, "weight"] for n in nodes}
        ratios = {}
        for node, weight in weights.items():
            ratios[node] = float("nan")
            old = request.weights.get(node) if request is not None else None
            if request is not None and old is not None and old.shape == weight.shape:
                steps = step - request.step
                if steps > 0:
                    ratios[node] = rms(weight - old) / steps / max(rms(old), 1e-12)
        sizes = {n: rms(gradients[n, "weight"]) for n in nodes if (n, "weight") in gradients}
        return Flow(step, sizes, ratios, weights)

    def display(self, result: Flow | Missing) -> None:
        """Keep the look; of older ones only the figures."""
        if isinstance(result, Flow):
            if self.past and result.step < self.past[-1].step:
                self.past = []
            if self.past and self.past[-1].step == result.step:
                self.past[-1] = Flow(
                    result.step, result.gradients, self.past[-1].ratios, result.weights
                )
            else:
                if self.past:
                    last = self.past[-1]
                    self.past[-1] = Flow(last.step, last.gradients, last.ratios, {})
                self.past.append(result)
            if len(self.past) > MOST_POINTS:
                self.past = [*self.past[:-1:2], self.past[-1]]
        super().display(result)

    def _figures(self, flow: Flow) -> dict[str, float]:
        return flow.gradients if self.kind.value == "gradients" else flow.ratios

    def show_result(self, result: Flow) -> None:
        """Draw."""
        titles = layer_titles(self.document.setup.network)
        steps = np.array([flow.step for flow in self.past], float)
        lines = []
        for at, node in enumerate(result.gradients):
            sizes = log10(np.array([self._figures(f).get(node, np.nan) for f in self.past]))
            lines.append(Line(steps, sizes, f"class:{at}", titles.get(node, node)))
        dots = tuple(  # a line through a single point is none
            Dots(line.x, line.y, (line.colour,), 6.0) for line in lines if len(line.x) == 1
        )
        low, high = span(*(line.y for line in lines), pad=0.08, least=0.3)
        if self.kind.value == "ratios":
            usual = float(np.log10(USUAL_RATIO))
            low, high = min(low, usual - 0.4), max(high, usual + 0.4)
            ends = np.array([0.0, max(1.0, steps[-1])])
            lines.append(Line(ends, np.full(2, usual), "earlier", dashed=True, width=1.2))
        self.chart.setAccessibleName(tr(self.title))
        self.chart.show_figure(
            Figure(
                Axis(0, max(1.0, float(steps[-1])), "plain", tr("step")), Axis(low, high, "log"),
                tuple(lines), dots,
            )
        )  # fmt: skip

    def describe(self, result: Flow) -> str:
        """The layers with the largest and the smallest gradient."""
        titles = layer_titles(self.document.setup.network)
        if not result.gradients:
            return tr("No layer learns.")
        order = sorted(result.gradients, key=lambda node: result.gradients[node])
        return tr(
            "Gradients are smallest in {low} ({a}) and largest in {high} ({b}).",
            low=titles.get(order[0], ""), a=loss_text(result.gradients[order[0]]),
            high=titles.get(order[-1], ""), b=loss_text(result.gradients[order[-1]]),
        )  # fmt: skip

    def rows(self, result: Flow) -> tuple[Sequence[str], Iterable[Sequence[Any]]]:
        """Every look."""
        return ("step", "layer", "gradient", "change per weight and step"), (
            (flow.step, node, flow.gradients[node], flow.ratios.get(node, float("nan")))
            for flow in self.past
            for node in flow.gradients
        )
