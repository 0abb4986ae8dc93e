"""Columns of a table put together block by block, from numbers or from texts.

A column begins as what its first rows seem to hold. What does not fit is kept aside and counted;
when all rows are in, the whole decides what the column is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nnstudio.core.sources.columns import (
    LARGEST_NUMBER,
    MISSING,
    MISSING_WORDS,
    read_number,
    sort_values,
)
from nnstudio.core.sources.dates import read_dates
from nnstudio.core.sources.raw import CATEGORY, DATE, NUMBER, TEXT, RawColumn

#: A column of more different texts than this is for reading, not for learning.
MOST_CATEGORIES = 200
#: Different texts that a column keeps; what comes after is missing.
MOST_TEXTS = 500_000

#: How a column writes its numbers: 1234.5, or 1.234,5, or 1,234.5.
PLAIN, COMMA, THOUSANDS = "plain", "comma", "thousands"
_COMMA = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+)?,\d+(e[+-]?\d+)?", re.IGNORECASE)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_DOTS = re.compile(r"[+-]?\d{1,3}(\.\d{3})+")


def writing_of(cells: Sequence[str], whole_file_commas: bool) -> str:
    """How these cells write numbers."""
    with_comma = [cell.strip() for cell in cells if "," in cell]
    if not with_comma:
        return PLAIN
    if not whole_file_commas and all(_THOUSANDS.fullmatch(cell) for cell in with_comma):
        return THOUSANDS
    if all(_COMMA.fullmatch(cell) or _THOUSANDS.fullmatch(cell) for cell in with_comma):
        return COMMA
    return PLAIN


def plain_number(cell: str, writing: str) -> float | None:
    """The number in a cell that is written in one of the ways, or None."""
    cell = cell.strip()
    if writing == COMMA:
        if "." in cell and "," not in cell and not _DOTS.fullmatch(cell):
            return read_number(cell)
        cell = cell.replace(".", "").replace(",", ".")
    elif writing == THOUSANDS:
        cell = cell.replace(",", "")
    return read_number(cell)


def is_gap(cell: str) -> bool:
    """Whether a cell says that a number is missing."""
    return not cell.strip() or cell.strip().lower() in MISSING


class Builder:
    """One column in the making."""

    def __init__(self, name: str, sample: Sequence[str], commas: bool = False) -> None:
        self.name = name
        self.writing = writing_of(sample, commas)
        numbers = sum(plain_number(cell, self.writing) is not None for cell in sample)
        texts = sum(not is_gap(cell) for cell in sample) - numbers
        self.number = numbers > texts or numbers == texts == 0
        #: Whether a parser that knows only plain numbers may read it.
        self.fast = self.number
        self.rows = 0
        self.bad = 0
        self.first_bad: tuple[int, str] | None = None
        self.places: dict[str, int] = {}
        self.parts: list[np.ndarray] = []

    def add_numbers(self, values: np.ndarray, line_of: Callable[[int], int]) -> None:
        """Take in numbers (n,), NaN where there is none."""
        values = np.asarray(values, np.float64)
        wrong = np.abs(values) > LARGEST_NUMBER
        if wrong.any():
            values = values.copy()
            at = int(np.argmax(wrong))
            self._note(int(wrong.sum()), line_of(at), f"{values[at]:g}")
            values[wrong] = np.nan
        self.rows += len(values)
        self.parts.append(values)

    def add_texts(self, series: Any, line_of: Callable[[int], int]) -> None:
        """Take in cells as a Polars series of texts, null or empty where there is none."""
        import polars as pl

        series = series.str.strip_chars()
        if self.number:
            cleaned = series
            if self.writing == COMMA:
                cleaned = pl.Series(
                    [_dots_to_points(cell) for cell in series.to_list()], dtype=pl.String
                )
            elif self.writing == THOUSANDS:
                cleaned = series.str.replace_all(",", "", literal=True)
            numbers = cleaned.cast(pl.Float64, strict=False)
            values = numbers.fill_null(np.nan).to_numpy()
            lost = (series.is_not_null() & numbers.is_null()).to_numpy()
            if lost.any():
                self.fast = False
                bad = [at for at in np.flatnonzero(lost) if not is_gap(series[int(at)])]
                if bad:
                    self._note(len(bad), line_of(int(bad[0])), series[int(bad[0])])
            elif not self.fast and len(self.parts) % 8 == 7:
                self.fast = self.writing == PLAIN
            self.add_numbers(values, line_of)
            return
        series = series.set(series == "", None)
        distinct = series.unique().drop_nulls().to_list()
        for text in sorted(distinct):
            if len(self.places) < MOST_TEXTS or text in self.places:
                self.places.setdefault(text, len(self.places))
        codes = series.replace_strict(
            pl.Series(distinct, dtype=pl.String),
            pl.Series([self.places.get(text, -1) for text in distinct], dtype=pl.Int32),
            default=-1,
            return_dtype=pl.Int32,
        )
        self.rows += len(codes)
        self.parts.append(codes.fill_null(-1).to_numpy())

    def _note(self, count: int, line: int, text: str) -> None:
        self.bad += count
        self.first_bad = self.first_bad or (line, text)

    @property
    def mistaken(self) -> bool:
        """Whether a column taken for numbers holds more texts than numbers after all."""
        if not self.number or not self.bad:
            return False
        return self.bad > sum(int(np.isfinite(part).sum()) for part in self.parts)

    def column(self) -> RawColumn:
        """The whole column, and what it is."""
        if self.number:
            values = _joined(self.parts, np.float64)
            return RawColumn(self.name, NUMBER, values, bad=self.bad, first_bad=self.first_bad)
        codes = _joined(self.parts, np.int32)
        return text_column(self.name, codes, tuple(self.places), self.writing)


def _joined(parts: list[np.ndarray], dtype: Any) -> np.ndarray:
    if not parts:
        return np.empty(0, dtype)
    if len(parts) == 1:
        return np.ascontiguousarray(parts[0], dtype)
    whole = np.empty(sum(map(len, parts)), dtype)
    at = 0
    for number, part in enumerate(parts):
        whole[at : at + len(part)] = part
        at += len(part)
        parts[number] = part[:0]  # let go of it at once
    return whole


def _dots_to_points(cell: str | None) -> str | None:
    if cell is None:
        return None
    number = plain_number(cell, COMMA)
    return cell if number is None else repr(number)


def text_column(
    name: str, codes: np.ndarray, texts: tuple[str, ...], writing: str = PLAIN
) -> RawColumn:
    """A column of texts by their places (rows,), −1 where one is missing, as what they seem to
    be: numbers, dates, categories, or texts for reading. Texts are sorted, unused ones leave."""
    used = np.bincount(codes[codes >= 0], minlength=len(texts))
    gap = [is_gap(text) for text in texts]
    numbers = [plain_number(text, writing) for text in texts]
    count = sum(int(n) for n, number in zip(used, numbers, strict=True) if number is not None)
    words = sum(
        int(n)
        for n, number, missing in zip(used, numbers, gap, strict=True)
        if number is None and not missing
    )
    if count > words or (count == words == 0):
        table = np.array([np.nan if n is None else n for n in numbers] + [np.nan])
        bad = first = None
        for place, text in enumerate(texts):
            if numbers[place] is None and not gap[place] and (bad is None):
                row = int(np.argmax(codes == place))
                bad, first = words, (row + 2, text)
        return RawColumn(name, NUMBER, table[codes], bad=bad or 0, first_bad=first)
    seen = [n > 0 and text not in MISSING_WORDS for text, n in zip(texts, used, strict=True)]
    kept = [text for text, known in zip(texts, seen, strict=True) if known]
    days = read_dates(kept)
    if days is not None:
        table = np.full(len(texts) + 1, np.nan)
        table[:-1][np.array(seen)] = days
        return RawColumn(name, DATE, table[codes])
    rows = len(codes)
    many = len(kept) > MOST_CATEGORIES or (len(kept) > 20 and 2 * len(kept) > rows)
    ordered = tuple(sorted(kept)) if many else sort_values(kept)
    order = {text: place for place, text in enumerate(ordered)}
    table = np.array([order.get(text, -1) for text in texts] + [-1], np.int32)
    return RawColumn(name, TEXT if many else CATEGORY, table[codes], ordered)
