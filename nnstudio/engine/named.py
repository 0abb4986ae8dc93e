"""Keyframes by name: where training stands, independent of how this version lays memory out."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nnstudio.core.project import State
from nnstudio.core.text import StudioError, mark
from nnstudio.engine.history import Curves
from nnstudio.engine.keyframe import Keyframe
from nnstudio.engine.plan import Program
from nnstudio.engine.watch import Watch


def state_of(program: Program, keyframe: Keyframe, curves: Curves | None = None) -> State:
    """A keyframe of this program, every array under its own name."""
    begin = program.parameter_region[0]
    arrays: dict[str, np.ndarray] = {}
    for (node, name), (offset, p) in program.parameters.items():
        values = keyframe.parameters[offset - begin : offset - begin + p.size]
        arrays[f"parameters/{node}/{name}"] = values.reshape(p.shape)
    for number, region in enumerate(_regions(program, keyframe.slots)):
        for (node, name), (offset, p) in program.parameters.items():
            if p.trainable:
                values = region[offset - begin : offset - begin + p.size]
                arrays[f"slots/{number}/{node}/{name}"] = values.reshape(p.shape)
    kept = keyframe.watch.weights
    for (node, name), (offset, p) in program.parameters.items():
        at = offset - begin
        if p.trainable and len(keyframe.average):
            values = keyframe.average[at : at + p.size]
            arrays[f"averages/{node}/{name}"] = values.reshape(p.shape)
        if kept is not None:
            arrays[f"kept/{node}/{name}"] = kept[at : at + p.size].reshape(p.shape)
    columns = {} if curves is None else curves.columns()
    watch = keyframe.watch
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
    begin, end = program.parameter_region
    parameters = np.zeros(end - begin, np.float32)
    slots = np.zeros(sum(size for _, size in program.slot_regions), np.float32)
    for (node, name), (offset, p) in program.parameters.items():
        at = offset - begin
        parameters[at : at + p.size] = _found(state, f"parameters/{node}/{name}", p.shape)
    for number, region in enumerate(_regions(program, slots)):
        for (node, name), (offset, p) in program.parameters.items():
            if p.trainable:
                at = offset - begin
                region[at : at + p.size] = _found(state, f"slots/{number}/{node}/{name}", p.shape)
    averages = program.average_region >= 0 and any(n.startswith("averages/") for n in state.arrays)
    # Where they are kept, the running means end where the gradients begin.
    size = begin + program.gradient_shift - program.average_region if averages else 0
    average = np.zeros(size, np.float32)
    watch = _watch(state.extra.get("watch"))
    if any(name.startswith("kept/") for name in state.arrays):
        watch.weights = np.zeros(end - begin, np.float32)
    for (node, name), (offset, p) in program.parameters.items():
        at = offset - begin
        if averages and p.trainable:
            average[at : at + p.size] = _found(state, f"averages/{node}/{name}", p.shape)
        if watch.weights is not None:
            watch.weights[at : at + p.size] = _found(state, f"kept/{node}/{name}", p.shape)
    step, epoch, position, updates = state.counters[:4]
    counters = (step, epoch, position, updates)
    return Keyframe(parameters, slots, counters, state.schedule, average, watch)


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


def _regions(program: Program, slots: np.ndarray) -> list[np.ndarray]:
    """The part of every optimizer slot, views of their concatenation."""
    ends = np.cumsum([size for _, size in program.slot_regions])
    return [slots[end - n : end] for end, (_, n) in zip(ends, program.slot_regions, strict=True)]


def _found(state: State, name: str, shape: tuple[int, ...]) -> np.ndarray:
    array = state.arrays.get(name)
    if array is None or array.shape != shape:
        raise StudioError(
            mark("The saved training state does not fit the network: {name}."), name=name
        )
    return array.ravel()
