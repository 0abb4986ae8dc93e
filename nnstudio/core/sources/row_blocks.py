"""Delimited text cut into blocks of whole rows, each checked for equally many cells.

One pass of NumPy over the bytes finds where rows end (a line end outside quotation marks) and
how many cells each has; only what looks wrong is looked at cell by cell.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nnstudio.core.text import StudioError, mark

#: A row longer than this has a quotation mark that never closes.
MOST_ROW = 32_000_000
_SPACED_QUOTE = re.compile(rb'[,;\t|] +"')


@dataclass(frozen=True)
class RowBlock:
    """Whole rows: their bytes (UTF-8), the line of the file on which the first begins, and where
    each row ends (n,). ``plain`` says that a fast parser reads them rightly."""

    data: bytes
    line: int
    ends: np.ndarray
    plain: bool

    def line_of(self, row: int) -> int:
        """The line on which a row begins, counted from 1."""
        start = int(self.ends[row - 1]) + 1 if row else 0
        return self.line + self.data.count(b"\n", 0, start)


def row_blocks(
    pieces: Iterator[bytes], delimiter: str, width: int, name: str, line: int = 1
) -> Iterator[RowBlock]:
    """Blocks of rows of ``width`` cells from pieces of text that begins at ``line``.

    Raises ``StudioError`` for a row of another length, with its line.
    """
    rest = b""
    old_mac = False
    for number, piece in enumerate(pieces):
        if number == 0:
            old_mac = b"\n" not in piece and b"\r" in piece
        if old_mac:
            piece = piece.replace(b"\r", b"\n")
        data = rest + piece
        block, used = _block(data, delimiter, width, name, line)
        if block is not None:
            yield block
            line += data.count(b"\n", 0, used)
        elif len(data) > MOST_ROW:
            raise quotation_error(line, name)
        rest = data[used:]
    if rest.strip():
        data = rest + b"\n"
        block, used = _block(data, delimiter, width, name, line)
        if block is None or used < len(data):
            raise quotation_error(line, name)
        yield block


def _block(
    data: bytes, delimiter: str, width: int, name: str, line: int
) -> tuple[RowBlock | None, int]:
    """The whole rows of some text, and how many bytes they take."""
    text = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(text == 10)
    cuts = np.flatnonzero(text == ord(delimiter))
    quoted = b'"' in data
    if quoted:
        inside = np.logical_xor.accumulate(text == 34)
        ends, cuts = ends[~inside[ends]], cuts[~inside[cuts]]
    if not len(ends):
        return None, 0
    used = int(ends[-1]) + 1
    counts = np.diff(np.searchsorted(cuts, ends), prepend=0)
    odd = np.flatnonzero(counts != width - 1)
    plain = not (quoted and _SPACED_QUOTE.search(data))
    for row in odd:
        start = int(ends[row - 1]) + 1 if row else 0
        content = data[start : int(ends[row])]
        if not content.strip(b" \t\r" + delimiter.encode()):
            plain = plain and counts[row] < width  # a row of nothing
        elif counts[row] >= width and not _extra(content, delimiter, width):
            plain = False  # a spreadsheet's empty cells at the end
        elif quoted:
            plain = False  # whoever reads with care says what is wrong, and where
        else:
            where = line + data.count(b"\n", 0, start)
            raise ragged(where, name, int(counts[row]) + 1, width)
    return RowBlock(data[:used], line, ends, plain), used


def _extra(content: bytes, delimiter: str, width: int) -> bool:
    """Whether a row has more cells than it may, and something in them."""
    text = io.StringIO(content.decode("utf-8", "replace"), newline="")
    reader = csv.reader(text, delimiter=delimiter, skipinitialspace=True)
    try:
        cells = next(reader, [])
    except csv.Error:
        return True
    return any(cell.strip() for cell in cells[width:])


def slow_rows(block: RowBlock, delimiter: str, width: int, name: str) -> tuple[list, list[int]]:
    """A block's rows of cells, read with care, and the line on which each begins.

    Rows of nothing are left out. Raises ``StudioError`` where quotation marks do not match.
    """
    stream = io.StringIO(block.data.decode("utf-8", "replace"), newline="")
    reader = csv.reader(stream, delimiter=delimiter, strict=True, skipinitialspace=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    while True:
        line = block.line + reader.line_num
        try:
            cells = next(reader)
        except StopIteration:
            return rows, lines
        except csv.Error:
            raise quotation_error(line, name) from None
        if not any(cell.strip() for cell in cells):
            continue
        while len(cells) > width and not cells[-1].strip():
            cells.pop()
        if len(cells) != width:
            raise ragged(line, name, len(cells), width)
        rows.append(cells)
        lines.append(line)


def ragged(line: int, name: str, found: int, wanted: int) -> StudioError:
    """The error for a row of another length."""
    return StudioError(
        mark(
            "Line {line} of “{name}” has {found} cells, but the first line has {wanted}. Look for "
            "a missing or an extra separator, or quote texts that contain one."
        ),
        line=line,
        name=name,
        found=found,
        wanted=wanted,
    )


def quotation_error(line: int, name: str) -> StudioError:
    """The error for a quotation mark out of place."""
    return StudioError(
        mark(
            "Line {line} of “{name}” cannot be read: a quotation mark is missing or out of place, "
            "or a cell is far too long. Correct that line."
        ),
        line=line,
        name=name,
    )
