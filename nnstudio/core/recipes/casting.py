"""A column taken for another kind than it seems to be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nnstudio.core.sources.building import MOST_CATEGORIES, is_gap, plain_number, writing_of
from nnstudio.core.sources.columns import shorten, sort_values, write_number
from nnstudio.core.sources.dates import read_date
from nnstudio.core.sources.raw import CATEGORY, DATE, NUMBER, TEXT, RawColumn, distinct
from nnstudio.core.text import StudioError, mark


def cast(column: RawColumn, kind: str) -> RawColumn:
    """The column as ``kind``: number, category, text or date.

    Numbers become texts as they are written ("3" for 3.0); texts that are no numbers count as
    ``bad``. Raises ``StudioError`` for texts that are no dates.
    """
    if kind == column.kind or (kind in (CATEGORY, TEXT) and column.kind in (CATEGORY, TEXT)):
        return replace(column, kind=kind)
    if kind in (CATEGORY, TEXT):
        return _as_texts(column, kind)
    if column.numeric:
        return replace(column, kind=kind)
    return _as_numbers(column, kind)


def _as_texts(column: RawColumn, kind: str) -> RawColumn:
    known = ~column.gaps
    values = column.values[known]
    found = distinct(values)
    places = np.searchsorted(found, values)
    if column.kind == DATE:
        texts = [replace(column, values=np.array([day])).text(0) for day in found]
    else:
        texts = [write_number(number) for number in found.tolist()]
    codes = np.full(len(column), -1, np.int32)
    ordered = sort_values(set(texts)) if column.kind != DATE else tuple(texts)
    order = {text: place for place, text in enumerate(ordered)}
    table = np.array([order[text] for text in texts], np.int32)
    codes[known] = table[places] if len(texts) else 0
    return RawColumn(column.name, kind, codes, ordered)


def _as_numbers(column: RawColumn, kind: str) -> RawColumn:
    texts = column.categories
    if kind == NUMBER:
        writing = writing_of([text for text in texts[:1000] if not is_gap(text)], False)
        numbers = [plain_number(text, writing) for text in texts]
    else:
        numbers = [read_date(text) for text in texts]
    table = np.array([np.nan if n is None else n for n in numbers] + [np.nan])
    values = table[column.values]
    wrong = [p for p, text in enumerate(texts) if numbers[p] is None and not is_gap(text)]
    if kind == DATE and wrong:
        raise StudioError(
            mark(
                "Column “{column}” holds “{value}”, which is no date. Write dates as 2026-01-31, "
                "or choose another type for the column."
            ),
            column=shorten(column.name),
            value=shorten(texts[wrong[0]]),
        )
    if not wrong:
        return RawColumn(column.name, kind, values)
    odd = np.isin(column.values, wrong)
    row = int(np.argmax(odd))
    first = (row + 2, texts[int(column.values[row])])
    return RawColumn(column.name, kind, values, bad=int(odd.sum()), first_bad=first)


def check_categories(column: RawColumn, target: bool = False) -> None:
    """Raise ``StudioError`` if a column has too many different values for categories."""
    if len(column.categories) <= MOST_CATEGORIES:
        return
    if target:
        raise StudioError(
            mark(
                "The target “{column}” has {count} different values; the most classes are {most}. "
                "Choose regression, or another target."
            ),
            column=shorten(column.name),
            count=f"{len(column.categories):,}",
            most=MOST_CATEGORIES,
        )
    raise StudioError(
        mark(
            "Column “{column}” has {count} different texts, too many for categories; the most are "
            "{most}. Ignore it, or take it as text."
        ),
        column=shorten(column.name),
        count=f"{len(column.categories):,}",
        most=MOST_CATEGORIES,
    )
