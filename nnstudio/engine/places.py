"""Where the parameters of a program lie in the flat arrays of its keyframes, and back by name.

Names are independent of how this version lays memory out: ``parameters/<node>/<name>``,
``slots/<number>/<node>/<name>`` and ``averages/<node>/<name>``. Every function takes arrays with
any leading dimensions, so that one keyframe and a stack of them are the same to it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnstudio.core.contracts import Shape
from nnstudio.engine.plan import Program

#: Finds the array of a name, of exactly this shape.
Find = Callable[[str, Shape], np.ndarray]


@dataclass(frozen=True)
class Place:
    """One parameter: where it begins in the region of all parameters, in floats."""

    path: str  # node/name
    offset: int
    shape: Shape
    trainable: bool

    @property
    def size(self) -> int:
        """How many numbers it has."""
        return math.prod(self.shape)


@dataclass(frozen=True)
class Places:
    """All parameters, the size of their region, of each optimizer slot and of the running means
    (0 if none are kept)."""

    all: tuple[Place, ...]
    size: int
    slots: tuple[int, ...]
    average: int

    @property
    def kind(self) -> tuple[object, ...]:
        """What keyframes must share to be stacked by name."""
        named = tuple((place.path, place.shape, place.trainable) for place in self.all)
        return (named, len(self.slots), self.average > 0)


def places_of(program: Program) -> Places:
    """The places of a program."""
    begin, end = program.parameter_region
    averages = program.average_region
    return Places(
        tuple(
            Place(f"{node}/{name}", offset - begin, tuple(p.shape), p.trainable)
            for (node, name), (offset, p) in program.parameters.items()
        ),
        end - begin,
        tuple(size for _, size in program.slot_regions),
        # The running means end where the gradients begin.
        begin + program.gradient_shift - averages if averages >= 0 else 0,
    )


def named_parameters(places: Places, flat: np.ndarray, prefix: str) -> dict[str, np.ndarray]:
    """Views of ``flat`` (..., size) by name."""
    return {f"{prefix}/{place.path}": _part(flat, place) for place in places.all}


def named_slots(places: Places, flat: np.ndarray) -> dict[str, np.ndarray]:
    """Views of the slots (..., sum of their sizes) by name."""
    found = {}
    at = 0
    for number, size in enumerate(places.slots):
        region = flat[..., at : at + size]
        at += size
        for place in places.all:
            if place.trainable:
                found[f"slots/{number}/{place.path}"] = _part(region, place)
    return found


def named_averages(places: Places, flat: np.ndarray) -> dict[str, np.ndarray]:
    """Views of the running means (..., size) by name; none where none are kept."""
    if flat.shape[-1] == 0:
        return {}
    trainable = (place for place in places.all if place.trainable)
    return {f"averages/{place.path}": _part(flat, place) for place in trainable}


def _part(flat: np.ndarray, place: Place) -> np.ndarray:
    values = flat[..., place.offset : place.offset + place.size]
    return values.reshape(*flat.shape[:-1], *place.shape)


def flat_parameters(places: Places, find: Find, prefix: str, lead: Shape = ()) -> np.ndarray:
    """(*lead, size) of arrays (*lead, *shape) by name."""
    flat = np.zeros((*lead, places.size), np.float32)
    for place in places.all:
        _put(flat, place, find(f"{prefix}/{place.path}", (*lead, *place.shape)))
    return flat


def flat_slots(places: Places, find: Find, lead: Shape = ()) -> np.ndarray:
    """(*lead, sum of the slots' sizes) of arrays by name."""
    flat = np.zeros((*lead, sum(places.slots)), np.float32)
    at = 0
    for number, size in enumerate(places.slots):
        region = flat[..., at : at + size]
        at += size
        for place in places.all:
            if place.trainable:
                name = f"slots/{number}/{place.path}"
                _put(region, place, find(name, (*lead, *place.shape)))
    return flat


def flat_averages(places: Places, find: Find, lead: Shape = ()) -> np.ndarray:
    """(*lead, size) of the running means by name."""
    flat = np.zeros((*lead, places.average), np.float32)
    for place in places.all:
        if place.trainable and places.average:
            _put(flat, place, find(f"averages/{place.path}", (*lead, *place.shape)))
    return flat


def _put(flat: np.ndarray, place: Place, values: np.ndarray) -> None:
    flat[..., place.offset : place.offset + place.size] = values.reshape(*flat.shape[:-1], -1)
