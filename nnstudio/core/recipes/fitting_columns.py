"""Fit one input column: its mean, its categories, its fences, from the training rows alone."""

from __future__ import annotations

import numpy as np

from nnstudio.core.recipes.preparation import InputColumn
from nnstudio.core.recipes.recipe import ColumnRecipe
from nnstudio.core.sources.raw import CATEGORY, NUMBER, RawColumn

#: Names that a column of row numbers usually has (lower case).
ROW_NUMBER_NAMES = frozenset(
    {"", "id", "index", "row", "no", "nr", "unnamed: 0", "column_1", "序号"}
)


def is_row_number(column: RawColumn) -> bool:
    """Whether a column only counts the rows, from 0 or 1, and is called so."""
    if column.kind != NUMBER or column.name.strip().lower() not in ROW_NUMBER_NAMES:
        return False
    values = column.values
    return (
        len(values) > 20
        and values[0] in (0.0, 1.0)
        and bool(np.array_equal(values, np.arange(len(values)) + values[0]))
    )


def fences(values: np.ndarray, width: float) -> tuple[float, float]:
    """So many interquartile ranges beyond the quartiles of values without gaps (Tukey 1977)."""
    low, high = np.quantile(values, [0.25, 0.75])
    room = width * (high - low)
    return float(low - room), float(high + room)


def fit_column(column: RawColumn, train: np.ndarray, how: ColumnRecipe) -> InputColumn | None:
    """How a column becomes numbers, from its rows of the training part; None if the column says
    nothing there (one value only, or none)."""
    if column.kind == CATEGORY:
        return _fit_category(column, column.values[train], how)
    values = column.values[train]
    known = values[~np.isnan(values)]
    if not len(known) or known.min() == known.max():
        return None
    low = high = None
    if how.clip > 0:
        low, high = fences(known, how.clip)
        known = np.clip(known, low, high)
        if low == high:
            return None
    fill = float(known.mean())
    if how.missing == "median":
        fill = float(np.median(known))
    elif how.missing == "frequent":
        distinct, counts = np.unique(known, return_counts=True)
        fill = float(distinct[counts.argmax()])
    log = how.scale == "log"
    if log:
        known = np.sign(known) * np.log1p(np.abs(known))
    shift, scale = 0.0, 1.0
    if how.scale in ("automatic", "standardise", "log"):
        filled = np.full(len(values) - len(known), _logged(fill) if log else fill)
        whole = np.concatenate([known, filled]) if len(filled) else known
        shift, scale = float(whole.mean()), float(whole.std()) or 1.0
    elif how.scale == "min-max":
        shift, scale = float(known.min()), float(known.max() - known.min()) or 1.0
    return InputColumn(column.name, column.kind, fill, shift, scale, low, high, log)


def _logged(value: float) -> float:
    return float(np.sign(value) * np.log1p(abs(value)))


def _fit_category(column: RawColumn, values: np.ndarray, how: ColumnRecipe) -> InputColumn | None:
    counts = np.bincount(values[values >= 0], minlength=len(column.categories))
    kept = np.flatnonzero(counts)
    gaps = bool((values < 0).any())
    if not len(kept) or (len(kept) == 1 and not gaps):
        return None
    categories = tuple(column.categories[place] for place in kept)
    frequent = int(counts[kept].argmax())
    own = how.missing in ("automatic", "own") and gaps
    fill = frequent if how.missing in ("frequent", "mean", "median") else -1
    if how.encode != "ordinal":
        return InputColumn(column.name, CATEGORY, categories=categories, own=own, fill_place=fill)
    order = np.searchsorted(kept, values[values >= 0]).astype(np.float64)
    mean = float(order.mean())
    return InputColumn(
        column.name, CATEGORY, float(frequent) if fill >= 0 else mean, mean,
        float(order.std()) or 1.0, categories=categories, ordinal=True, fill_place=fill,
    )  # fmt: skip
