"""A trained network with all that is needed to use it elsewhere: what exporters are given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from nnstudio.core.contracts import Shape
from nnstudio.core.data import Data
from nnstudio.core.lowering import Lowered, lower
from nnstudio.core.recipes.preparation import InputColumn
from nnstudio.core.setup import Setup

#: Where a parameter is: node id and name.
Key = tuple[str, str]


@dataclass(frozen=True)
class Trained:
    """A setup, the data that it was trained on, its parameters as float32 arrays, and the curves.

    ``predict`` runs the network on prepared examples (n, *shape) where the engine is at hand.
    ``curves`` has equally long columns by name, ``step`` counts what was trained.
    """

    setup: Setup
    data: Data
    parameters: Mapping[Key, np.ndarray]
    step: int = 0
    epoch: int = 0
    curves: Mapping[str, np.ndarray] = field(default_factory=dict)
    predict: Callable[[np.ndarray], np.ndarray] | None = None

    @cached_property
    def lowered(self) -> Lowered:
        """The operations of predicting."""
        return lower(self.setup.network)

    @property
    def columns(self) -> tuple[InputColumn, ...]:
        """How a row of a table, one number a column (a category's place, NaN for a gap), becomes
        what the network sees; none for other data."""
        found = self.data.preparation
        if found is None or found.plane or found.window != (0, 1, False):
            return ()
        width = sum(len(column.feature_names) for column in found.inputs)
        return found.inputs if (width,) == self.lowered.input_shape else ()

    @property
    def raw_shape(self) -> Shape:
        """The shape of an example before preparation: a point of the plane, a row of a table, or
        as the data is."""
        if self.data.plane is not None:
            return (2,)
        return (len(self.columns),) if self.columns else self.lowered.input_shape

    @property
    def raw(self) -> tuple[np.ndarray, np.ndarray]:
        """Training and validation examples before preparation."""
        data = self.data
        if data.points is not None and data.valid_points is not None:
            return data.points, data.valid_points
        return data.train.x, data.valid.x

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes; none for a regression."""
        return self.data.classes if self.data.task == "classification" else ()

    @property
    def in_units(self) -> tuple[list[float], list[float]] | None:
        """Factors and shifts, one a target, from the network's numbers to a regression's own
        units; None where they are the same."""
        data, count = self.data, self.lowered.output_shape[-1]
        if data.task == "classification":
            return None
        pairs = (data.target_scale, data.target_shift)
        factor, shift = (np.broadcast_to(np.ravel(np.asarray(v, np.float64)), count) for v in pairs)
        same = np.all(factor == 1.0) and np.all(shift == 0.0)
        return None if same else (factor.tolist(), shift.tolist())

    @property
    def is_prepared(self) -> bool:
        """Whether examples are what the network sees, so that there is nothing to prepare."""
        data = self.data
        plain = data.plane is None or data.plane == ("x1", "x2")
        return plain and data.scale == 1.0 and data.shift == 0.0 and not self.columns
