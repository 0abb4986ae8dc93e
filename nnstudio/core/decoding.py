"""What the network sees of a row, turned back into what stood in the table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nnstudio.core.recipes.preparation import InputColumn
from nnstudio.core.sources.raw import CATEGORY, DATE


def row_texts(columns: Sequence[InputColumn], x: np.ndarray) -> list[tuple[str, str]]:
    """Name and text of each column of an example ``x`` (numbers,); a value that was cut off or
    filled reads as what it was cut to or filled with."""
    found = []
    at = 0
    for column in columns:
        width = len(column.feature_names)
        found.append((column.name, _text(column, np.asarray(x[at : at + width], np.float64))))
        at += width
    return found


def _text(column: InputColumn, values: np.ndarray) -> str:
    if column.kind == CATEGORY and not column.ordinal:
        place = int(values.argmax())
        known = values[place] > 0 and place < len(column.categories)
        return column.categories[place] if known else "?"
    value = float(values[0]) * column.scale + column.shift
    if column.log:
        value = float(np.sign(value) * np.expm1(abs(value)))
    if column.kind == CATEGORY:
        place = round(value)
        return column.categories[place] if 0 <= place < len(column.categories) else "?"
    if column.kind == DATE and abs(value) < 1e7:
        return str(np.datetime64(round(value * 86400), "s")).replace("T00:00:00", "")
    return f"{value:.6g}"
