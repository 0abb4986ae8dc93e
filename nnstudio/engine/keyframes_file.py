"""Kept keyframes inside a project: the moments of every run from which it can go on to the bit.

Keyframes whose parameters have the same names and shapes are stacked: one array a parameter,
whatever their number, so that a file has few entries. Runs end at a keyframe each, which is what
opening one again needs; the past of all runs is thinned to a budget of its own, for what is left
out is made again by replaying from the keyframe before it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeGuard

import numpy as np

from nnstudio.core.data import Data
from nnstudio.core.setup import Setup
from nnstudio.engine import places as at
from nnstudio.engine.keyframe import Keyframe
from nnstudio.engine.places import Places
from nnstudio.engine.timeline import Stretch, Timeline

#: Bytes in a file for the ends of runs, and for the past of all of them.
ENDS = 192 << 20
PAST = 32 << 20
#: Keyframes of one run, and stacks with all their arrays, in a file.
MOST = 512
MOST_STACKS = 64
MOST_ARRAYS = 8_000
PREFIX = "keyframes"


def thinned(
    lines: dict[int, Timeline], present: int, step: int, past: int = PAST, ends: int = ENDS
) -> None:
    """Thin timelines (copies, by run, what matters most first) to what a file holds. The present
    run's end, at ``step``, is in the file anyway."""
    others = sum(number != present for number in lines)
    for number, line in lines.items():
        if number == present:
            line.cut(step)
            share = past // 2 if others else past
        else:
            share = past // (2 * others)
            ends -= 0 if line.newest is None else _size([line.newest])
            if ends < 0:
                line.clear()
                continue
        line.thin(nbytes=share, most=MOST)
        while len(line) > 2 and _size(line.frames) > share:
            line.thin(most=max(2, len(line) * 2 // 3))
        if _size(line.frames[:-1] if number != present else line.frames) > share:
            line.clear(keep_newest=number != present)


def _size(frames: Iterable[Keyframe]) -> int:
    """Bytes of keyframes; best weights that several share count once."""
    frames = list(frames)
    kept = {id(f.watch.weights): f.watch.weights.nbytes for f in frames
            if f.watch.weights is not None}  # fmt: skip
    return sum(frame.nbytes for frame in frames) + sum(kept.values())


@dataclass
class _Stack:
    """Keyframes that share one kind of places, and for each where it belongs."""

    places: list[Places] = field(default_factory=list)
    where: list[tuple[int, int]] = field(default_factory=list)
    frames: list[Keyframe] = field(default_factory=list)


def describe(
    lines: dict[int, Timeline], number_setup: Callable[[Setup], int],
    number_data: Callable[[Setup, Data], int],
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:  # fmt: skip
    """Plain JSON and arrays of timelines by run; setups and data are numbered by the caller."""
    stretches: list[list[int]] = []
    stacks: dict[tuple[object, ...], _Stack] = {}
    arrays = 0
    for run, line in lines.items():
        used: dict[int, Stretch] = {}
        for frame, stretch in line.pairs():
            if stretch.places is None:
                continue
            key = (*stretch.places.kind, len(frame.schedule))
            if key not in stacks:
                arrays += len(stretch.places.all) * (3 + len(stretch.places.slots)) + 4
                if len(stacks) == MOST_STACKS or arrays > MOST_ARRAYS:
                    continue
                stacks[key] = _Stack()
            stack = stacks[key]
            stack.places.append(stretch.places)
            stack.where.append((run, stretch.number))
            stack.frames.append(frame)
            used[stretch.number] = stretch
        for stretch in used.values():
            stretches.append([
                run, stretch.number, stretch.begin, line.end_of(stretch.number),
                number_setup(stretch.setup), number_data(stretch.setup, stretch.data),
            ])  # fmt: skip
    found: dict[str, np.ndarray] = {}
    for number, stack in enumerate(stacks.values()):
        found |= {f"{PREFIX}/{number}/{name}": array for name, array in _arrays(stack).items()}
    return {"stretches": stretches, "stacks": len(stacks)}, found


def _arrays(stack: _Stack) -> dict[str, np.ndarray]:
    """The arrays of a stack: tables with a row a keyframe, and parameters (keyframes, *shape)."""
    frames = stack.frames
    weights: dict[int, tuple[int, np.ndarray, Places]] = {}
    watches = []
    for frame, places in zip(frames, stack.places, strict=True):
        watch = frame.watch
        kept = -1
        if watch.weights is not None:
            fresh = (len(weights), watch.weights, places)
            kept = weights.setdefault(id(watch.weights), fresh)[0]
        watches.append((watch.best, watch.best_epoch, watch.stopped, kept))
    found = {
        "where": np.array(stack.where, np.int64),
        "counters": np.array([frame.counters for frame in frames], np.int64),
        "schedule": np.array([frame.schedule for frame in frames], np.float64),
        "watch": np.array(watches, np.float64),
    }
    # Runs of one layout at a time: their names are views of one flat matrix.
    for name, parts in _by_layout(
        stack.places,
        [(f.parameters, f.slots, f.average) for f in frames],
        lambda places, p, s, a: at.named_parameters(places, p, "parameters")
        | at.named_slots(places, s) | at.named_averages(places, a),
    ).items():  # fmt: skip
        found[name] = parts
    if weights:
        found |= _by_layout(
            [places for _, _, places in weights.values()],
            [(kept,) for _, kept, _ in weights.values()],
            lambda places, kept: at.named_parameters(places, kept, "kept"),
        )
    return found


def _by_layout(
    places: list[Places],
    rows: list[tuple[np.ndarray, ...]],
    name: Callable[..., dict[str, np.ndarray]],
) -> dict[str, np.ndarray]:
    """Stack flat arrays, name their parts, and join the parts of different layouts in order."""
    parts: dict[str, list[np.ndarray]] = {}
    start = 0
    while start < len(rows):
        end = start
        while end < len(rows) and places[end] == places[start]:
            end += 1
        columns = [np.stack(column) for column in zip(*rows[start:end], strict=True)]
        for key, array in name(places[start], *columns).items():
            parts.setdefault(key, []).append(array)
        start = end
    return {key: some[0] if len(some) == 1 else np.concatenate(some)
            for key, some in parts.items()}  # fmt: skip


def setup_key(setup: Setup) -> str:
    """Equal for equal setups."""
    return json.dumps(setup.to_json(), sort_keys=True)


def is_whole(value: Any) -> TypeGuard[int]:
    """Whether a value of a file is a count or a place."""
    return type(value) is int and 0 <= value < 2**53


def finite_or_nan(value: float) -> float:
    """A number of a file that may be missing."""
    return value if math.isfinite(value) else math.nan
