"""What a reader gives: a table or a stack of examples, as they stand in the file.

Nothing is split, scaled or left out yet: that is the recipe's work (``core/recipes/recipe.py``). Arrays
are shared between views and must not be changed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from nnstudio.core.sources.columns import shorten
from nnstudio.core.text import StudioError, mark

#: What a column can hold. A text column is for reading only; ``ignore`` is never read.
NUMBER, CATEGORY, TEXT, DATE, IGNORE = "number", "category", "text", "date", "ignore"

#: Cells of a table, numbers of a stack: what is held in memory at most (some 500 MB).
MOST_CELLS = 60_000_000
MOST_STACK_BYTES = 1_000_000_000


def distinct(values: np.ndarray) -> np.ndarray:
    """The different values (n,), sorted. Unlike ``np.unique`` it lets other threads work."""
    ordered = np.sort(values)
    if len(ordered) < 2:
        return ordered
    return ordered[np.concatenate([[True], ordered[1:] != ordered[:-1]])]


#: Which part a row belongs to, where the file says so.
TRAIN, VALID, TEST = 0, 1, 2


class TooLarge(StudioError):
    """More than fits in memory; a recipe with ``sample=fits`` reads so many rows of it."""

    fits: int = 0


def too_large(name: str, rows: int, fits: int) -> TooLarge:
    """The error that offers a sample of ``fits`` rows."""
    error = TooLarge(
        mark("{name} has {rows} rows, more than fit in memory. Take a sample of {fits} of them."),
        name=name,
        rows=f"{rows:,}",
        fits=f"{fits:,}",
    )
    error.fits = fits
    return error


def is_all(rows: np.ndarray) -> bool:
    """Whether rows are 0, 1, 2, ... in order."""
    return bool(
        len(rows) and rows[0] == 0 and rows[-1] == len(rows) - 1 and (np.diff(rows) == 1).all()
    )


@dataclass(frozen=True, eq=False)
class RawColumn:
    """One column of a table.

    ``kind`` is what it seems to hold: ``NUMBER`` and ``DATE`` have float64 ``values`` (rows,) with
    NaN where one is missing (a date counts days since 1970); ``CATEGORY`` and ``TEXT`` have int32
    places in ``categories``, −1 where one is missing. ``bad`` counts cells of a number column that
    hold something else and so count as missing; ``first_bad`` is the line (from 1) and the text of
    the first of them.
    """

    name: str
    kind: str
    values: np.ndarray
    categories: tuple[str, ...] = ()
    bad: int = 0
    first_bad: tuple[int, str] | None = None

    def __len__(self) -> int:
        return len(self.values)

    @property
    def numeric(self) -> bool:
        """Whether its values are numbers (dates are)."""
        return self.kind in (NUMBER, DATE)

    @property
    def gaps(self) -> np.ndarray:
        """Where a value is missing: (rows,) bool."""
        return np.isnan(self.values) if self.numeric else self.values < 0

    def take(self, rows: np.ndarray | slice) -> RawColumn:
        """Some rows of it; all of them, in order, cost nothing."""
        if isinstance(rows, np.ndarray) and len(rows) == len(self.values) and is_all(rows):
            return self
        return replace(self, values=self.values[rows])

    def text(self, row: int) -> str:
        """A cell as it is written; empty if it is missing."""
        value = self.values[row]
        if not self.numeric:
            return self.categories[value] if value >= 0 else ""
        if np.isnan(value):
            return ""
        if self.kind == DATE:
            moment = np.datetime64(round(float(value) * 86400), "s")
            return str(moment).replace("T00:00:00", "").replace("T", " ")
        return str(int(value)) if value == int(value) and abs(value) < 1e15 else f"{value:.10g}"


@dataclass(frozen=True, eq=False)
class RawTable:
    """A table: columns of equal length. ``notes`` are sentences for whoever opened it.

    ``parts`` says which part each row belongs to, where the file itself divides them (rows,)."""

    name: str
    columns: tuple[RawColumn, ...]
    notes: tuple[str, ...] = ()
    parts: np.ndarray | None = None

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.columns[0]) if self.columns else 0

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> RawColumn:
        """A column by name; raises ``StudioError`` that says which there are."""
        for column in self.columns:
            if column.name == name:
                return column
        known = [shorten(other, 40) for other in self.names[:20]] + ["…"] * (len(self.names) > 20)
        raise StudioError(
            mark("There is no column “{name}” in {table}. It has: {known}."),
            name=shorten(name),
            table=self.name,
            known=", ".join(known),
        )

    def take(self, rows: np.ndarray | slice) -> RawTable:
        """The same table with some of its rows."""
        parts = None if self.parts is None else self.parts[rows]
        return replace(self, columns=tuple(c.take(rows) for c in self.columns), parts=parts)


@dataclass(frozen=True, eq=False)
class RawStack:
    """Examples of one shape: images, or rows of numbers that no table names.

    ``x`` is (n, *shape) uint8 or float32; an image is (n, height, width, channels). ``labels`` are
    int32 places in ``classes`` (n,), or float32 numbers (n, targets) if ``classes`` is empty, or
    None where nobody says. ``names`` are file names, if examples have any. ``grey`` says that all
    images are without colour whatever their channels.
    """

    name: str
    x: np.ndarray
    labels: np.ndarray | None
    classes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    parts: np.ndarray | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """How many examples there are."""
        return len(self.x)

    @property
    def is_image(self) -> bool:
        """Whether an example is height × width × channels with 1 or 3 channels."""
        return self.x.ndim == 4 and self.x.shape[3] in (1, 3)

    def take(self, rows: np.ndarray) -> RawStack:
        """The same with some of its examples."""
        return replace(
            self,
            x=self.x[rows],
            labels=None if self.labels is None else self.labels[rows],
            names=tuple(self.names[row] for row in np.arange(len(self.x))[rows])
            if self.names
            else (),
            parts=None if self.parts is None else self.parts[rows],
        )


Raw = RawTable | RawStack
