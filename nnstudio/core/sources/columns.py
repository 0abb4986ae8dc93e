"""Cells of a table: numbers in them, gaps, their order, and how they are shown."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

#: A target of whole numbers with no more different values than this is taken for classes.
MOST_INTEGER_CLASSES = 20
#: Larger numbers would overflow when they are squared in 32 bits or less.
LARGEST_NUMBER = 1e30
#: What people write where a number is missing (lower case).
MISSING = frozenset({"na", "n/a", "nan", "null", "none", "?", "-"})
#: What programs write for a missing word, to the letter: “none” and “Na” (sodium) are words.
MISSING_WORDS = frozenset({"NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NULL", "null", "?"})


def read_number(cell: str) -> float | None:
    """The finite number that a cell holds, or None."""
    try:
        number = float(cell)
    except ValueError:
        return None
    # float() also takes "1_000" and "nan"; in a table the one is a name, the other a gap.
    return number if np.isfinite(number) and "_" not in cell else None


def write_number(number: float) -> str:
    """A number as a class name: 3 rather than 3.0."""
    return str(int(number)) if number.is_integer() else repr(number)


def sort_values(values: Iterable[str]) -> tuple[str, ...]:
    """Numbers by size, then everything else by the alphabet."""

    def order(cell: str) -> tuple[float, str]:
        number = read_number(cell)
        return (np.inf if number is None else number, cell)

    return tuple(sorted(values, key=order))


def shorten(text: str, most: int = 60) -> str:
    """Text from a file, short enough for a sentence."""
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1] + "…"
