"""What if: how predictions change with one column (Friedman 2001; Goldstein et al. 2015)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from nnstudio.core.sampling import generator
from nnstudio.core.sources.raw import RawColumn, RawTable

#: Rows that are varied, and places at which they are predicted.
ROWS, PLACES = 200, 40
#: Numbers beyond these shares of the column are left out: few rows say anything there.
LOWEST, HIGHEST = 0.01, 0.99


@dataclass(frozen=True, eq=False)
class Dependence:
    """Predictions of the same rows with one column set to each of some values.

    ``places`` (p,) are those values, of numbers or places in ``categories``; ``mean``
    (p, outputs) is the partial dependence; ``each`` (rows, p, outputs) the single rows' curves.
    """

    column: str
    places: np.ndarray
    categories: tuple[str, ...]
    mean: np.ndarray
    each: np.ndarray


def partial_dependence(
    predict: Callable[[RawTable], np.ndarray],
    table: RawTable,
    column: str,
    rows: int = ROWS,
    places: int = PLACES,
    seed: int = 1,
) -> Dependence:
    """The dependence of ``predict`` (a table -> (rows, outputs)) on a column of ``table``.

    Raises ``StudioError`` if there is no such column.
    """
    found = table.column(column)
    values = places_of(found, places)
    if table.rows > rows:
        chosen = np.sort(generator(seed, 7).permutation(table.rows)[:rows])
        table = table.take(chosen)
    count = table.rows
    repeated = table.take(np.repeat(np.arange(count), len(values)))
    varied = replace(table.column(column), values=np.tile(values, count))
    columns = tuple(varied if c.name == column else c for c in repeated.columns)
    output = predict(replace(repeated, columns=columns))
    each = np.asarray(output, np.float64).reshape(count, len(values), -1)
    return Dependence(column, values, found.categories, each.mean(axis=0), each)


def places_of(column: RawColumn, places: int = PLACES) -> np.ndarray:
    """The values at which a column is tried: spread over its range, or every category."""
    known = column.values[~column.gaps]
    if not column.numeric:
        return np.unique(known)[:places].astype(column.values.dtype)
    distinct = np.unique(known)
    if len(distinct) <= places:
        return distinct
    low, high = np.quantile(known, [LOWEST, HIGHEST])
    return np.linspace(low, high, places)
