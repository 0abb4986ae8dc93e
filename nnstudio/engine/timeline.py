"""The timeline of a run: keyframes of the whole of it, within a memory budget.

A run is a chain of *stretches*; within one, setup and data stay the same, so any step of it can be
made again from the keyframe before it. An edit (another learning rate, a weight set by hand, a
layer more) ends a stretch and a keyframe begins the next, so no replay crosses an edit.

Keyframes are thinned logarithmically: near the run's beginning, where most happens, and near its
present end they stand close, in between the gaps grow with the distance to both.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nnstudio.core.data import Data
from nnstudio.core.setup import Setup
from nnstudio.engine.keyframe import Keyframe
from nnstudio.engine.places import Places

#: More keyframes than this are thinned whatever the budget.
MOST = 4096
#: A thinning goes this far below the limit, so that it is not needed at every keyframe.
ROOM = 0.85
#: In the middle of a run the gaps grow as if the ends were at least this share of it away.
FLOOR = 1 / 32


@dataclass(frozen=True, eq=False)
class Stretch:
    """A part of a run in which nothing but training changed anything: from ``begin`` steps on."""

    number: int
    begin: int
    setup: Setup
    data: Data
    places: Places | None = None  # where parameters lie in its keyframes


@dataclass(frozen=True, eq=False)
class Place:
    """Where a step is found: replay ``step - keyframe.step`` steps of ``stretch``.

    ``exact`` is False if that is impossible: memory was too short to keep the beginning of the
    stretch, and ``keyframe`` is the nearest that is left.
    """

    step: int
    keyframe: Keyframe
    stretch: Stretch
    exact: bool = True


class Timeline:
    """Keyframes and stretches of one run. Not thread-safe: ``Runs`` guards it."""

    def __init__(self) -> None:
        self.stretches: list[Stretch] = []
        self.nbytes = 0
        self._frames: list[Keyframe] = []
        self._steps: list[int] = []
        self._owners: list[int] = []  # number of the stretch of each keyframe
        self._ends: dict[int, int] = {}  # the step at which each stretch but the last ends

    def __len__(self) -> int:
        return len(self._frames)

    @property
    def first(self) -> int:
        """The first step that is kept."""
        return self._steps[0] if self._steps else 0

    @property
    def newest(self) -> Keyframe | None:
        """The last keyframe."""
        return self._frames[-1] if self._frames else None

    @property
    def steps(self) -> list[int]:
        """The steps at which keyframes are."""
        return list(self._steps)

    @property
    def frames(self) -> list[Keyframe]:
        """All keyframes, in order."""
        return list(self._frames)

    def pairs(self) -> Iterator[tuple[Keyframe, Stretch]]:
        """Every keyframe with the stretch that it is in."""
        by_number = {stretch.number: stretch for stretch in self.stretches}
        for frame, owner in zip(self._frames, self._owners, strict=True):
            yield frame, by_number[owner]

    def end_of(self, number: int) -> int:
        """The step at which a stretch ends, −1 if it is the last."""
        return self._ends.get(number, -1)

    def copy(self) -> Timeline:
        """Another timeline of the same keyframes, to be thinned apart from this."""
        made = Timeline()
        made.stretches, made.nbytes = list(self.stretches), self.nbytes
        made._frames, made._steps = list(self._frames), list(self._steps)
        made._owners, made._ends = list(self._owners), dict(self._ends)
        return made

    def restore(
        self, stretches: list[tuple[Stretch, int]], frames: list[tuple[int, Keyframe]]
    ) -> None:
        """Take over stretches with their ends (−1: none) and keyframes with the number of the
        stretch of each, both in order."""
        self.stretches = [stretch for stretch, _ in stretches]
        self._ends = {stretch.number: end for stretch, end in stretches if end >= 0}
        self._frames = [frame for _, frame in frames]
        self._steps = [frame.step for frame in self._frames]
        self._owners = [number for number, _ in frames]
        self.nbytes = sum(frame.nbytes for frame in self._frames)

    def goes_on(self, setup: Setup, data: Data, keyframe: Keyframe) -> bool:
        """Whether a keyframe continues the last stretch, with nothing edited between."""
        if not self.stretches or self._owners[-1:] != [self.stretches[-1].number]:
            return False
        last = self.stretches[-1]
        if last.number in self._ends:
            return False
        return last.setup == setup and last.data is data and self._steps[-1] < keyframe.step

    def cut(self, step: int) -> None:
        """Forget the keyframes at and after a step."""
        while self._steps and self._steps[-1] >= step:
            self._drop(len(self._frames) - 1)

    def clear(self, keep_newest: bool = False) -> None:
        """Forget the keyframes, all or all but the last; without one nothing can be begun again,
        and the stretches go too."""
        while len(self._frames) > int(keep_newest):
            self._drop(0)
        if not self._frames:
            self.stretches, self._ends = [], {}

    def begin(
        self, setup: Setup, data: Data, keyframe: Keyframe, places: Places | None = None
    ) -> None:
        """Begin a stretch. One that has trained no step gives way to it."""
        number = 0
        if self.stretches:
            last = self.stretches[-1]
            number = last.number + 1
            while self._owners and self._owners[-1] == last.number and last.begin == keyframe.step:
                self._drop(len(self._frames) - 1)
            if last.begin == keyframe.step:
                self.stretches.pop()
                if self.stretches:
                    self._ends[self.stretches[-1].number] = keyframe.step
            else:
                self._ends[last.number] = keyframe.step
        self.stretches.append(Stretch(number, keyframe.step, setup, data, places))
        self._append(keyframe)

    def add(self, keyframe: Keyframe) -> None:
        """Keep one more moment of the present stretch; one at a step that is kept already is
        dropped."""
        if self._steps and keyframe.step <= self._steps[-1]:
            return
        self._append(keyframe)
        if len(self._frames) > MOST:
            self.thin(most=int(MOST * ROOM))

    def strip(self) -> None:
        """Forget an edit at the end that nothing was trained after."""
        if len(self.stretches) < 2 or self.stretches[-1].begin != self._steps[-1]:
            return
        two = [self.stretches[-2].number, self.stretches[-1].number]
        if self._owners[-2:] == two and self._steps[-2] == self._steps[-1]:
            self._drop(len(self._frames) - 1)
            self.stretches.pop()
            del self._ends[self.stretches[-1].number]

    def find(self, step: int) -> Place:
        """The nearest keyframe at or before a step, with the stretch it is in."""
        at = max(bisect.bisect_right(self._steps, step) - 1, 0)
        frame, number = self._frames[at], self._owners[at]
        stretch = next(s for s in self.stretches if s.number == number)
        end = self._ends.get(number, step)
        return Place(step, frame, stretch, exact=frame.step <= step <= end)

    def nearest(self, step: int) -> Place:
        """The keyframe nearest to a step, as a place of its own."""
        at = bisect.bisect_left(self._steps, step)
        near = [i for i in (at - 1, at) if 0 <= i < len(self._steps)]
        best = min(near, key=lambda i: abs(self._steps[i] - step))
        return self.find(self._steps[best])

    def edits(self) -> tuple[int, ...]:
        """The steps at which something was edited."""
        return tuple(stretch.begin for stretch in self.stretches[1:])

    def thin(self, nbytes: int | None = None, most: int | None = None) -> None:
        """Drop keyframes until they take ``nbytes``, or are ``most``; the first and the newest
        stay, and the beginnings of stretches as long as anything else can go."""
        for beginnings in (False, True):
            while self._too_many(nbytes, most):
                if not self._thin_once(nbytes, most, beginnings):
                    break

    def _too_many(self, nbytes: int | None, most: int | None) -> bool:
        return (nbytes is not None and self.nbytes > nbytes) or (
            most is not None and len(self._frames) > most
        )

    def _thin_once(self, nbytes: int | None, most: int | None, beginnings: bool) -> bool:
        """Drop the least useful keyframes, no two that are neighbours; whether any was."""
        count = len(self._frames)
        if count < 3:
            return False
        steps = np.array(self._steps, np.float64)
        near = np.minimum(steps - steps[0], steps[-1] - steps) + FLOOR * (steps[-1] - steps[0]) + 1
        gap = (steps[2:] - steps[:-2]) / near[1:-1]
        owners = np.array(self._owners)
        if not beginnings:
            gap[owners[1:-1] != owners[:-2]] = np.inf
        gone: set[int] = set()
        size = self.nbytes
        for at in np.argsort(gap, kind="stable") + 1:
            over = (nbytes is not None and size > nbytes) or (
                most is not None and count - len(gone) > most
            )
            if not over or not np.isfinite(gap[at - 1]):
                break
            if at - 1 in gone or at + 1 in gone:
                continue
            gone.add(int(at))
            size -= self._frames[at].nbytes
        for at in sorted(gone, reverse=True):
            self._drop(at)
        return bool(gone)

    def _append(self, keyframe: Keyframe) -> None:
        self._frames.append(keyframe)
        self._steps.append(keyframe.step)
        self._owners.append(self.stretches[-1].number)
        self.nbytes += keyframe.nbytes

    def _drop(self, at: int) -> None:
        self.nbytes -= self._frames[at].nbytes
        del self._frames[at], self._steps[at], self._owners[at]
