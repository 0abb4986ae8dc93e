"""What experiments show: a figure, and a sentence that says the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnstudio.app.charts.figure import Axis, Figure, Line, log10, span
from nnstudio.app.figures import loss_text
from nnstudio.app.widgets.slider import plain_number
from nnstudio.core.setup import Setup
from nnstudio.core.text import listed, tr
from nnstudio.engine.experiments import RangeTest, Trace, band, differences

Shown = tuple[Figure, str]


def _text(value: Any) -> str:
    return tr(value) if isinstance(value, str) else plain_number(value)


def difference(setups: Sequence[Setup]) -> str:
    """``Learning rate 0.03 → 0.1``."""
    said = [
        f"{tr(label)} {_text(before)} → {_text(after)}"
        for label, before, after in differences(*setups[:2])
    ]
    return listed(said) or tr("no difference")


def _figure(lines: list[Line]) -> Figure:
    last = max(float(line.x.max()) for line in lines)
    low, high = span(*(line.y for line in lines), pad=0.08)
    return Figure(
        Axis(0, max(last, 1.0), "plain", tr("step")),
        Axis(low, high, "log", tr("loss")),
        tuple(lines),
    )


def twin_figure(setups: Sequence[Setup], found: Sequence[Trace]) -> Shown:
    """Two runs, training solid and validation dashed."""
    pairs = differences(*setups[:2])
    names = [tr("this setup"), tr("the twin")]
    if pairs:
        label, *values = pairs[0]
        names = [f"{tr(label)} {_text(value)}" for value in values]
    lines = []
    for name, trace, colour in zip(names, found, ("accent", "negative"), strict=True):
        lines.append(Line(trace.step, log10(trace.train), colour, name))
        lines.append(Line(trace.step, log10(trace.valid), colour, dashed=True, alpha=0.8))
    one, two = found
    words = tr(
        "{difference}. After {step} steps: training {a} and {b}, validation {c} and {d}.",
        difference=difference(setups), step=f"{one.step[-1]:,.0f}",
        a=loss_text(one.train[-1]), b=loss_text(two.train[-1]),
        c=loss_text(one.valid[-1]), d=loss_text(two.valid[-1]),
    )  # fmt: skip
    return _figure(lines), words


def band_figure(found: Sequence[Trace]) -> Shown:
    """Every seed's run thin, the median strong, the quartiles dashed."""
    step = found[0].step
    key = "valid" if np.isfinite(found[0].valid).any() else "train"
    values = np.stack([getattr(trace, key) for trace in found])
    low, middle, high = band(values)
    lines = [Line(step, log10(row), "earlier", width=1.0, alpha=0.7) for row in values]
    lines += [
        Line(step, log10(low), "accent", tr("quartiles"), True, 1.2, 0.8),
        Line(step, log10(high), "accent", dashed=True, width=1.2, alpha=0.8),
        Line(step, log10(middle), "accent", tr("median"), width=2.2),
    ]
    words = tr(
        "{what} of {n} seeds after {step} steps: median {middle}, half of them between {low} "
        "and {high}.",
        what=tr("Validation loss") if key == "valid" else tr("Training loss"),
        n=len(values), step=f"{step[-1]:,.0f}", middle=loss_text(middle[-1]),
        low=loss_text(low[-1]), high=loss_text(high[-1]),
    )  # fmt: skip
    return _figure(lines), words


def rate_figure(found: RangeTest) -> Shown:
    """The smoothed loss over log(learning rate), with the suggestion marked."""
    if not len(found.rates):
        return Figure(), ""
    best = found.suggested
    known = bool(np.isfinite(best))
    finite = found.losses[np.isfinite(found.losses)]
    low, high = span(finite, pad=0.08)
    line = Line(np.log10(found.rates), found.losses, "accent", tr("loss"))
    figure = Figure(
        Axis(-6, 1, "log", tr("learning rate")),
        Axis(low, min(high, 3 * float(found.losses[0])), "plain"),
        (line,),
        marks=((float(np.log10(best)), plain_number(best)),) if known else (),
    )
    if not known:
        return figure, tr("The loss does not fall at any learning rate yet.")
    return figure, tr(
        "The loss falls fastest at a learning rate of {rate}.", rate=plain_number(best)
    )
