"""What if a column were otherwise: rows of a table taken apart into columns and put together again,
and the dependence of a prediction on one of them (partial dependence: Friedman 2001)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnstudio.core.data import Data
from nnstudio.core.recipes.preparation import InputColumn
from nnstudio.core.sources.raw import CATEGORY, NUMBER, RawColumn

#: Rows that ranges and means are taken of, at most.
SAMPLE = 2000
#: Places along a number's range, rows averaged at each, and numbers computed in all.
PLACES, AVERAGED, MOST_NUMBERS = 33, 100, 4_000_000


@dataclass(frozen=True)
class Tried:
    """One column that a person can try: where its numbers stand in a row, and its range; for
    categories ``low`` and ``high`` are their first and last place."""

    column: InputColumn
    at: int
    width: int
    low: float
    high: float

    @property
    def name(self) -> str:
        """The column's name."""
        return self.column.name

    @property
    def is_category(self) -> bool:
        """Whether it is one of several words rather than a number."""
        return self.column.kind == CATEGORY

    def encode(self, values: np.ndarray) -> np.ndarray:
        """Values (n,), or places of categories (−1: missing), as the network sees them: (n, width)
        float32."""
        out = np.zeros((len(values), self.width), np.float32)
        if self.is_category:
            raw = RawColumn(
                self.name, CATEGORY, np.asarray(values, np.int32), self.column.categories
            )
        else:
            raw = RawColumn(self.name, self.column.kind, np.asarray(values, np.float64))
        self.column.encode(raw, out)
        return out

    def decode(self, x: np.ndarray) -> np.ndarray:
        """What ``encode`` was given, of (n, width); as near as float32 tells."""
        column = self.column
        if self.is_category and not column.ordinal:
            places = np.where(x.any(1), x.argmax(1), -1)
            return np.where(places >= len(column.categories), -1, places)
        exact = x[:, 0].astype(np.float64) * column.scale + column.shift
        if self.is_category:
            return np.rint(exact)
        if column.log:
            exact = np.sign(exact) * np.expm1(np.abs(exact))
        return exact


def some_rows(data: Data, most: int = SAMPLE) -> np.ndarray:
    """An even selection of training rows as the network sees them: (n, width) float32."""
    part = data.train
    rows = np.linspace(0, len(part) - 1, min(len(part), most)).astype(int)
    return data.prepared(part.x[rows])


def columns_to_try(data: Data) -> tuple[Tried, ...]:
    """The columns of a table; none for data whose rows do not stand for themselves."""
    if len(data.shape) != 1 or not len(data.train):
        return ()
    preparation = data.preparation
    if preparation is None or not preparation.inputs:
        names = data.feature_names or tuple(f"x{at + 1}" for at in range(data.shape[0]))
        inputs = tuple(InputColumn(name, NUMBER) for name in names)
    elif preparation.window[0]:
        return ()
    else:
        inputs = preparation.inputs
    sample = some_rows(data)
    tried, at = [], 0
    for column in inputs:
        width = len(column.feature_names)
        one = Tried(column, at, width, 0.0, len(column.categories) - 1.0)
        if column.kind != CATEGORY:
            values = one.decode(sample[:, at : at + width])
            low, high = float(values.min()), float(values.max())
            room = 0.0 if high > low else max(1.0, abs(low))
            one = Tried(column, at, width, low - room, high + room)
        tried.append(one)
        at += width
    return tuple(tried) if at == data.shape[0] else ()


def places_of(tried: Tried) -> np.ndarray:
    """Where a column's dependence is measured: evenly along its range, or at each category."""
    if tried.is_category:
        return np.arange(len(tried.column.categories), dtype=np.float64)
    return np.linspace(tried.low, tried.high, PLACES)


def dependence(
    predict: Callable[[np.ndarray], np.ndarray], x: np.ndarray, tried: Tried
) -> np.ndarray:
    """Predictions (places, rows, answers) for rows (n, width) with one column set to each of its
    places. ``predict`` maps rows to answers (m, answers)."""
    values = tried.encode(places_of(tried))
    rows = np.repeat(x[None], len(values), 0)
    rows[:, :, tried.at : tried.at + tried.width] = values[:, None]
    answers = predict(rows.reshape(-1, x.shape[1]))
    return answers.reshape(len(values), len(x), -1)


def averaged_rows(data: Data, tried: Tried) -> np.ndarray:
    """Rows to average over, so many that the work stays small."""
    most = MOST_NUMBERS // max(1, len(places_of(tried)) * data.shape[0])
    return some_rows(data, max(1, min(AVERAGED, most)))
