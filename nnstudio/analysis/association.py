"""How much two columns have to do with each other: one number from 0 (−1) to 1 for any kinds.

Two number columns: Pearson's correlation, −1 to 1. A category and a number: the correlation ratio
η, the square root of the share of variance between the categories. Two categories: Cramér's V.
Rows where either is missing do not count.
"""

from __future__ import annotations

import numpy as np

from nnstudio.core.sources.raw import RawColumn

#: Rows beyond this many are thinned out evenly.
MOST_ROWS = 100_000


def association(first: RawColumn, second: RawColumn) -> float:
    """The association of two columns of one table; NaN where one of them does not vary."""
    step = max(1, len(first) // MOST_ROWS)
    x, y = first.take(slice(None, None, step)), second.take(slice(None, None, step))
    known = ~(x.gaps | y.gaps)
    a, b = x.values[known], y.values[known]
    if len(a) < 2:
        return float("nan")
    if first.numeric and second.numeric:
        return _pearson(a, b)
    if first.numeric:
        return _ratio(b, a)
    if second.numeric:
        return _ratio(a, b)
    return _cramer(a, b)


def associations(columns: list[RawColumn]) -> np.ndarray:
    """The association of each two columns: (columns, columns), 1 on the diagonal."""
    result = np.eye(len(columns))
    for i, first in enumerate(columns):
        for j in range(i):
            result[i, j] = result[j, i] = association(first, columns[j])
    return result


def _pearson(a: np.ndarray, b: np.ndarray) -> float:
    a, b = a - a.mean(), b - b.mean()
    spread = np.sqrt((a @ a) * (b @ b))
    return float(np.clip(a @ b / spread, -1, 1)) if spread > 0 else float("nan")


def _ratio(codes: np.ndarray, values: np.ndarray) -> float:
    counts = np.bincount(codes).astype(np.float64)
    sums = np.bincount(codes, weights=values)
    total = ((values - values.mean()) ** 2).sum()
    if not total > 0:
        return float("nan")
    used = counts > 0
    between = (counts[used] * (sums[used] / counts[used] - values.mean()) ** 2).sum()
    return float(np.sqrt(min(between / total, 1.0)))


def _cramer(a: np.ndarray, b: np.ndarray) -> float:
    table = np.zeros((a.max() + 1, b.max() + 1))
    np.add.at(table, (a, b), 1)
    table = table[table.any(1)][:, table.any(0)]
    least = min(table.shape) - 1
    if least < 1:
        return float("nan")
    expected = np.outer(table.sum(1), table.sum(0)) / table.sum()
    chi = ((table - expected) ** 2 / expected).sum()
    return float(np.sqrt(min(chi / (table.sum() * least), 1.0)))
