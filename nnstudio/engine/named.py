"""Keyframes by name: where training stands, independent of how this version lays memory out."""

from __future__ import annotations

import dataclasses

import numpy as np

from nnstudio.core.project import State
from nnstudio.core.text import StudioError, mark
from nnstudio.engine.history import Curves
from nnstudio.engine.keyframe import Keyframe
from nnstudio.engine.plan import Program


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
    columns = {} if curves is None else dataclasses.asdict(curves)
    return State(
        arrays,
        tuple(keyframe.counters),
        tuple(float(x) for x in keyframe.schedule),
        {name: np.asarray(column, np.float64) for name, column in columns.items()},
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
    step, epoch, position, updates = state.counters[:4]
    return Keyframe(parameters, slots, (step, epoch, position, updates), state.schedule)


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
