"""Read a table: the names and kinds of its columns, and their values.

The text is gone through twice: once to find out what each column holds, once to convert it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import numpy as np

from nnstudio.core.blocks import Block, read_blocks
from nnstudio.core.columns import (
    CATEGORY,
    MOST_CATEGORIES,
    Column,
    Survey,
    read_number,
    read_numbers,
    shorten,
    sort_values,
)
from nnstudio.core.delimited import Delimited, open_delimited
from nnstudio.core.text import StudioError, mark, tr

#: A table may have so many columns, in the file and as numbers for the network.
MOST_COLUMNS = 2000
#: A column that is read but not used; also an answer to "what kind is it".
LEFT_OUT = "left out"
#: What ``header`` can be: decided by looking, always the names, never the names.
HEADERS = ("automatic", "names", "data")

#: How much a first look reads.
_LOOK_BYTES, _LOOK_ROWS = 1_000_000, 1000


@dataclass(frozen=True)
class Table:
    """A table's used columns and their values, (rows,) each.

    A number column is float32 if that holds it exactly, else float64; a category column holds
    places in ``Column.values``.
    """

    name: str
    columns: tuple[Column, ...]
    values: dict[str, np.ndarray]
    rows: int
    notes: tuple[str, ...] = ()

    def column(self, name: str) -> Column:
        """A column by name; raises ``StudioError`` that says which there are."""
        for column in self.columns:
            if column.name == name:
                return column
        raise _unknown(name, self.name, [column.name for column in self.columns])


def read_header(path: str | Path, header: str = "automatic") -> tuple[Column, ...]:
    """The columns of a table, with what they seem to hold, from its first thousand rows.

    A person chooses the target among them; the last one is the usual proposal. Raises
    ``StudioError`` like ``read_table``, but only for what it saw.
    """
    source = open_delimited(path, _LOOK_BYTES)
    names, skip, _ = _names(source, header)
    rows = islice(source.rows(), skip, skip + _LOOK_ROWS)
    surveys = _survey(names, read_blocks(rows, names, source.name))
    return tuple(survey.column() for survey in surveys)


def read_table(
    path: str | Path, header: str = "automatic", kinds: Mapping[str, str] | None = None
) -> Table:
    """Read a whole table.

    ``kinds`` overrules what a column seems to be: ``"category"``, ``"number"`` or ``"left out"``
    by its name. Raises ``StudioError`` for anything that is not a sound table, with its line and
    column.
    """
    source = open_delimited(path)
    names, skip, notes = _names(source, header)
    for name in kinds or {}:
        if name not in names:
            raise _unknown(name, source.name, names)
    surveys = _survey(names, read_blocks(islice(source.rows(), skip, None), names, source.name))
    columns = []
    for survey in surveys:
        kind = (kinds or {}).get(survey.name) or survey.kind
        if kind != LEFT_OUT:
            survey.check(kind)
            columns.append(survey.column(kind))
    blocks = read_blocks(islice(source.rows(), skip, None), names, source.name)
    columns, values = _convert(columns, blocks)
    return Table(source.name, tuple(columns), values, surveys[0].rows, notes)


def _names(source: Delimited, header: str) -> tuple[list[str], int, tuple[str, ...]]:
    """The columns' names, how many rows they took (0 or 1), and notes about them."""
    first = next(source.rows(), None)
    if first is None:
        raise StudioError(
            mark("{name} has no rows. A table has a line of column names and a line for each row."),
            name=source.name,
        )
    cells = [" ".join(cell.split()) for cell in first[1]]
    if len(cells) > MOST_COLUMNS:
        raise StudioError(
            mark("{name} has {count} columns; the most is {most}. Delete some of them."),
            name=source.name,
            count=f"{len(cells):,}",
            most=f"{MOST_COLUMNS:,}",
        )
    filled = [cell for cell in cells if cell]
    numbers = sum(read_number(cell) is not None for cell in filled)
    if header == "data" or (header == "automatic" and 2 * numbers >= len(filled)):
        note = tr(
            "{name} has no line of column names; they are called column_1 to column_{count}.",
            name=source.name,
            count=len(cells),
        )
        return [f"column_{place}" for place in range(1, len(cells) + 1)], 0, (note,)
    names: list[str] = []
    notes: list[str] = []
    taken = set(cells)
    for place, cell in enumerate(cells, 1):
        name = cell or f"column_{place}"
        number = 1
        while name in names or (number > 1 and name in taken):
            number += 1
            name = f"{cell or f'column_{place}'}_{number}"
        if number > 1:
            notes.append(
                tr(
                    "Several columns are called “{name}”; one is now “{new}”.",
                    name=shorten(cell),
                    new=shorten(name),
                )
            )
        names.append(name)
    return names, 1, tuple(notes[:5])


def _survey(names: list[str], blocks: Iterator[Block]) -> list[Survey]:
    """What each column holds; nameless columns with nothing in them are not columns."""
    surveys = [Survey(name, position) for position, name in enumerate(names)]
    for block in blocks:
        for survey in surveys:
            if block.numbers is not None:
                survey.add_numbers(block.lines, block.numbers[:, survey.position])
            else:
                survey.add_cells(block.lines, block.cells(survey.position))
    kept = [
        survey
        for survey in surveys
        if survey.empty < survey.rows or survey.name != f"column_{survey.position + 1}"
    ]
    if not kept or kept[0].rows == 0:
        raise StudioError(
            mark("The table has column names but no rows below them. Add a line for each example.")
        )
    return kept


def _convert(
    columns: list[Column], blocks: Iterator[Block]
) -> tuple[list[Column], dict[str, np.ndarray]]:
    """The columns, with their categories as they are spelt, and each one's values by its name."""
    parts: dict[str, list[np.ndarray]] = {column.name: [] for column in columns}
    places: dict[str, dict[str, int]] = {
        column.name: {} for column in columns if column.kind == CATEGORY
    }
    for block in blocks:
        for column in columns:
            if column.kind == CATEGORY:
                codes = _codes(column, places[column.name], block.cells(column.position))
                parts[column.name].append(codes)
                continue
            numbers = (
                read_numbers(block.cells(column.position))
                if block.numbers is None
                else block.numbers[:, column.position]
            )
            assert numbers is not None  # the survey saw to it
            single = numbers.astype(np.float32)
            exact = single if (single == numbers).all() else numbers.copy()
            parts[column.name].append(exact)
    values = {name: np.concatenate(arrays) for name, arrays in parts.items()}
    sorted_columns = []
    for column in columns:
        if column.kind == CATEGORY:
            met = places[column.name]
            column = replace(column, values=sort_values(met), constant=len(met) == 1)
            order = {value: place for place, value in enumerate(column.values)}
            values[column.name] = np.array([order[value] for value in met])[values[column.name]]
        sorted_columns.append(column)
    return sorted_columns, values


def _codes(column: Column, places: dict[str, int], cells: list[str]) -> np.ndarray:
    """The number of each cell's category, in the order in which ``places`` met them."""
    codes = np.fromiter(
        (places.setdefault(cell.strip(), len(places)) for cell in cells), np.int32, len(cells)
    )
    if len(places) > MOST_CATEGORIES:
        raise StudioError(
            mark(
                "Column “{column}” has more than {most} different texts, too many for categories. "
                "Leave it out."
            ),
            column=shorten(column.name),
            most=MOST_CATEGORIES,
        )
    return codes


def _unknown(name: str, table: str, names: list[str]) -> StudioError:
    known = [shorten(other, 40) for other in names[:20]] + ["…"] * (len(names) > 20)
    return StudioError(
        mark("There is no column “{name}” in {table}. It has: {known}."),
        name=shorten(name),
        table=table,
        known=", ".join(known),
    )
