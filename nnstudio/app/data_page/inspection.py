"""What the data page shows of a table, worked out beside the window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnstudio.analysis.association import associations
from nnstudio.analysis.cautions import Caution, cautions
from nnstudio.analysis.columns import Histogram, Summary, histogram, summarise
from nnstudio.core.data import Data
from nnstudio.core.sources.raw import CATEGORY, RawColumn, RawStack, RawTable
from nnstudio.core.sources.watching import portion, progress

#: Columns whose associations are computed.
MOST_ASSOCIATED = 30


@dataclass(frozen=True, eq=False)
class Look:
    """A column in figures, and how its values are distributed."""

    summary: Summary
    histogram: Histogram

    def is_far(self, value: float) -> bool:
        """Whether a number is an outlier."""
        return value < self.summary.low or value > self.summary.high


@dataclass(frozen=True, eq=False)
class Inspection:
    """A table with the figures of its columns, how they go together, and what to beware of."""

    table: RawTable
    looks: dict[str, Look]
    names: tuple[str, ...]
    association: np.ndarray
    cautions: tuple[Caution, ...]


def as_numbers(column: RawColumn) -> np.ndarray:
    """A column as numbers (rows,) float64: categories by their place, NaN where one is missing."""
    if column.numeric:
        return column.values
    return np.where(column.values < 0, np.nan, column.values.astype(np.float64))


def even_rows(count: int, most: int) -> np.ndarray | slice:
    """An even selection of at most so many rows."""
    if count <= most:
        return slice(None)
    return np.linspace(0, count - 1, most).astype(np.int64)


def inspect(dataset: Any, data: Data, known: Inspection | None) -> Inspection | RawStack:
    """Look at a prepared data set's raw rows; figures of the same table are taken over."""
    with portion(0.0, 0.3):
        raw = dataset.raw()
    if not isinstance(raw, RawTable):
        return raw  # type: ignore[no-any-return]
    beware = cautions(data)
    if known is not None and known.table is raw:
        return Inspection(raw, known.looks, known.names, known.association, beware)
    looks = {}
    for at, column in enumerate(raw.columns):
        progress(0.3 + 0.5 * at / len(raw.columns))
        looks[column.name] = Look(summarise(column), histogram(column))
    chosen = [c for c in raw.columns if c.numeric or c.kind == CATEGORY][:MOST_ASSOCIATED]
    names = tuple(column.name for column in chosen)
    return Inspection(raw, looks, names, associations(chosen), beware)
