"""What a column of a table is like: extremes, means, gaps, outliers, and how often each value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnstudio.core.recipes.fitting_columns import fences
from nnstudio.core.sources.raw import RawColumn

#: How far beyond the quartiles, in interquartile ranges, an outlier begins (Tukey 1977).
FENCE = 1.5
#: Bars of a histogram of numbers, and the most of a histogram of categories.
BARS, MOST_BARS = 30, 40


@dataclass(frozen=True)
class Summary:
    """A column in figures; those of numbers are NaN for categories.

    ``outliers`` counts numbers outside the fences ``low`` and ``high``; ``common`` are the most
    frequent values with their counts.
    """

    name: str
    kind: str
    rows: int
    missing: int
    distinct: int
    minimum: float
    maximum: float
    mean: float
    median: float
    deviation: float
    low: float
    high: float
    outliers: int
    common: tuple[tuple[str, int], ...]


@dataclass(frozen=True, eq=False)
class Histogram:
    """How many values fall where: ``counts`` (bars,), and either ``edges`` (bars + 1,) of numbers
    or ``labels`` of categories; ``rest`` counts those of categories that are not shown."""

    counts: np.ndarray
    edges: np.ndarray | None = None
    labels: tuple[str, ...] = ()
    rest: int = 0


def summarise(column: RawColumn, common: int = 5) -> Summary:
    """The figures of a column."""
    gaps = column.gaps
    missing = int(gaps.sum())
    values = column.values[~gaps]
    nothing = float("nan")
    if not len(values):
        return Summary(column.name, column.kind, len(column), missing, 0, *(nothing,) * 7, 0, ())
    distinct, counts = np.unique(values, return_counts=True)
    first = np.argsort(-counts, kind="stable")[:common]
    rows = [int(np.argmax(column.values == distinct[place])) for place in first]
    top = tuple(
        (column.text(row), int(counts[place])) for row, place in zip(rows, first, strict=True)
    )
    if not column.numeric:
        return Summary(
            column.name, column.kind, len(column), missing, len(distinct), *(nothing,) * 7, 0, top
        )
    low, high = fences(values, FENCE)
    outside = int(((values < low) | (values > high)).sum())
    return Summary(
        column.name, column.kind, len(column), missing, len(distinct), float(values.min()),
        float(values.max()), float(values.mean()), float(np.median(values)), float(values.std()),
        low, high, outside, top,
    )  # fmt: skip


def outliers(column: RawColumn, width: float = FENCE) -> np.ndarray:
    """Which rows of a number column lie outside its fences: (rows,) bool; none for categories."""
    known = ~column.gaps
    if not column.numeric or not known.any():
        return np.zeros(len(column), bool)
    low, high = fences(column.values[known], width)
    with np.errstate(invalid="ignore"):
        return (column.values < low) | (column.values > high)


def histogram(column: RawColumn, bars: int = BARS) -> Histogram:
    """How a column's values are distributed; whole numbers of few values get a bar each."""
    values = column.values[~column.gaps]
    if not column.numeric:
        counts = np.bincount(values, minlength=len(column.categories))
        order = np.argsort(-counts, kind="stable")
        if len(order) <= MOST_BARS:
            return Histogram(counts, labels=column.categories)
        shown = order[:MOST_BARS]
        labels = tuple(column.categories[place] for place in shown)
        return Histogram(counts[shown], labels=labels, rest=int(counts[order[MOST_BARS:]].sum()))
    if not len(values):
        return Histogram(np.zeros(0, np.int64), np.zeros(1))
    low, high = float(values.min()), float(values.max())
    if low == high:
        return Histogram(np.array([len(values)]), np.array([low - 0.5, low + 0.5]))
    whole = high - low < bars and bool((values == np.floor(values)).all())
    edges = np.arange(low - 0.5, high + 1) if whole else np.linspace(low, high, bars + 1)
    counts, _ = np.histogram(values, edges)
    return Histogram(counts, edges)
