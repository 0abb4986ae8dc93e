"""Rows of a table in blocks of some thousand, as numbers where they are numbers."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from nnstudio.core.text import StudioError, mark

#: Cells of a block.
BLOCK_CELLS = 262_144


@dataclass(frozen=True)
class Block:
    """Some thousand rows: where each begins, its cells, and (rows, columns) float64 if all of
    them are finite numbers."""

    lines: list[int]
    rows: list[list[str]]
    numbers: np.ndarray | None

    def cells(self, position: int) -> list[str]:
        """One column's cells."""
        return [row[position] for row in self.rows]


def read_blocks(
    rows: Iterator[tuple[int, list[str]]], names: list[str], table: str
) -> Iterator[Block]:
    """The rows in blocks; raises ``StudioError`` for a row of another length."""
    width = len(names)
    size = max(1, BLOCK_CELLS // width)
    lines: list[int] = []
    block: list[list[str]] = []
    known = _Numbers()
    flat: array[float] | None = array("d")
    for line, cells in rows:
        while len(cells) > width and not cells[-1].strip():
            cells.pop()  # spreadsheets leave empty cells at the end
        if len(cells) != width:
            raise StudioError(
                mark(
                    "Line {line} of {name} has {found} cells, but the first line has {wanted}. "
                    "Look for a missing or an extra separator, or quote texts that contain one."
                ),
                line=line,
                name=table,
                found=len(cells),
                wanted=width,
            )
        lines.append(line)
        block.append(cells)
        if flat is not None:
            try:
                flat.extend(map(known.reader(), cells))
            except ValueError:
                flat = None
        if len(block) == size:
            yield Block(lines, block, _finite(flat, block))
            lines, block, flat = [], [], array("d")
    if block:
        yield Block(lines, block, _finite(flat, block))


class _Numbers(dict[str, float]):
    """Numbers read before, by their text: where few recur, as in images saved as tables, looking
    one up is eight times as fast as reading it."""

    def __missing__(self, cell: str) -> float:
        self[cell] = number = float(cell)
        return number

    def reader(self) -> Callable[[str], float]:
        """What turns a cell into a number; raises ``ValueError`` where it is none."""
        return self.__getitem__ if len(self) < BLOCK_CELLS // 64 else float


def _finite(flat: array[float] | None, rows: list[list[str]]) -> np.ndarray | None:
    """The numbers in rows, or None if some cells are none."""
    if flat is None or any("_" in "".join(cells) for cells in rows):  # float() takes "1_0"
        return None
    numbers = np.frombuffer(flat).reshape(len(rows), -1)
    return numbers if np.isfinite(numbers).all() else None
