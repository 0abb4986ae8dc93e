"""The learning rate over the steps: as it was, and as the schedule plans it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtWidgets import QWidget

from nnstudio.app.charts.chart import Chart
from nnstudio.app.charts.figure import Axis, Figure, Line, log10, span
from nnstudio.app.figures import plain_text
from nnstudio.app.header import Key, Toggle
from nnstudio.app.panel import panel
from nnstudio.app.view_panel import ViewPanel
from nnstudio.core.data import Data
from nnstudio.core.setup import Training
from nnstudio.core.text import mark, tr
from nnstudio.engine.view import View

POINTS = 400


@dataclass(frozen=True)
class Rates:
    """Rates by step: the plan, and the present one. ``known`` says that the plan holds: it does
    not depend on how training goes."""

    step: np.ndarray
    planned: np.ndarray
    now: int
    rate: float
    known: bool


def steps_in_all(training: Training, data: Data) -> int:
    """The steps of the whole run; 0 without an end."""
    return training.epochs * max(1, math.ceil(len(data.train) / max(1, training.batch_size)))


@panel
class LearningRatePanel(ViewPanel):
    """The plan dashed, what was used solid."""

    name = "learning-rate"
    title = mark("Learning rate")
    help = mark("The learning rate over the steps, and what the schedule plans.")
    group = mark("Training")
    order = 12

    def __init__(self, document: Any, session: Any, parent: QWidget | None = None) -> None:
        super().__init__(document, session, parent)
        self.chart = Chart(self)
        self.hold(self.chart)
        self.log = Toggle(mark("log"), mark("Logarithmic scale"))
        self.log.toggled.connect(self.refresh)
        self.key = Key(((mark("so far"), False), (mark("planned"), True)))
        self._used: list[tuple[int, float]] = []

    def header_widgets(self) -> list[QWidget]:
        """Key, log."""
        return [self.key, self.log]

    @staticmethod
    def measure(view: View, request: Any) -> Rates:
        """The schedule's factors over the whole run, or a little further than now."""
        training, now = view.setup.training, view.snapshot.step
        total = steps_in_all(training, view.data)
        last = total or max(100, int(now * 1.25))
        step = np.unique(np.linspace(0, last, POINTS).astype(int))
        if training.schedule is None:
            factors = np.ones(len(step))
        else:
            factors = np.asarray(training.schedule.factors(step, total), float)
        known = training.schedule is None or not training.schedule.observes
        rate = view.snapshot.learning_rate
        return Rates(step, training.learning_rate * factors, now, rate, known)

    def display(self, result: Rates) -> None:
        """Remember what was used: a schedule may follow the loss, and people change the rate."""
        if self._used and result.now < self._used[-1][0]:
            self._used = [(s, r) for s, r in self._used if s <= result.now]
        if not self._used or self._used[-1] != (result.now, result.rate):
            self._used.append((result.now, result.rate))
        if len(self._used) > 4 * POINTS:
            self._used = self._used[::2]
        super().display(result)

    def show_result(self, result: Rates) -> None:
        """Draw."""
        used = np.array(self._used, float).reshape(-1, 2)
        log = self.log.isChecked()

        def scaled(values: np.ndarray) -> np.ndarray:
            return log10(values) if log else values

        shown = (scaled(result.planned), scaled(used[:, 1]))
        low, high = span(*shown, pad=0.08)
        if not log:
            low, high = 0.0, high * 1.15
        lines = [Line(used[:, 0], shown[1], "accent", tr("so far"), width=1.8)]
        if result.known:
            lines.insert(
                0,
                Line(result.step.astype(float), shown[0], "accent", tr("planned"), True, 1.2, 0.7),
            )
        last = max(float(result.step[-1]), 1.0)
        self.chart.setAccessibleName(tr(self.title))
        self.chart.show_figure(
            Figure(
                Axis(0, last, "plain", tr("step")), Axis(low, high, "log" if log else "plain"),
                tuple(lines), marks=((float(result.now), tr("now")),),
            )
        )  # fmt: skip

    def describe(self, result: Rates) -> str:
        """The present rate."""
        return tr(
            "The learning rate at step {step} is {rate}.",
            step=f"{result.now:,}",
            rate=plain_text(result.rate),
        )

    def rows(self, result: Rates) -> tuple[Sequence[str], Iterable[Sequence[Any]]]:
        """The plan."""
        return ("step", "planned rate"), zip(
            result.step.tolist(), result.planned.tolist(), strict=True
        )
