"""What functions look like: curves of activations, initializers, schedules and losses. No Qt.

Everything here is computed from the concepts themselves, so that a new one has its picture too.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

import numpy as np

from nnstudio.core.contracts import (
    Activation,
    Loss,
    Parameter,
    Schedule,
    activations,
    initializer,
)
from nnstudio.core.text import StudioError, mark

#: Points of a curve.
POINTS = 161


@dataclass(frozen=True, eq=False)
class Sketch:
    """A small picture: curves (x, y, dashed), or bars (edges, heights); and what it shows."""

    name: str
    curves: tuple[tuple[np.ndarray, np.ndarray, bool], ...] = ()
    bars: tuple[np.ndarray, np.ndarray] | None = None
    x_name: str = ""
    note: str = ""


def of_activation(layer: Activation) -> Sketch | None:
    """The function (solid) and its derivative (dashed), from −4 to 4. Softmax compares several
    numbers: shown is one of two, against the other at 0."""
    x = np.linspace(-4, 4, POINTS)
    try:
        if layer.name == "softmax":
            y = 1 / (1 + np.exp(-x))
            slope = y * (1 - y)
        else:
            y, slope = layer.value(x), layer.derivative(x)
    except (NotImplementedError, ValueError, TypeError, IndexError):
        return None
    curves = ((x, np.asarray(y, float), False), (x, np.asarray(slope, float), True))
    return Sketch(layer.label, curves, note=mark("dashed: the derivative"))


def of_activation_named(name: str) -> Sketch | None:
    """The same by an activation's short name."""
    found = activations().get(name)
    return of_activation(found()) if found is not None else None


def of_initializer(parameter: Parameter) -> Sketch | None:
    """How the first values of a parameter are spread, drawn from the initializer itself."""
    try:
        how = initializer(parameter.initializer)
    except StudioError:
        return None
    shape = tuple(parameter.shape)
    rows, columns = math.prod(shape[:-1] or (1,)), shape[-1] if shape else 1
    sample = (max(2, min(rows, 64)), max(2, min(columns, 64)))
    if parameter.initializer != "orthogonal":
        sample = (64, 64)  # the spread follows from the fans alone
    drawn = how.fill(dataclasses.replace(parameter, shape=sample), np.random.default_rng(7))
    values = np.asarray(drawn, float).ravel()
    limit = float(np.abs(values).max()) or 1.0
    heights, edges = np.histogram(values, bins=31, range=(-limit, limit))
    return Sketch(how.label, bars=(edges, heights / max(heights.max(), 1)))


def of_schedule(schedule: Schedule, rate: float, steps_an_epoch: int, epochs: int) -> Sketch:
    """The learning rate over the run, by epochs; without an end, over ten (and what a schedule
    does that watches the loss, if it stops falling after the first tenth)."""
    shown = epochs or 10
    total = shown * max(steps_an_epoch, 1)
    steps = np.linspace(0, max(total - 1, 1), POINTS)
    factors = np.asarray(schedule.factors(steps, total if epochs else 0), float)
    note = ""
    if schedule.observes:
        factors = factors * _observed(schedule, shown)
        note = mark("if the loss stops falling")
    elif not epochs:
        note = mark("no end is set")
    x = steps / max(steps_an_epoch, 1)
    return Sketch(schedule.label, ((x, rate * factors, False),), x_name=mark("epoch"), note=note)


def _observed(schedule: Schedule, epochs: int) -> np.ndarray:
    """The first number that the schedule remembers, along the run."""
    memory = schedule.start
    after = [memory[0]]
    for epoch in range(epochs):
        loss = max(1.0 - 10 * epoch / max(epochs, 1), 0.5)
        memory = schedule.observe(memory, loss)
        after.append(memory[0])
    places = np.minimum((np.linspace(0, 1, POINTS) * epochs).astype(int), epochs)
    return np.array(after)[places]


def of_loss(loss: Loss, task: str) -> Sketch | None:
    """The loss of one example: by the error for numbers, by the probability (or the score) of the
    right class for classes."""
    scored = "hinge" in loss.type_name.lower()
    if loss.type_name.startswith("Poisson"):  # of counts, when one event happened
        x = np.linspace(-0.95, 3, POINTS)
        outputs = np.log(x + 1) if getattr(loss, "log_output", False) else x + 1
        x_name, targets = mark("prediction − target"), np.ones((1, 1))
    elif task == "regression":
        x = np.linspace(-3, 3, POINTS)
        outputs, x_name, targets = x, mark("prediction − target"), np.zeros((1, 1))
    elif scored:
        x = np.linspace(-3, 3, POINTS)
        outputs, x_name, targets = x, mark("score of the right class"), np.ones((1, 1))
    else:
        x = np.linspace(0.005, 1, POINTS)
        outputs, x_name, targets = x, mark("probability of the right class"), np.ones((1, 1))
    try:
        y = np.array([loss.value(np.array([[o]]), targets, task, scored) for o in outputs])
    except (StudioError, ValueError, IndexError, TypeError):
        return None
    if not np.ptp(y[np.isfinite(y)]) > 0:
        return None  # one number alone says nothing (a distribution of one value)
    return Sketch(loss.label, ((x, y, False),), x_name=x_name)
