"""What a column of a table holds: numbers or categories, found by looking at every cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from nnstudio.core.text import StudioError, mark

NUMBER, CATEGORY = "number", "category"
#: A column of categories may have so many different values.
MOST_CATEGORIES = 200
#: A target of whole numbers with no more different values than this is taken for classes.
MOST_INTEGER_CLASSES = 20
#: Larger numbers would overflow when they are squared in 32 bits or less.
LARGEST_NUMBER = 1e30
#: What people write where a number is missing (lower case).
MISSING = frozenset({"na", "n/a", "nan", "null", "none", "?", "-"})

_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")


@dataclass(frozen=True)
class Column:
    """One column. ``kind`` is ``"number"`` or ``"category"``; ``values`` are its different values,
    sorted, or empty if there are more than ``MOST_CATEGORIES``."""

    name: str
    position: int
    kind: str
    rows: int
    missing: int
    values: tuple[str, ...]
    constant: bool

    @property
    def task(self) -> str:
        """What predicting this column most likely is: classification or regression.

        Classification for categories and for few different whole numbers that each recur.
        """
        if self.kind == CATEGORY:
            return "classification"
        count = len(self.values)
        few = 0 < count <= MOST_INTEGER_CLASSES and (count <= 2 or self.rows >= 4 * count)
        whole = all((number := read_number(v)) is None or number.is_integer() for v in self.values)
        return "classification" if few and whole else "regression"


def read_number(cell: str) -> float | None:
    """The finite number that a cell holds, or None."""
    try:
        number = float(cell)
    except ValueError:
        return None
    # float() also takes "1_000" and "nan"; in a table the one is a name, the other a gap.
    return number if np.isfinite(number) and "_" not in cell else None


def read_numbers(cells: Sequence[str]) -> np.ndarray | None:
    """The finite numbers that all of the cells hold (n,), float64, or None if one does not."""
    try:
        numbers = np.fromiter(map(float, cells), np.float64, len(cells))
    except ValueError:
        return None
    return numbers if np.isfinite(numbers).all() and "_" not in "".join(cells) else None


def write_number(number: float) -> str:
    """A number as a class name: 3 rather than 3.0."""
    return str(int(number)) if number.is_integer() else repr(number)


class Survey:
    """Counts what a column's cells are, a block of rows at a time.

    Its different values are only for a first look: numbers among them may be spelt otherwise in
    the file ("01").
    """

    def __init__(self, name: str, position: int) -> None:
        self.name = name
        self.position = position
        self.numbers = self.texts = self.gaps = self.empty = 0
        self.low, self.high = np.inf, -np.inf
        self._distinct: set[str] | None = set()
        #: The first line, and the cell, that is empty; a word for a gap; text; too large.
        self._first: dict[str, tuple[int, str]] = {}

    def add_numbers(self, lines: Sequence[int], numbers: np.ndarray) -> None:
        """Look at a block of finite numbers, which begin on the given lines."""
        self.numbers += len(numbers)
        low, high = float(numbers.min()), float(numbers.max())
        self.low, self.high = min(self.low, low), max(self.high, high)
        if max(-low, high) > LARGEST_NUMBER:
            at = int(np.argmax(np.abs(numbers) > LARGEST_NUMBER))
            self._first.setdefault("large", (lines[at], f"{numbers[at]:g}"))
        if self._distinct is not None:
            # A computed low and high often say it all (pixels that are always 0).
            few = np.array([low]) if low == high else np.unique(numbers)
            self._note(map(write_number, few[: MOST_CATEGORIES + 2].tolist()))

    def add_cells(self, lines: Sequence[int], cells: Sequence[str]) -> None:
        """Look at a block of cells of any kind."""
        numbers = read_numbers(cells)
        if numbers is not None:
            self.add_numbers(lines, numbers)
            return
        if self._distinct is not None:
            self._note(map(str.strip, cells))
        for line, cell in zip(lines, cells, strict=True):
            self._add_cell(line, cell.strip())

    def _note(self, values: Iterable[str]) -> None:
        """Remember different values, until they are too many."""
        assert self._distinct is not None
        self._distinct.update(values)
        if len(self._distinct) > MOST_CATEGORIES + 1:  # one of them may be the empty cell
            self._distinct = None

    def _add_cell(self, line: int, cell: str) -> None:
        number = read_number(cell)
        if number is not None:
            self.numbers += 1
            self.low, self.high = min(self.low, number), max(self.high, number)
            if abs(number) > LARGEST_NUMBER:
                self._first.setdefault("large", (line, cell))
        elif not cell:
            self.empty += 1
            self._first.setdefault("empty", (line, cell))
        elif cell.lower() in MISSING:
            self.gaps += 1
            self._first.setdefault("gap", (line, cell))
        else:
            self.texts += 1
            self._first.setdefault("text", (line, cell))

    @property
    def rows(self) -> int:
        """How many cells were looked at."""
        return self.numbers + self.texts + self.gaps + self.empty

    @property
    def kind(self) -> str:
        """Numbers if most cells with something in them are, else categories."""
        return NUMBER if self.numbers > self.texts else CATEGORY

    def column(self, kind: str = "") -> Column:
        """The findings, with the column taken for ``kind`` if that is given."""
        kind = kind or self.kind
        distinct = (self._distinct or set()) - {""}
        if kind == NUMBER:
            distinct = {cell for cell in distinct if cell.lower() not in MISSING}
            constant = bool(self.low == self.high)
        else:
            constant = len(distinct) == 1
        values = sort_values(distinct) if len(distinct) <= MOST_CATEGORIES else ()
        missing = self.empty + (self.gaps if kind == NUMBER else 0)
        return Column(self.name, self.position, kind, self.rows, missing, values, constant)

    def check(self, kind: str) -> None:
        """Raise ``StudioError`` if a cell does not suit the kind: where, and what to do."""
        empty, gap = self._first.get("empty"), self._first.get("gap")
        if empty and (kind == CATEGORY or not gap or empty < gap):
            raise self._wrong(
                mark(
                    "Line {line}, column “{column}” is empty; {count} of {rows} rows have such a "
                    "gap. Fill it in, delete those rows, or leave the column out."
                ),
                empty,
                count=f"{self.empty + (self.gaps if kind == NUMBER else 0):,}",
            )
        if gap and kind == NUMBER:
            raise self._wrong(
                mark(
                    "Line {line}, column “{column}” holds “{value}” instead of a number; {count} "
                    "of {rows} rows have such a gap. Fill it in, delete those rows, or leave the "
                    "column out."
                ),
                gap,
                count=f"{self.empty + self.gaps:,}",
            )
        text = self._first.get("text")
        if text and _DECIMAL_COMMA.fullmatch(text[1]) and (kind == NUMBER or not self.numbers):
            raise self._wrong(
                mark(
                    "Line {line}, column “{column}” writes a decimal comma: “{value}”. "
                    "Write the file's numbers with a decimal point."
                ),
                text,
            )
        if text and kind == NUMBER:
            raise self._wrong(
                mark(
                    "Line {line}, column “{column}” holds “{value}” where most rows hold numbers. "
                    "Correct it, list the column under “Categories”, or leave it out."
                ),
                text,
            )
        if kind == NUMBER and "large" in self._first:
            raise self._wrong(
                mark(
                    "Line {line}, column “{column}” holds {value}, a number too large to compute "
                    "with. Correct it, or leave the column out."
                ),
                self._first["large"],
            )

    def _wrong(self, template: str, where: tuple[int, str], **more: str) -> StudioError:
        line, cell = where
        return StudioError(
            template,
            line=line,
            column=shorten(self.name),
            value=shorten(cell),
            rows=f"{self.rows:,}",
            **more,
        )


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
