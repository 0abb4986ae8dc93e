"""The recorder of a run: its curves, the figures of the moment, and when to measure validation."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable

import numpy as np

from nnstudio.core.data import Part
from nnstudio.engine.history import Curves, History
from nnstudio.engine.means import Means
from nnstudio.engine.scoring import all_figures, judged_in_rounds, score
from nnstudio.engine.trainer import Trainer

#: The validation set is measured at most this often, and takes at most this share of the time.
SCORE_SECONDS = 1 / 60
SCORE_SHARE = 0.025
#: The other figures of merit: so often at most, and this share.
FIGURE_SECONDS = 0.1
FIGURE_SHARE = 0.01
#: While it trains, a measurement takes about so many seconds at most: where the whole set would
#: take longer, an even sample of it, of at least so many examples, stands for it.
SAMPLE_SECONDS = 0.1
LEAST_SAMPLE = 256
#: A sample that could be so many times larger becomes so.
GROWTH = 4
#: Points are added to the curves at most this often ...
CURVE_SECONDS = 1 / 60
#: ... but a run's beginning, where most happens, gets a point for every so many percent more steps.
EARLY_POINTS = 600
EARLY_GROWTH = 0.02


class Recorder:
    """Written by the session's thread; ``curves`` may be asked for by any."""

    def __init__(self) -> None:
        self.means = Means()
        self.valid = (math.nan, math.nan)
        self.figures: dict[str, float] = {}  # others, of the same step, if they were measured
        self.sample = 0  # the scores are of so many validation examples; 0: of all
        self._seconds = 0.0  # of scoring one example, at best
        self._part: Part | None = None  # the sample
        self._history = History()
        self._lock = threading.Lock()
        self._next_point = 0.0
        self._next_score = 0.0
        self._next_figures = 0.0
        self._scored_step = -1

    def curves(self) -> Curves:
        """A copy of this run's curves."""
        with self._lock:
            return self._history.curves()

    def forget(self) -> None:
        """The run begins anew."""
        with self._lock:
            self._history = History()
        self.means.clear()
        self.valid = (math.nan, math.nan)
        self.figures = {}
        self._next_score = self._next_figures = 0.0
        self.sample = 0
        self.changed()

    def resume(self, columns: dict[str, np.ndarray]) -> None:
        """Go on with the curves of an earlier session."""
        self.forget()
        with self._lock:
            self._history.fill(columns)

    def changed(self) -> None:
        """Parameters or data have changed: the validation scores are no longer true."""
        self._scored_step = -1
        self._seconds, self._part = 0.0, None

    def cut(self, step: int) -> None:
        """Forget what came after a step."""
        with self._lock:
            self._history.cut(step)
        self.changed()

    def add(
        self, trainer: Trainer, losses: np.ndarray, right: np.ndarray, seconds: float, ends: bool
    ) -> None:
        """Take in one chunk of steps; ``ends`` says that training pauses after it."""
        now = time.perf_counter()
        self.means.add(losses, right, seconds, now - seconds)
        if len(self._history) < EARLY_POINTS:
            self._add_early_points(trainer, losses, right)
        elif now >= self._next_point or ends:
            self._add_point(trainer)

    def rest(self, trainer: Trainer) -> None:
        """Training pauses: the last point gets its validation scores."""
        valid = self.measure(trainer, thoroughly=True)
        if self.means.pending:
            self._add_point(trainer)
        with self._lock:
            self._history.complete(*valid, self.figures)

    def refine(self, trainer: Trainer | None, wanted: Callable[[], bool]) -> bool:
        """While training rests: scores of the whole validation set in place of a sample's. Given
        up when ``wanted`` says that there is something else to do; whether there are better
        scores now."""
        if trainer is None or not self.sample or self._scored_step != trainer.step:
            return False
        found = judged_in_rounds(trainer, trainer.data.valid, wanted)
        if found is None:
            return False
        self.valid, self.sample = found[:2], 0
        self.figures |= {f"valid_{name}": value for name, value in found[2].items()}
        with self._lock:
            self._history.complete(*self.valid, self.figures)
        return True

    def measure(self, trainer: Trainer, thoroughly: bool = False) -> tuple[float, float]:
        """Loss and accuracy on the validation set, or on a sample where that would take long,
        measured if something has changed since; the other figures with them if it is time for
        those, or if asked for."""
        known = self._scored_step == trainer.step
        if known and (self.figures or not thoroughly):
            return self.valid
        part = self._sample(trainer)
        begin = time.perf_counter()
        self._scored_step = trainer.step
        if thoroughly or begin >= self._next_figures:
            self.valid, self.figures = all_figures(trainer, part)
            end = time.perf_counter()
            self._next_figures = end + max(FIGURE_SECONDS, (end - begin) / FIGURE_SHARE)
        else:
            self.valid, self.figures = score(trainer, part), {}
            end = time.perf_counter()
        self.sample = len(part) if len(part) < len(trainer.data.valid) else 0
        self._next_score = end + max(SCORE_SECONDS, (end - begin) / SCORE_SHARE)
        if len(part):
            spent = (end - begin) / len(part)
            self._seconds = min(spent, self._seconds or spent)
        return self.valid

    def _sample(self, trainer: Trainer) -> Part:
        """What to score: evenly chosen examples, always the same ones, so that scores of different
        steps can be compared. How many, earlier measurements tell; the very first ones, which are
        slow for other reasons, may be far too careful."""
        whole = trainer.data.valid
        size = LEAST_SAMPLE
        while size < len(whole) and 0 < 2 * size * self._seconds <= SAMPLE_SECONDS:
            size *= 2
        if size >= len(whole):
            self._part = whole
        elif self._part is None or size >= GROWTH * len(self._part):
            rows = np.linspace(0, len(whole) - 1, size).astype(int)
            self._part = Part(whole.x[rows], whole.y[rows])
        return self._part

    def _add_early_points(self, trainer: Trainer, losses: np.ndarray, right: np.ndarray) -> None:
        begin = trainer.step - len(losses)
        at = 0
        while True:
            end = at + max(1, int((begin + at) * EARLY_GROWTH))
            if end >= len(losses):
                break
            step, loss, share = begin + end, losses[at:end].mean(), right[at:end].mean()
            epoch = step / trainer.steps_per_epoch
            with self._lock:
                self._history.add(step, epoch, float(loss), math.nan, float(share), math.nan)
            at = end
        self.means.restart(losses[at:], right[at:])
        self._add_point(trainer)

    def _add_point(self, trainer: Trainer) -> None:
        now = time.perf_counter()
        self._next_point = now + CURVE_SECONDS
        valid, more = (math.nan, math.nan), {}
        if now >= self._next_score or self._scored_step == trainer.step:
            valid, more = self.measure(trainer), self.figures
        loss, share = self.means.take()
        epoch = trainer.step / trainer.steps_per_epoch
        with self._lock:
            self._history.add(trainer.step, epoch, loss, valid[0], share, valid[1], more)
