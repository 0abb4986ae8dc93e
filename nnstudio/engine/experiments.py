"""Experiments apart from the session: twins that differ in one thing, the same over many seeds,
and the learning-rate range test."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnstudio.core import fields
from nnstudio.core.data import Data
from nnstudio.core.setup import Setup, Training
from nnstudio.core.text import StudioError
from nnstudio.engine.keyframe import Keyframe
from nnstudio.engine.pace import next_chunk
from nnstudio.engine.scoring import judged_in_rounds
from nnstudio.engine.trainer import Trainer

#: Points of a curve, and of a range test.
POINTS = 100
#: A range test ends where the smoothed loss is so many times the lowest.
BLOWN_UP = 4.0
#: Whether an experiment is cancelled is looked at about so often, in seconds.
CHUNK_SECONDS = 0.05
LOWEST, HIGHEST = 1e-6, 10.0


class Watcher:
    """Told of the progress, asked whether to go on."""

    def __init__(self) -> None:
        self.progress = 0.0
        self.cancelled = threading.Event()


@dataclass(frozen=True)
class Trace:
    """Curves of one run from step 0: mean training loss since the point before, and validation
    loss; NaN after a loss that was no finite number."""

    step: np.ndarray
    train: np.ndarray
    valid: np.ndarray


def traces(
    setups: Sequence[Setup],
    data: Data,
    steps: int,
    watcher: Watcher,
    found: Callable[[list[Trace]], None] | None = None,
) -> list[Trace]:
    """Train each setup from its first weights for so many steps, side by side; what there is so
    far is handed to ``found`` after each round. Equal setups give equal curves."""
    marks = np.unique(np.linspace(0, steps, min(POINTS, steps) + 1).astype(int))
    trainers: list[Trainer] = []
    rows: list[list[tuple[float, float]]] = [[] for _ in setups]
    cancelled = watcher.cancelled.is_set
    try:
        for setup in setups:
            if cancelled():
                return _traces(marks, rows)
            trainers.append(Trainer(setup, data, 1))
        for at, (begin, end) in enumerate(itertools.pairwise(marks), 1):
            for trainer, row in zip(trainers, rows, strict=True):
                point = _advance(trainer, int(end - begin), row, cancelled)
                if point is None:
                    break
                row.append(point)
            if cancelled():
                break
            watcher.progress = at / (len(marks) - 1)
            if found is not None:
                found(_traces(marks, rows))
    finally:
        for trainer in trainers:
            trainer.close()
    return _traces(marks, rows)


def _advance(
    trainer: Trainer,
    steps: int,
    row: list[tuple[float, float]],
    cancelled: Callable[[], bool],
) -> tuple[float, float] | None:
    """The next point of a curve; None if it was cancelled on the way."""
    nothing = (float("nan"), float("nan"))
    if row and np.isnan(row[-1][0]):
        return nothing
    try:
        parts = list(_in_parts(trainer, steps, cancelled))
    except StudioError:
        return nothing
    valid = judged_in_rounds(trainer, trainer.data.valid, cancelled, more=False)
    if valid is None or cancelled():
        return None
    losses = np.concatenate(parts)
    mean = float(losses.mean(dtype=np.float64)) if len(losses) else row[-1][0] if row else 0.0
    return mean, valid[0]


def _in_parts(trainer: Trainer, steps: int, cancelled: Callable[[], bool]) -> Iterator[np.ndarray]:
    """Train so many steps; yields the losses of some at a time, until it is cancelled or the run
    has ended by itself."""
    chunk = 1
    while steps > 0 and not cancelled():
        begin = time.perf_counter()
        losses, _ = trainer.run(min(chunk, steps))
        chunk = next_chunk(chunk, time.perf_counter() - begin, CHUNK_SECONDS)
        yield losses
        if len(losses) == 0:
            return
        steps -= len(losses)


def _traces(marks: np.ndarray, rows: list[list[tuple[float, float]]]) -> list[Trace]:
    count = min(len(row) for row in rows)
    step = marks[1 : count + 1].astype(float)
    made = [np.array(row[:count], float).reshape(-1, 2) for row in rows]
    return [Trace(step, values[:, 0], values[:, 1]) for values in made]


def with_seeds(setup: Setup, count: int) -> list[Setup]:
    """The same with its own and the following seeds."""
    first = setup.training.seed
    return [setup.with_training(seed=(first + k) % (2**31)) for k in range(count)]


def band(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lower quartile, median and upper quartile over rows (runs, points); runs that were blown up
    count as infinite."""
    filled = np.where(np.isnan(values), np.inf, values)
    ordered = np.sort(filled, axis=0)
    with np.errstate(invalid="ignore"):
        low, middle, high = np.quantile(ordered, (0.25, 0.5, 0.75), axis=0)
    return low, middle, high


def differences(one: Setup, other: Setup) -> list[tuple[str, Any, Any]]:
    """(marked label, value, other value) of everything that differs."""
    found: list[tuple[str, Any, Any]] = []
    for name, field in fields.fields_of(Training).items():
        pair = getattr(one.training, name), getattr(other.training, name)
        if pair[0] != pair[1]:
            found.append((field.label, *pair))
    for name, label in (("optimizer", "Optimizer"), ("loss", "Loss"), ("schedule", "Schedule")):
        pair = getattr(one.training, name), getattr(other.training, name)
        if pair[0] != pair[1]:
            names = [getattr(spec, "label", "–") for spec in pair]
            found.append((label, names[0], names[1]))
    return found


# --- the range test (Smith 2017, doi.org/10.1109/WACV.2017.58) ---


class _Sweep(Trainer):
    """A trainer whose learning rate grows from step to step."""

    sweep: np.ndarray
    origin = 0

    def rates(self, steps: int) -> np.ndarray:
        at = np.clip(np.arange(self.step, self.step + steps) - self.origin, 0, len(self.sweep) - 1)
        return np.asarray(self.sweep[at], np.float32)


@dataclass(frozen=True)
class RangeTest:
    """Rates, the loss at each smoothed, and the rate that is suggested (NaN if none)."""

    rates: np.ndarray
    losses: np.ndarray
    suggested: float


def range_test(
    setup: Setup,
    data: Data,
    steps: int,
    watcher: Watcher,
    keyframe: Keyframe | None = None,
    found: Callable[[RangeTest], None] | None = None,
) -> RangeTest:
    """Train a copy, from a keyframe or the first weights, while the learning rate grows
    exponentially from 1e-6 to 10; ends where the loss blows up."""
    plain = setup.with_training(schedule=None, epochs=0, patience=0, keep_best=False)
    trainer = _Sweep(plain, data, 1)
    trainer.sweep = np.geomspace(LOWEST, HIGHEST, steps)
    if keyframe is not None:
        trainer.restore(keyframe)
        trainer.origin = trainer.step
    smooth: list[float] = []
    mean, weight = 0.0, 0.0
    keep = 1 - 1 / max(5.0, steps / 25)
    try:
        for at in range(steps):
            if watcher.cancelled.is_set():
                break
            try:
                loss = float(trainer.run(1)[0][0])
            except StudioError:
                if not smooth:
                    raise  # there is nothing to show but this
                break
            mean, weight = keep * mean + (1 - keep) * loss, keep * weight + (1 - keep)
            smooth.append(mean / weight)
            watcher.progress = (at + 1) / steps
            if at > steps // 5 and smooth[-1] > BLOWN_UP * min(smooth):
                break
            if found is not None and at % 10 == 9:
                found(_range_test(trainer.sweep, smooth))
    finally:
        trainer.close()
    watcher.progress = 1.0
    return _range_test(trainer.sweep, smooth)


def _range_test(rates: np.ndarray, smooth: list[float]) -> RangeTest:
    losses = np.array(smooth)
    return RangeTest(rates[: len(losses)], losses, suggested_rate(rates[: len(losses)], losses))


def suggested_rate(rates: np.ndarray, losses: np.ndarray) -> float:
    """The rate at which the loss falls fastest over log(rate), before its lowest point, rounded to
    one figure; NaN if it never falls, or was never measured."""
    if not len(losses):
        return float("nan")
    reach = max(3, len(losses) // 12)  # points to each side that a slope is measured over
    low = int(np.argmin(losses))
    # The first losses are means of few batches; their slopes are noise.
    begin, end = 2 * reach, low + 1
    if end - begin < 2:
        return float("nan")
    at = np.arange(begin, end)
    slope = losses[np.minimum(at + reach, low)] - losses[at - reach]
    best = int(np.argmin(slope))
    return float(f"{rates[at[best]]:.1g}") if slope[best] < 0 else float("nan")
