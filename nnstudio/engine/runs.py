"""The runs of a sitting: a tree, each with its curves, its keyframes and how it began.

Written by the session's thread, read by any; one lock guards it all. Keyframes of all runs share
one memory budget; the present run may take most of it.
"""

from __future__ import annotations

import dataclasses
import threading
import time
from dataclasses import dataclass, field

import numpy as np

from nnstudio.core.setup import Setup
from nnstudio.engine.history import Curves
from nnstudio.engine.keyframe import Keyframe
from nnstudio.engine.timeline import ROOM, Place, Stretch, Timeline
from nnstudio.engine.trainer import Trainer

#: What keyframes of all runs may take, in bytes.
BUDGET = 256 << 20
#: A keyframe is taken at most so often, in seconds, and takes at most this share of the time.
SECONDS = 0.016
SHARE = 0.01
#: How many colours runs take in turn.
COLOURS = 5
#: Runs that are neither pinned nor recent are forgotten when there are more than this.
MOST_RUNS = 64


@dataclass(frozen=True)
class Run:
    """One run. ``name`` is empty until somebody names it; ``number`` counts from 1.

    ``parent`` and ``branched_at`` say where it comes from, 0 and 0 if from nowhere; ``colour``
    numbers the colours of the theme. ``curves`` is None while it is the present run.
    """

    number: int
    parent: int = 0
    branched_at: int = 0
    name: str = ""
    notes: str = ""
    colour: int = 0
    pinned: bool = False
    hidden: bool = False
    steps: int = 0
    diverged: int = -1  # the step at which the loss was no finite number
    curves: Curves | None = None
    setup: Setup | None = None
    timeline: Timeline = field(default_factory=Timeline, repr=False, compare=False)
    left: int = 0  # grows from run to run that training goes away from


@dataclass(frozen=True)
class Track:
    """What a bar over the present run shows, in steps; ``best`` is −1 if unknown."""

    run: int
    first: int
    last: int
    edits: tuple[int, ...]
    diverged: int
    keyframes: int


class Runs:
    """All runs, and which is the present one."""

    def __init__(self, budget: int = BUDGET) -> None:
        self.budget = budget
        self._lock = threading.RLock()
        self._runs: dict[int, Run] = {}
        self._present = 0
        self._count = 0
        self._left = 0
        self._due = 0.0
        self.version = 0  # grows when anything but the length of a run changes

    # --- reading, from any thread ---

    def all(self) -> list[Run]:
        """Every run, oldest first."""
        with self._lock:
            return list(self._runs.values())

    @property
    def present(self) -> Run | None:
        """The run that is trained now."""
        with self._lock:
            return self._runs.get(self._present)

    def __getitem__(self, number: int) -> Run:
        with self._lock:
            return self._runs[number]

    def get(self, number: int) -> Run | None:
        """A run, None if there is none of that number any more: another thread may forget it."""
        with self._lock:
            return self._runs.get(number)

    def __contains__(self, number: int) -> bool:
        with self._lock:
            return number in self._runs

    @property
    def nbytes(self) -> int:
        """What all keyframes take."""
        with self._lock:
            return sum(run.timeline.nbytes for run in self._runs.values())

    def track(self) -> Track | None:
        """The present run in steps."""
        with self._lock:
            run = self._runs.get(self._present)
            if run is None or not len(run.timeline):
                return None
            line = run.timeline
            return Track(run.number, line.first, run.steps, line.edits(), run.diverged, len(line))

    def find(self, step: int, number: int = 0, *, nearest: bool = False) -> Place | None:
        """Where a step of a run (0: the present one) is found; None if nothing is kept."""
        with self._lock:
            run = self._runs.get(number or self._present)
            if run is None or not len(run.timeline):
                return None
            return run.timeline.nearest(step) if nearest else run.timeline.find(step)

    # --- what a person may do to a run ---

    def change(self, number: int, **values: object) -> None:
        """Another name, notes, pinned or hidden."""
        with self._lock:
            if number in self._runs:
                self._runs[number] = dataclasses.replace(self._runs[number], **values)  # type: ignore[arg-type]
                self.version += 1

    def delete(self, number: int) -> None:
        """Forget a run that is not the present one; its branches stay."""
        with self._lock:
            if number in self._runs and number != self._present:
                parent = self._runs[number].parent
                del self._runs[number]
                for child in [r for r in self._runs.values() if r.parent == number]:
                    self._runs[child.number] = dataclasses.replace(child, parent=parent)
                self.version += 1

    # --- on the session's thread ---

    def begin(self, trainer: Trainer, parent: int = 0) -> None:
        """A new run begins where the trainer stands. The present one, if it has not trained a
        step of its own and nobody cares for it, gives way."""
        with self._lock:
            before = self._runs.get(self._present)
            if before is not None and _is_blank(before) and before.number != parent:
                del self._runs[before.number]
                self._count = max(self._runs, default=0)
            self._count += 1
            setup, step = trainer.setup, trainer.step
            run = Run(
                self._count, parent, step if parent else 0, colour=(self._count - 1) % COLOURS,
                steps=step, setup=setup,
            )  # fmt: skip
            run.timeline.begin(setup, trainer.data, trainer.keyframe(), trainer.places)
            self._runs[run.number] = run
            self._present = run.number
            self.version += 1
            self._forget_old()
            self._make_room()

    def resume(self, trainer: Trainer, saved: list[Run]) -> None:
        """Go on with the runs of a file, the last of which is where the trainer stands."""
        with self._lock:
            if not saved:
                self.begin(trainer)
                return
            run = dataclasses.replace(
                saved[-1], curves=None, setup=trainer.setup, steps=trainer.step
            )
            self._runs = {one.number: one for one in saved[:-1]} | {run.number: run}
            self._count = max(self._runs)
            self._present = run.number
            _continue(run.timeline, trainer)
            self.version += 1
            self._make_room()

    def capture(self) -> tuple[list[Run], dict[int, Timeline]]:
        """Every run, the present one last, and copies of their timelines, for another thread."""
        with self._lock:
            runs = sorted(self._runs.values(), key=lambda run: run.number == self._present)
            return runs, {run.number: run.timeline.copy() for run in runs}

    def edited(self, trainer: Trainer) -> None:
        """The present run goes on in another way."""
        with self._lock:
            run = self._runs.get(self._present)
            if run is None:
                self.begin(trainer)
                return
            _continue(run.timeline, trainer, edited=True)
            self._runs[run.number] = dataclasses.replace(
                run, setup=trainer.setup, steps=trainer.step, diverged=-1
            )
            self.version += 1
            self._make_room()

    def follow(self, trainer: Trainer, force: bool = False) -> None:
        """Some steps were done: take a keyframe if it is time."""
        with self._lock:
            run = self._runs.get(self._present)
            if run is None:
                return
            if run.steps != trainer.step:
                self._runs[run.number] = dataclasses.replace(run, steps=trainer.step)
            now = time.perf_counter()
            newest = run.timeline.newest
            if (now < self._due and not force) or (newest and newest.step >= trainer.step):
                return
            run.timeline.add(trainer.keyframe())
            self._make_room()
            end = time.perf_counter()
            self._due = end + max(SECONDS, (end - now) / SHARE)

    def diverged(self, trainer: Trainer) -> None:
        """The next step's loss is no finite number."""
        with self._lock:
            run = self._runs.get(self._present)
            if run is not None:
                self._runs[run.number] = dataclasses.replace(
                    run, steps=trainer.step, diverged=trainer.step
                )
                self.version += 1

    def leave(self, trainer: Trainer, curves: Curves) -> None:
        """Keep where the present run stands, to go on with it later."""
        with self._lock:
            run = self._runs.get(self._present)
            if run is not None:
                self.follow(trainer, force=True)
                run.timeline.strip()
                self._left += 1
                self._runs[run.number] = dataclasses.replace(
                    run, curves=curves, steps=trainer.step, left=self._left
                )
                self.version += 1

    def enter(self, number: int) -> tuple[Stretch, Keyframe, Curves] | None:
        """Make a run the present one: how and where it goes on, and its curves so far."""
        with self._lock:
            run = self._runs.get(number)
            if run is None or run.timeline.newest is None or run.curves is None:
                return None
            self._present = number
            curves = run.curves
            self._runs[number] = dataclasses.replace(run, curves=None)
            self.version += 1
            return run.timeline.stretches[-1], run.timeline.newest, curves

    def _forget_old(self) -> None:
        plain = [r for r in self._runs.values() if not r.pinned and r.number != self._present]
        for run in plain[: max(0, len(self._runs) - MOST_RUNS)]:
            self.delete(run.number)

    def _make_room(self) -> None:
        """Thin where most is kept; the present run counts half.

        Where all are thin, earlier runs are left with where they stood, and then the oldest with
        their curves alone; never a pinned one, nor the last that was left.
        """
        if self.nbytes <= self.budget:
            return
        for run in sorted(self._runs.values(), key=self._weight, reverse=True):
            over = self.nbytes - self.budget
            if over <= 0:
                return
            more = int(self.budget * (1 - ROOM))  # not needed again at the next keyframe
            run.timeline.thin(nbytes=max(0, run.timeline.nbytes - over - more))
        earlier = [r for r in self._runs.values() if r.number != self._present]
        last = max(earlier, key=lambda run: run.left, default=None)
        plain = [r for r in earlier if not r.pinned and r is not last]
        for keep_newest in (True, False):
            for run in plain:
                if self.nbytes <= self.budget:
                    return
                if len(run.timeline) > int(keep_newest):
                    run.timeline.clear(keep_newest)
                    self.version += 1

    def _weight(self, run: Run) -> float:
        return run.timeline.nbytes * (0.5 if run.number == self._present else 1.0)


def _continue(line: Timeline, trainer: Trainer, edited: bool = False) -> None:
    """Add where the trainer stands, as a stretch of its own if something was edited."""
    keyframe = trainer.keyframe()
    if not edited and line.goes_on(trainer.setup, trainer.data, keyframe):
        line.add(keyframe)
    else:
        line.begin(trainer.setup, trainer.data, keyframe, trainer.places)


def _is_blank(run: Run) -> bool:
    """Whether a run has trained no step of its own, and nobody has cared for it."""
    return run.steps <= run.branched_at and not (run.pinned or run.name or run.notes)


def before(curves: Curves, step: int) -> Curves:
    """The part of curves up to a step."""
    end = int(np.searchsorted(curves.step, step, side="right"))
    return curves.where(slice(end))


def best_step(curves: Curves) -> int:
    """The step of the lowest validation loss, −1 if none was measured."""
    if not np.isfinite(curves.valid_loss).any():
        return -1
    return int(curves.step[np.nanargmin(curves.valid_loss)])
