"""Keyframes by name: where training stands, independent of how this version lays memory out."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nnstudio.core.contracts import Shape
from nnstudio.core.project import State
from nnstudio.core.text import StudioError, mark
from nnstudio.engine import places as at
from nnstudio.engine.history import Curves
from nnstudio.engine.keyframe import Keyframe
from nnstudio.engine.plan import Program
from nnstudio.engine.watch import Watch


def state_of(program: Program, keyframe: Keyframe, curves: Curves | None = None) -> State:
    """A keyframe of this program, every array under its own name."""
    places = at.places_of(program)
    arrays = at.named_parameters(places, keyframe.parameters, "parameters")
    arrays |= at.named_slots(places, keyframe.slots)
    arrays |= at.named_averages(places, keyframe.average)
    watch = keyframe.watch
    if watch.weights is not None:
        arrays |= at.named_parameters(places, watch.weights, "kept")
    columns = {} if curves is None else curves.columns()
    best = watch.best if math.isfinite(watch.best) else None
    seen = {"best": best, "best_epoch": watch.best_epoch, "stopped": watch.stopped}
    return State(
        arrays,
        tuple(keyframe.counters),
        tuple(float(x) for x in keyframe.schedule),
        {name: np.asarray(column, np.float64) for name, column in columns.items()},
        {"watch": seen},
    )


def keyframe_of(program: Program, state: State) -> Keyframe:
    """The keyframe for this program; raises ``StudioError`` if an array is missing or of another
    shape."""

    def find(name: str, shape: Shape) -> np.ndarray:
        array = state.arrays.get(name)
        if array is None or array.shape != shape:
            raise StudioError(
                mark("The saved training state does not fit the network: {name}."), name=name
            )
        return array

    places = at.places_of(program)
    averages = any(name.startswith("averages/") for name in state.arrays)
    watch = _watch(state.extra.get("watch"))
    if any(name.startswith("kept/") for name in state.arrays):
        watch.weights = at.flat_parameters(places, find, "kept")
    step, epoch, position, updates = state.counters[:4]
    return Keyframe(
        at.flat_parameters(places, find, "parameters"),
        at.flat_slots(places, find),
        (step, epoch, position, updates),
        state.schedule,
        at.flat_averages(places, find) if averages else np.empty(0, np.float32),
        watch,
    )


def _watch(plain: Any) -> Watch:
    """What early stopping had seen; nothing if that is not told soundly."""
    watch = Watch()
    if isinstance(plain, dict):
        best, epoch = plain.get("best"), plain.get("best_epoch")
        if isinstance(best, int | float) and math.isfinite(best):
            watch.best = float(best)
        if type(epoch) is int and 0 <= epoch < 2**53:
            watch.best_epoch = epoch
        watch.stopped = plain.get("stopped") is True
    return watch
