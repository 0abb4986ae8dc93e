"""Data as the engine takes it: arrays in their own type, split, with what their numbers mean."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import numpy as np

from nnstudio.core.contracts import Shape

if TYPE_CHECKING:
    from nnstudio.core.recipes.preparation import Preparation
    from nnstudio.core.recipes.recipe import Augmentation

#: Features of a point of the plane, by name: what the network may see of (x1, x2).
PLANE_FEATURES = ("x1", "x2", "x1^2", "x2^2", "x1*x2", "sin(x1)", "sin(x2)")

#: The plane is drawn from −6 to 6 on both axes.
PLANE_LIMIT = 6.0


def plane_features(points: np.ndarray, names: tuple[str, ...]) -> np.ndarray:
    """Features of points: (n, 2) -> (n, len(names)), float32."""
    x1, x2 = points[:, 0], points[:, 1]
    columns = {
        "x1": lambda: x1,
        "x2": lambda: x2,
        "x1^2": lambda: x1 * x1,
        "x2^2": lambda: x2 * x2,
        "x1*x2": lambda: x1 * x2,
        "sin(x1)": lambda: np.sin(x1),
        "sin(x2)": lambda: np.sin(x2),
    }
    if not names:
        return np.empty((len(points), 0), np.float32)
    return np.ascontiguousarray(np.stack([columns[n]() for n in names], 1), dtype=np.float32)


@dataclass(frozen=True)
class Part:
    """One part of the data: ``x`` (n, *shape) float32 or uint8, ``y`` (n, targets) float32.

    For classification ``y`` holds class numbers in one column.
    """

    x: np.ndarray
    y: np.ndarray

    def __len__(self) -> int:
        return len(self.x)


@dataclass(frozen=True)
class Data:
    """A data set ready to train on.

    The network sees ``x * scale + shift`` (``scale`` 1/255 for images kept as uint8).
    ``plane`` names the features of 2-D data, and ``points``, ``valid_points`` are the points in
    the plane themselves; all three are ``None`` for other data. A regression target is
    ``y * target_scale + target_shift`` in its own units. ``notes`` are sentences for the person
    who opened the data, such as which columns were left out.

    ``test`` is put aside to the very end, if there is one. ``preparation`` turns new rows into
    what the network sees, and outputs into words; it travels with the model. ``rows`` are the
    places in the source of the examples of training, validation and test. ``augmentation`` changes
    training images at random.
    """

    name: str
    task: str  # "classification" or "regression"
    train: Part
    valid: Part
    classes: tuple[str, ...] = ()
    feature_names: tuple[str, ...] = ()
    target_names: tuple[str, ...] = ()
    scale: float = 1.0
    shift: float = 0.0
    plane: tuple[str, ...] | None = None
    points: np.ndarray | None = None
    valid_points: np.ndarray | None = None
    notes: tuple[str, ...] = field(default=())
    target_scale: float | np.ndarray = 1.0
    target_shift: float | np.ndarray = 0.0
    test: Part | None = None
    preparation: Preparation | None = None
    rows: tuple[np.ndarray, ...] = ()
    augmentation: Augmentation | None = None

    @cached_property
    def shape(self) -> Shape:
        """The shape of one example."""
        return tuple(self.train.x.shape[1:])

    @cached_property
    def target_range(self) -> tuple[float, float]:
        """The least and the largest target of the training part; (0, 0) if it has none."""
        y = self.train.y
        return (float(y.min()), float(y.max())) if y.size else (0.0, 0.0)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all examples and targets, in hexadecimal."""
        found = hashlib.sha256()
        for part in (self.train, self.valid):
            for array in (part.x, part.y):
                found.update(f"{array.dtype.str}{array.shape}".encode())
                found.update(np.ascontiguousarray(array).data)
        return found.hexdigest()

    @property
    def outputs(self) -> int:
        """How many outputs a network for this data needs: 1 for two classes."""
        if self.task == "classification":
            return 1 if len(self.classes) == 2 else len(self.classes)
        return self.train.y.shape[1]

    def in_units(self, y: np.ndarray) -> np.ndarray:
        """Targets or predictions of a regression in the units of the data's source."""
        return y * self.target_scale + self.target_shift

    def prepared(self, x: np.ndarray) -> np.ndarray:
        """Examples as the network sees them, float32."""
        if x.dtype == np.float32 and self.scale == 1.0 and self.shift == 0.0:
            return x
        return x.astype(np.float32) * np.float32(self.scale) + np.float32(self.shift)


_held: WeakValueDictionary[Hashable, Data] = WeakValueDictionary()


def held(spec: Hashable, make: Callable[[], Data]) -> Data:
    """The data of a spec that always gives the same, made anew only if nobody holds it any more: a
    history of a thousand edits holds it once."""
    found = _held.get(spec)
    return _held.setdefault(spec, make()) if found is None else found
