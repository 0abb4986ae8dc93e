"""What a recipe came to on the training part: every number that turns new rows into inputs.

A ``Preparation`` is immutable plain JSON and travels with a trained model; training, validation
and every later prediction go through the same functions, so equal rows give equal bits.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnstudio.core.data import Data, plane_features
from nnstudio.core.recipes.casting import cast
from nnstudio.core.sources.columns import shorten
from nnstudio.core.sources.raw import CATEGORY, DATE, NUMBER, Raw, RawColumn, RawStack, RawTable
from nnstudio.core.text import StudioError, mark

#: Standard deviations from the mean; what is farther out would overflow in the network.
FARTHEST = 1e6


@dataclass(frozen=True)
class InputColumn:
    """How one column becomes numbers.

    A number or date: a gap becomes ``fill``, then ``low`` ≤ x ≤ high, then sign(x)·log(1 + |x|) if
    ``log``, then (x − shift) / scale. A category: one number each (``categories``), or its place
    among them, scaled, if ``ordinal``; ``own`` adds one for gaps, ``fill_place`` ≥ 0 fills them; a
    category that training did not know is none of them.
    """

    name: str
    kind: str
    fill: float = 0.0
    shift: float = 0.0
    scale: float = 1.0
    low: float | None = None
    high: float | None = None
    log: bool = False
    categories: tuple[str, ...] = ()
    ordinal: bool = False
    own: bool = False
    fill_place: int = -1

    @property
    def feature_names(self) -> tuple[str, ...]:
        """A name for each number that the network sees."""
        if self.kind != CATEGORY or self.ordinal:
            return (self.name,)
        own = (f"{self.name}=?",) if self.own else ()
        return tuple(f"{self.name}={value}" for value in self.categories) + own

    def encode(self, column: RawColumn, out: np.ndarray) -> None:
        """Write the numbers of a column (rows,) to ``out`` (rows, width) float32."""
        column = cast(column, self.kind)
        if self.kind != CATEGORY:
            out[:, 0] = self._scaled(column.values)
            return
        places = self.places(column)
        if self.fill_place >= 0:
            places = np.where(column.gaps, self.fill_place, places)
        if self.ordinal:
            values = np.where(places < 0, np.nan, places.astype(np.float64))
            out[:, 0] = self._scaled(values)
            return
        out[:] = 0
        if self.own:
            places = np.where(column.gaps, len(self.categories), places)
        rows = np.flatnonzero(places >= 0)
        out[rows, places[rows]] = 1

    def places(self, column: RawColumn) -> np.ndarray:
        """Places of a category column's values among ``categories`` (rows,), −1 if unknown."""
        known = {text: place for place, text in enumerate(self.categories)}
        table = np.array([known.get(text, -1) for text in column.categories] + [-1], np.int64)
        return table[column.values]

    def _scaled(self, values: np.ndarray) -> np.ndarray:
        exact = np.where(np.isnan(values), self.fill, values)
        if self.low is not None and self.high is not None:
            exact = np.clip(exact, self.low, self.high)
        if self.log:
            exact = np.sign(exact) * np.log1p(np.abs(exact))
        return np.clip((exact - self.shift) / self.scale, -FARTHEST, FARTHEST).astype(np.float32)


@dataclass(frozen=True)
class TargetColumn:
    """What is predicted: one of ``classes``, or a number, y · scale + shift in its own units."""

    name: str
    classes: tuple[str, ...] = ()
    shift: float = 0.0
    scale: float = 1.0


@dataclass(frozen=True)
class Preparation:
    """How new rows or images become inputs, and outputs become answers.

    For a table ``inputs`` are its columns; for images and other stacks ``shape`` is that of an
    example, and the network sees ``x * scale + shift``. ``resize`` says how images of other sizes
    are fitted. ``window`` is (length, horizon, sequence) for a time series. ``plane`` names the
    features that are computed from the points of the plane, x1 and x2.
    """

    task: str
    targets: tuple[TargetColumn, ...]
    inputs: tuple[InputColumn, ...] = ()
    shape: tuple[int, ...] = ()
    scale: float = 1.0
    shift: float = 0.0
    resize: str = "stretch"
    window: tuple[int, int, bool] = (0, 1, False)
    plane: tuple[str, ...] = ()

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes; none for numbers."""
        return self.targets[0].classes if self.targets else ()

    @property
    def feature_names(self) -> tuple[str, ...]:
        """A name for each number of a row; none for images."""
        return tuple(name for column in self.inputs for name in column.feature_names)

    def prepared(self, raw: Raw) -> np.ndarray:
        """What the network sees of new rows or images: (n, *shape) float32.

        Raises ``StudioError`` if they are of another kind, or a column is missing.
        """
        if self.inputs:
            if not isinstance(raw, RawTable):
                raise _other_kind(raw.name, mark("a table"))
            return self.rows(raw)
        if not isinstance(raw, RawStack):
            raise _other_kind(raw.name, mark("images"))
        return self.examples(raw)

    def rows(self, table: RawTable) -> np.ndarray:
        """A table's inputs: (rows, width) float32; for windows (rows − length + 1, ...)."""
        missing = [c.name for c in self.inputs if c.name not in table.names]
        if missing:
            raise StudioError(
                mark(
                    "{table} has no column “{name}”, which the network was trained with. It needs: "
                    "{needed}."
                ),
                table=table.name,
                name=shorten(missing[0]),
                needed=", ".join(shorten(c.name, 40) for c in self.inputs[:30]),
            )
        x = np.empty((table.rows, len(self.feature_names)), np.float32)
        at = 0
        for column in self.inputs:
            width = len(column.feature_names)
            column.encode(table.column(column.name), x[:, at : at + width])
            at += width
        if self.plane:
            return plane_features(x, self.plane)
        return self.windows(x)

    def windows(self, x: np.ndarray) -> np.ndarray:
        """Rows (n, width) as windows if the recipe wants them: (n − length + 1, ...)."""
        length, _, sequence = self.window
        if not length:
            return x
        if len(x) < length:
            raise StudioError(
                mark("There are {count} rows, fewer than a window of {length}. Give more rows."),
                count=len(x),
                length=length,
            )
        view = np.lib.stride_tricks.sliding_window_view(x, length, axis=0)  # (m, width, length)
        view = np.ascontiguousarray(view.transpose(0, 2, 1))
        return view if sequence else view.reshape(len(view), -1)

    def examples(self, stack: RawStack) -> np.ndarray:
        """A stack's inputs: (n, *shape) float32."""
        if stack.x.shape[1:] != self.shape:
            raise StudioError(
                mark("The network expects examples of {expected}, but {name} has {given}."),
                expected=" × ".join(map(str, self.shape)),
                name=stack.name,
                given=" × ".join(map(str, stack.x.shape[1:])),
            )
        return stack.x.astype(np.float32) * np.float32(self.scale) + np.float32(self.shift)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, data: Any) -> Preparation:
        """The preparation that ``to_json`` wrote; anything else raises ``StudioError``."""
        try:
            made = dict(data)
            made["targets"] = tuple(_read(TargetColumn, t) for t in data["targets"])
            made["inputs"] = tuple(_read(InputColumn, c) for c in data["inputs"])
            made["shape"] = tuple(int(size) for size in data["shape"])
            length, horizon, sequence = data["window"]
            made["window"] = (int(length), int(horizon), bool(sequence))
            result = _read(cls, made)
            if result.task not in ("classification", "regression"):
                raise ValueError
            return result
        except StudioError:
            raise
        except Exception:
            raise StudioError(
                mark("The model does not say soundly how its data is prepared. Train it again.")
            ) from None


def preparation_of(data: Data) -> Preparation:
    """The preparation of any data: its own, or what follows for data that needs none.

    Raises ``StudioError`` for a table whose preparation is not known.
    """
    if data.preparation is not None:
        return data.preparation
    scales = np.broadcast_to(np.atleast_1d(data.target_scale), (len(data.target_names) or 1,))
    shifts = np.broadcast_to(np.atleast_1d(data.target_shift), (len(data.target_names) or 1,))
    targets = tuple(
        TargetColumn(str(name), tuple(map(str, data.classes)), float(shift), float(scale))
        for name, scale, shift in zip(data.target_names or ("y",), scales, shifts, strict=True)
    )
    if data.plane is not None:
        points = (InputColumn("x1", NUMBER), InputColumn("x2", NUMBER))
        return Preparation(data.task, targets, points, plane=data.plane)
    if len(data.shape) == 1 and len(data.feature_names) == data.shape[0]:
        columns = tuple(InputColumn(name, NUMBER) for name in data.feature_names)
        return Preparation(data.task, targets, columns)
    return Preparation(data.task, targets, shape=data.shape, scale=data.scale, shift=data.shift)


_KINDS = (NUMBER, DATE, CATEGORY)


def _read(cls: type, data: dict[str, Any]) -> Any:
    """A dataclass of plain values from JSON; raises ``ValueError`` and the like if unsound."""
    values: dict[str, Any] = {}
    for field in dataclasses.fields(cls):
        value = data[field.name]
        if field.type == "str" and not isinstance(value, str):
            raise ValueError
        if field.type == "float":
            value = float(value)
            if not np.isfinite(value):
                raise ValueError
        if field.type == "float | None" and value is not None:
            value = float(value)
        if field.type == "int":
            value = int(value)
        if field.type == "bool":
            value = bool(value)
        if field.type == "tuple[str, ...]" and isinstance(value, (list, tuple)):
            value = tuple(str(item) for item in value)
        values[field.name] = value
    made = cls(**values)
    if cls is InputColumn and (made.kind not in _KINDS or made.scale == 0):
        raise ValueError
    return made


def _other_kind(name: str, wanted: str) -> StudioError:
    return StudioError(
        mark("“{name}” cannot be predicted: the network was trained on {wanted}."),
        name=name,
        wanted=wanted,
    )
