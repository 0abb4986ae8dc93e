"""The first line of a table: names of columns, or already data."""

from __future__ import annotations

from nnstudio.core.sources.columns import read_number, shorten
from nnstudio.core.text import StudioError, mark, tr

#: A table may have so many columns.
MOST_COLUMNS = 2000


def column_names(
    table: str, first: list[str], header: str = "automatic"
) -> tuple[list[str], bool, tuple[str, ...]]:
    """The columns' names, whether the first line gave them, and notes about them.

    Without names (half of the cells are numbers) columns are called column_1, column_2, ...; a
    name that stands twice gets a number. Raises ``StudioError`` for too many columns.
    """
    cells = [" ".join(cell.split()) for cell in first]
    while len(cells) > 1 and not cells[-1]:
        cells.pop()
    check_width(table, len(cells))
    filled = [cell for cell in cells if cell]
    numbers = sum(read_number(cell.replace(",", ".")) is not None for cell in filled)
    if header == "data" or (header == "automatic" and 2 * numbers >= len(filled)):
        note = tr(
            "{name} has no line of column names; they are called column_1 to column_{count}.",
            name=table,
            count=len(cells),
        )
        return [f"column_{place}" for place in range(1, len(cells) + 1)], False, (note,)
    names, notes = unique_names(cells)
    return names, True, notes


def check_width(table: str, count: int) -> None:
    """Raise ``StudioError`` for a table of too many columns."""
    if count > MOST_COLUMNS:
        raise StudioError(
            mark("{name} has {count} columns; the most is {most}. Delete some of them."),
            name=table,
            count=f"{count:,}",
            most=f"{MOST_COLUMNS:,}",
        )


def unique_names(cells: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """Names that differ, made from cells that may be empty or equal, and notes about the change."""
    names: list[str] = []
    notes: list[str] = []
    known: set[str] = set()
    taken = set(cells)
    for place, cell in enumerate(cells, 1):
        name = cell or f"column_{place}"
        number = 1
        while name in known or (number > 1 and name in taken):
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
        known.add(name)
    return names, tuple(notes[:5])
