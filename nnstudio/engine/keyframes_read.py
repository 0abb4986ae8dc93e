"""Kept keyframes of a project, read again. The file may be a stranger's: what does not fit, fails
to plan or is out of order is left out, and nothing is believed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnstudio.core.contracts import Shape
from nnstudio.core.data import Data
from nnstudio.core.setup import Setup, Training
from nnstudio.core.text import StudioError
from nnstudio.engine import places as at
from nnstudio.engine.keyframe import Keyframe
from nnstudio.engine.keyframes_file import MOST_STACKS, PREFIX, finite_or_nan, is_whole
from nnstudio.engine.places import Places
from nnstudio.engine.program import program_for
from nnstudio.engine.timeline import MOST, Stretch, Timeline
from nnstudio.engine.trainer import with_live
from nnstudio.engine.watch import Watch

#: Different plans and stretches that a file may ask for.
MOST_PLANS = 64
MOST_STRETCHES = 20_000

Arrays = dict[str, np.ndarray]


@dataclass
class _Kept:
    """The keyframes of one run with the number of the stretch of each."""

    stretches: dict[int, tuple[Stretch, int]]
    frames: list[tuple[int, Keyframe]]


def read(
    plain: Any,
    arrays: Arrays,
    setup_of: Callable[[Any], Setup | None],
    data_of: Callable[[Any, Setup], Data | None],
) -> dict[int, Timeline]:
    """Timelines by run."""
    if not isinstance(plain, dict):
        return {}
    planner = _Planner()
    runs: dict[int, _Kept] = {}
    rows = plain.get("stretches")
    for row in rows[:MOST_STRETCHES] if isinstance(rows, list) else []:
        _add_stretch(runs, row, setup_of, data_of, planner)
    stacks = plain.get("stacks")
    count = min(stacks, MOST_STACKS) if is_whole(stacks) else 0
    for number in range(count):
        prefix = f"{PREFIX}/{number}/"
        some = {k.removeprefix(prefix): v for k, v in arrays.items() if k.startswith(prefix)}
        try:
            _add_stack(runs, some)
        except (_Unfit, IndexError, ValueError):
            continue
    return {run: line for run, kept in runs.items() if (line := _line(kept)) is not None}


class _Unfit(Exception):
    """An array is missing, or of another shape."""


class _Planner:
    """Where parameters lie for a setup; equal layouts are planned once."""

    def __init__(self) -> None:
        self._known: list[tuple[Setup, Data, Places | None]] = []

    def places(self, setup: Setup, data: Data) -> Places | None:
        """The places, None if the setup cannot be trained on the data."""
        same = dataclasses.replace(setup, training=with_live(setup.training, Training()), name="")
        for known, its_data, places in self._known:
            if its_data is data and known == same:
                return places
        found = None
        if len(self._known) < MOST_PLANS:
            try:
                found = at.places_of(program_for(setup, data))
            except (StudioError, ValueError):
                found = None
        self._known.append((same, data, found))
        return found


def _add_stretch(
    runs: dict[int, _Kept],
    row: Any,
    setup_of: Callable[[Any], Setup | None],
    data_of: Callable[[Any, Setup], Data | None],
    planner: _Planner,
) -> None:
    if not isinstance(row, list) or len(row) != 6:
        return
    run, number, begin, end, setup_number, data_number = row
    if not all(is_whole(n) for n in (run, number, begin)) or not (end == -1 or is_whole(end)):
        return
    setup = setup_of(setup_number)
    data = None if setup is None else data_of(data_number, setup)
    if setup is None or data is None:
        return
    places = planner.places(setup, data)
    if places is not None:
        kept = runs.setdefault(run, _Kept({}, []))
        kept.stretches[number] = (Stretch(number, begin, setup, data, places), end)


def _add_stack(runs: dict[int, _Kept], arrays: Arrays) -> None:
    """Take the keyframes of a stack into their runs; raises ``_Unfit`` if the stack is unsound."""
    where, counters = arrays.get("where"), arrays.get("counters")
    schedule, watches = arrays.get("schedule"), arrays.get("watch")
    if where is None or counters is None or schedule is None or watches is None:
        raise _Unfit
    count = len(where) if where.ndim else 0
    if not 0 < count <= 64 * MOST or schedule.ndim != 2 or not 1 <= schedule.shape[1] <= 64:
        raise _Unfit
    wanted = [(where, 2, "i"), (counters, 4, "i"), (schedule, schedule.shape[1], "f"),
              (watches, 4, "f")]  # fmt: skip
    if any(a.shape != (count, n) or a.dtype.kind != kind for a, n, kind in wanted):
        raise _Unfit
    if counters.min() < 0 or counters.max() >= 2**53:
        raise _Unfit
    rows: dict[Places, list[int]] = {}
    owners = []
    for row, (run, number) in enumerate(where.tolist()):
        kept = runs.get(run)
        found = None if kept is None else kept.stretches.get(number)
        owners.append((kept, found))
        if found is not None and found[0].places is not None:
            rows.setdefault(found[0].places, []).append(row)
    for places, some in rows.items():
        flat = _Flat(places, arrays, count)
        for row in some:
            kept, found = owners[row]
            assert kept is not None
            assert found is not None
            frame = Keyframe(
                flat.parameters[row].copy(), flat.slots[row].copy(),
                tuple(counters[row].tolist()),  # type: ignore[arg-type]
                tuple(schedule[row].tolist()), flat.average[row].copy(),
                flat.watch(watches[row].tolist()),
            )  # fmt: skip
            kept.frames.append((found[0].number, frame))


class _Flat:
    """The arrays of a stack as this version lays them out."""

    def __init__(self, places: Places, arrays: Arrays, count: int) -> None:
        def find(name: str, shape: Shape) -> np.ndarray:
            array = arrays.get(name)
            if array is None or array.shape != shape or array.dtype != np.float32:
                raise _Unfit
            return array

        self.parameters = at.flat_parameters(places, find, "parameters", (count,))
        self.slots = at.flat_slots(places, find, (count,))
        self.average = at.flat_averages(places, find, (count,))
        first = next((a for name, a in arrays.items() if name.startswith("kept/")), None)
        kept = len(first) if first is not None and first.ndim else 0
        self._kept = at.flat_parameters(places, find, "kept", (kept,)) if kept else None

    def watch(self, row: list[float]) -> Watch:
        """What early stopping had seen; several keyframes share the same best weights."""
        best, epoch, stopped, kept = row
        watch = Watch()
        watch.best = finite_or_nan(best)
        watch.best_epoch = int(epoch) if 0 <= epoch < 2**53 else 0
        watch.stopped = stopped == 1
        if self._kept is not None and 0 <= kept < len(self._kept):
            watch.weights = self._kept[int(kept)]
        return watch


def _line(kept: _Kept) -> Timeline | None:
    """The timeline of a run; None unless steps and stretches come in order."""
    frames = sorted(kept.frames, key=lambda pair: (pair[0], pair[1].step))
    numbers = sorted(kept.stretches)
    stretches = [kept.stretches[number] for number in numbers]
    begins = [stretch.begin for stretch, _ in stretches]
    steps = [frame.step for _, frame in frames]
    if not frames or begins != sorted(begins) or steps != sorted(steps):
        return None
    for number, frame in frames:
        stretch, end = kept.stretches[number]
        if frame.step < stretch.begin or (end != -1 and frame.step > end):
            return None
    line = Timeline()
    line.restore(stretches, frames)
    return line
