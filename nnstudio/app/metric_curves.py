"""The curves of a run made ready to draw: which metrics, smoothed, as fine as the screen."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from nnstudio.analysis.smoothing import decimate, smooth
from nnstudio.app.figures import loss_text, percent_text
from nnstudio.app.rest import at_rest
from nnstudio.core.data import Data
from nnstudio.core.metrics import METRICS, TOP, metrics_for
from nnstudio.core.text import mark
from nnstudio.engine.history import Curves
from nnstudio.engine.view import View

#: At most so many other runs are drawn.
EARLIER = 6
#: Values that cannot be drawn on a logarithmic axis are drawn here.
SMALLEST = 1e-12
#: Pixels that share a smallest and a largest value.
PIXELS = 2
PARTS = ("train", "valid")
#: Metrics that share the axis of the loss; the others have one of their own.
SIZES = ("loss", "mae", "rmse")

Line = tuple[np.ndarray, np.ndarray]
EMPTY: Line = (np.empty(0), np.empty(0))


@dataclass(frozen=True)
class Overlay:
    """The curves of another run, its name and its colour."""

    curves: Curves
    name: str
    colour: str


@dataclass(frozen=True)
class Request:
    """What to draw: which metrics of which parts, on which axis, how smooth, for how many pixels,
    and which earlier runs (``count`` of them: the curves themselves are not compared)."""

    metrics: tuple[str, ...]
    logarithmic: bool
    smoothing: float
    width: int
    count: int = 0
    earlier: tuple[Overlay, ...] = field(default=(), compare=False)
    parts: tuple[str, ...] = PARTS

    @property
    def log(self) -> bool:
        """Whether the left axis is logarithmic: only sizes can be."""
        return self.logarithmic and any(metric in SIZES for metric in self.metrics)

    def aside(self, metric: str) -> bool:
        """Whether a metric has the right axis: it is no size, and sizes have the left one."""
        return metric not in SIZES and any(other in SIZES for other in self.metrics)


@dataclass(frozen=True)
class Drawn:
    """One metric's curves, each x and y, in the axis's numbers (log10 if it is logarithmic).
    ``raw`` is the training curve as it was when ``train`` is smoothed, else empty."""

    metric: str
    train: Line
    raw: Line
    valid: Line

    @property
    def known(self) -> list[Line]:
        """The curves that have points."""
        return [line for line in (self.train, self.raw, self.valid) if len(line[0])]


@dataclass(frozen=True)
class Plotted:
    """All curves; ``earlier`` are the first metric's of other runs; ``last`` is the last step of
    all runs."""

    request: Request
    curves: Curves
    drawn: tuple[Drawn, ...]
    earlier: tuple[Line, ...]
    last: float
    past: float = -1.0  # the step that is looked back at

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(d.known for d in self.drawn) and not any(len(x) for x, _ in self.earlier)

    def lines(self, aside: bool) -> list[Line]:
        """Every curve of one axis."""
        lines = [
            line for d in self.drawn if self.request.aside(d.metric) == aside for line in d.known
        ]
        if self.drawn and self.request.aside(self.drawn[0].metric) == aside:
            lines += [line for line in self.earlier if len(line[0])]
        return lines

    def text(self, metric: str, value: float) -> str:
        """A drawn number as it is read."""
        if is_share(metric):
            return percent_text(float(value))
        logarithmic = self.request.log and not self.request.aside(metric)
        return loss_text(float(10**value if logarithmic else value))


def is_share(metric: str) -> bool:
    """Whether a metric is a share of 1, said in per cent."""
    return metric in METRICS and METRICS[metric].tasks == ("classification",)


def choices(data: Data) -> dict[str, str]:
    """The metrics that suit the data and their marked names, the loss first."""
    found: dict[str, str] = {"loss": mark("Loss")}
    for metric in metrics_for(data.task):
        if metric.name != "top_k_accuracy" or len(data.classes) > TOP:
            found[metric.name] = metric.label
    return found


def last_step(curves: Curves) -> float:
    """The step that a run has come to."""
    return float(curves.step[-1]) if len(curves.step) else 0.0


def curve(x: np.ndarray, y: np.ndarray, smoothing: float, logarithmic: bool, width: int) -> Line:
    """One curve, ready to draw."""
    known = np.isfinite(y)
    x, y = x[known], y[known]
    if logarithmic:
        y = np.log10(np.maximum(y, SMALLEST))
    if smoothing:
        y = smooth(y, max(1.0, smoothing * len(y)))
    return decimate(x, y, width // PIXELS)


def plotted(view: View, request: Request) -> Plotted:
    """The curves of a view's run as they were asked for."""
    curves = at_rest(view.curves, view.snapshot)

    def line(run: Curves, part: str, metric: str, smoothing: float) -> Line:
        y = run.get(f"{part}_{metric}")
        if y is None or part not in request.parts:
            return EMPTY
        logarithmic = request.log and not request.aside(metric)
        return curve(run.step, y, smoothing, logarithmic, request.width)

    single = len(request.metrics) == 1
    drawn = tuple(
        Drawn(
            metric,
            line(curves, "train", metric, request.smoothing),
            line(curves, "train", metric, 0.0) if request.smoothing and single else EMPTY,
            line(curves, "valid", metric, 0.0 if single else request.smoothing),
        )
        for metric in request.metrics
    )
    part = request.parts[0]
    earlier = tuple(
        line(run.curves, part, request.metrics[0], max(request.smoothing, 0.01))
        for run in request.earlier
    )
    return Plotted(
        request,
        curves,
        drawn,
        earlier,
        max(last_step(run) for run in (curves, *(o.curves for o in request.earlier))),
        float(view.snapshot.step) if view.snapshot.past else -1.0,
    )


def span_of(lines: list[Line]) -> tuple[float, float]:
    """The least and the largest value; 0 and 1 if there are none."""
    shown = [y for _, y in lines if len(y)]
    if not shown:
        return 0.0, 1.0
    return min(float(y.min()) for y in shown), max(float(y.max()) for y in shown)


def room_for(kind: str, low: float, high: float) -> tuple[float, float]:
    """The range of an axis for values, with some room: ``"log"``, ``"percent"`` or ``"plain"``."""
    if kind == "log":
        pad = max(0.06 * (high - low), 0.05)
        return low - pad, high + pad
    if kind == "percent":
        return max(0.0, low - 0.06 * (1.0 - low)), 1.01
    if low < 0:
        pad = max(0.06 * (high - low), 1e-9)
        return low - pad, high + pad
    return -0.02 * max(high, 1e-9), 1.06 * max(high, 1e-9)
