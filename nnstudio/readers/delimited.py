"""Delimited text: CSV, TSV, what spreadsheets save, in any encoding and with any decimal sign."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnstudio.core.registry import register
from nnstudio.core.sampling import generator
from nnstudio.core.sources.building import COMMA, PLAIN, Builder
from nnstudio.core.sources.encodings import TextFile, find_encoding, unmarked_utf16
from nnstudio.core.sources.header import column_names
from nnstudio.core.sources.raw import MOST_CELLS, Raw, RawTable, too_large
from nnstudio.core.sources.reading import LOOK_ROWS, Options, Reader, Source
from nnstudio.core.sources.row_blocks import RowBlock, quotation_error, row_blocks, slow_rows
from nnstudio.core.sources.watching import progress
from nnstudio.core.text import StudioError, mark

#: How much of a file decides on its delimiter and on what its columns hold.
HEAD = 1_000_000
DELIMITERS = (",", ";", "\t", "|")
_SEPARATOR_LINE = re.compile(rb"sep=(.)\r?\n", re.IGNORECASE)


@dataclass(frozen=True)
class _Layout:
    """How a file is laid out: where its rows begin, and what its columns are."""

    file: TextFile
    delimiter: str
    names: list[str]
    skip: int  # bytes of UTF-8 before the first row
    line: int  # the line of the first row
    rows: list[list[str]]  # the first ones
    row_bytes: float
    notes: tuple[str, ...]


@register("Delimited.v1")
class DelimitedReader(Reader):
    """Text with a row a line and a separator between cells."""

    label = mark("CSV table")
    endings = (".csv", ".tsv", ".txt")
    order = 900

    @classmethod
    def recognises(cls, source: Source) -> bool:
        """Any text is; UTF-16 too."""
        head = source.head
        if source.is_folder:
            return False
        if head.startswith((b"\xff\xfe", b"\xfe\xff")):
            return True
        if unmarked_utf16(head):
            return True
        control = sum(byte < 9 or 13 < byte < 32 for byte in head[:4096])
        return control == 0 and not head.startswith((b"%PDF", b"\x1f\x8b"))

    def read(self, source: Source, options: Options) -> Raw:
        """Read, block by block, and put the columns together."""
        limit = HEAD if options.first else 0
        file = find_encoding(source.path, source.name, source.size, limit)
        layout = _lay_out(file, options)
        width = len(layout.names)
        chosen = None
        rows = int(source.size / max(layout.row_bytes, 1))
        if options.sample:
            rows = _count_rows(file, layout)
            if options.sample < rows:
                random = generator(options.seed, 9)
                chosen = np.zeros(rows, bool)
                chosen[random.choice(rows, options.sample, replace=False)] = True
            rows = min(options.sample, rows)
        if not options.first and rows * width > 1.2 * MOST_CELLS:
            raise too_large(source.name, rows, MOST_CELLS // width // 1000 * 1000)
        texts: set[int] = set()
        while True:
            builders = self._build(file, layout, options, chosen, texts)
            mistaken = {place for place, made in enumerate(builders) if made.mistaken}
            if not mistaken:
                break
            texts |= mistaken
        columns = tuple(builder.column() for builder in builders)
        columns = _without_nameless(columns, layout)
        if not columns or len(columns[0]) == 0:
            raise StudioError(
                mark("“{name}” has column names but no rows below them. Add a line for each row."),
                name=source.name,
            )
        progress(1.0)
        return RawTable(source.name, columns, layout.notes)

    def _build(
        self, file: TextFile, layout: _Layout, options: Options, chosen: Any, texts: set[int]
    ) -> list[Builder]:
        """All columns; those of ``texts`` taken for texts whatever their first rows."""
        builders = []
        commas = layout.delimiter != ","
        for place, name in enumerate(layout.names):
            cells = [row[place] for row in layout.rows if place < len(row)]
            builder = Builder(name, cells, commas)
            if place in texts:
                builder.number = builder.fast = False
            if builder.writing != PLAIN and not (commas and builder.writing == COMMA):
                builder.fast = False
            builders.append(builder)
        numbers = [builder for builder in builders if builder.number]
        comma = any(builder.writing == COMMA for builder in numbers) and commas
        if comma:  # the fast parser knows one way of writing numbers for a whole file
            for place, builder in enumerate(builders):
                cells = [row[place] for row in layout.rows if place < len(row)]
                builder.fast = builder.number and not any("." in cell for cell in cells)
        seen = at = 0
        for block in row_blocks(_body(file, layout, options), layout.delimiter, len(layout.names),
                                file.name, layout.line):  # fmt: skip
            frame, lines = _parse(block, layout, builders, comma)
            count = len(frame[0]) if frame else 0
            keep = None if chosen is None else chosen[at : at + count]
            at += count
            if options.first and seen + count > options.first:
                keep = np.arange(count) < options.first - seen
            _add(builders, frame, keep, lines)
            seen += count
            if options.first and seen >= options.first:
                break
            done = (block.line - layout.line + len(block.ends)) * layout.row_bytes
            progress(0.2 + 0.8 * done / max(file.size, 1))
        return builders


def _body(file: TextFile, layout: _Layout, options: Options) -> Iterator[bytes]:
    """The text after the header."""
    skip = layout.skip
    for piece in file.pieces(HEAD if options.first and file.size > HEAD else 0):
        if skip >= len(piece):
            skip -= len(piece)
            continue
        piece, skip = piece[skip:], 0
        if options.first and file.size > HEAD:  # the last row is cut off
            piece = piece[: piece.rfind(b"\n") + 1] or piece
        yield piece


def _count_rows(file: TextFile, layout: _Layout) -> int:
    """How many rows there are, as the blocks count them."""
    total = 0
    for block in row_blocks(
        _body(file, layout, Options()), layout.delimiter, len(layout.names), file.name, layout.line
    ):
        blank = sum(
            1
            for row in np.flatnonzero(np.diff(block.ends, prepend=-1) <= len(layout.names) + 1)
            if not block.data[int(block.ends[row - 1]) + 1 if row else 0 : int(block.ends[row])]
            .strip(b" \t\r" + layout.delimiter.encode())
        )  # fmt: skip
        total += len(block.ends) - blank
        progress(0.2)
    return total


def _lay_out(file: TextFile, options: Options) -> _Layout:
    """Find the delimiter, the names and the first rows."""
    head = b""
    for piece in file.pieces(HEAD):
        head += piece
    if b"\n" not in head and b"\r" in head:
        head = head.replace(b"\r", b"\n")
    whole = file.size <= HEAD
    if not head.strip():
        raise StudioError(
            mark("“{name}” is empty. A table has a line of column names and a line for each row."),
            name=file.name,
        )
    skip, line, delimiter = 0, 1, ""
    said = _SEPARATOR_LINE.match(head)
    if said:  # what spreadsheets write to say it themselves
        delimiter, skip, line = said[1].decode("latin-1"), said.end(), 2
    text = head[skip:].decode("utf-8", "ignore")
    delimiter = delimiter or _sniff(text, whole)
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
    rows: list[list[str]] = []
    first_end = None
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if first_end is None:
                first_end = (lines.tell(), reader.line_num)
            rows.append(cells)
            if len(rows) > LOOK_ROWS:
                break
    except csv.Error:
        if not rows:
            raise quotation_error(line, file.name) from None
    if not rows or first_end is None:
        raise StudioError(
            mark("“{name}” is empty. A table has a line of column names and a line for each row."),
            name=file.name,
        )
    names, has_names, notes = column_names(file.name, rows[0], options.header)
    used = len(",".join(rows[-1])) if len(rows) == 1 else 0
    row_bytes = max(used, lines.tell() and len(text[: lines.tell()].encode()) / len(rows))
    if has_names:
        skip += len(text[: first_end[0]].encode())
        line += first_end[1]
        rows = rows[1:]
    if rows and not whole and len(rows) <= LOOK_ROWS:
        rows = rows[:-1] or rows  # the last one may be cut off
    return _Layout(file, delimiter, names, skip, line, rows, row_bytes, notes)


def _sniff(text: str, whole: bool) -> str:
    """The delimiter that cuts the first rows into equally many cells, and most of them."""

    def score(delimiter: str) -> tuple[float, int]:
        widths = []
        try:
            for cells in csv.reader(io.StringIO(text[:65_536], newline=""), delimiter=delimiter):
                if any(cells):
                    widths.append(len(cells))
                if len(widths) == 20:
                    break
        except csv.Error:
            pass
        if len(widths) > 1 and len(widths) < 20 and not whole:
            widths.pop()
        if not widths or widths[0] < 2:
            return 0.0, 0
        return widths.count(widths[0]) / len(widths), widths[0]

    return max(DELIMITERS, key=score)


def _parse(
    block: RowBlock, layout: _Layout, builders: list[Builder], comma: bool
) -> tuple[list[Any], Any]:
    """Each column's cells of a block as a Polars series, without rows of nothing; and what gives
    the line of a row."""
    import polars as pl

    width = len(builders)
    frame = None
    if block.plain:
        options: dict[str, Any] = {
            "has_header": False, "separator": layout.delimiter, "quote_char": '"',
            "decimal_comma": comma, "truncate_ragged_lines": False, "infer_schema": False,
        }  # fmt: skip
        names = [str(place) for place in range(width)]
        kinds = [pl.Float64 if builder.fast else pl.String for builder in builders]
        for attempt in (kinds, [pl.String] * width):
            try:
                frame = pl.read_csv(
                    block.data, schema=dict(zip(names, attempt, strict=True)), **options
                )
            except pl.exceptions.PolarsError:
                continue
            if frame.height == len(block.ends):
                break
            frame = None
    if frame is None:
        rows, lines = slow_rows(block, layout.delimiter, width, layout.file.name)
        columns = zip(*rows, strict=True) if rows else ((),) * width
        return [pl.Series(list(cells), dtype=pl.String) for cells in columns], lines.__getitem__
    full = np.ones(frame.height, bool)
    sizes = np.diff(block.ends, prepend=-1)
    for row in np.flatnonzero(sizes <= max(8, 2 * width)):  # only short rows can be empty
        if all(cell is None or not str(cell).strip() for cell in frame.row(int(row))):
            full[row] = False
    if full.all():
        return frame.get_columns(), block.line_of
    left = np.flatnonzero(full)
    frame = frame.filter(pl.Series(full))
    return frame.get_columns(), lambda row: block.line_of(int(left[row]))


def _add(builders: list[Builder], frame: list[Any], keep: Any, line_of: Any) -> None:
    """Give each builder its cells."""
    import polars as pl

    if keep is not None:
        rows = np.flatnonzero(keep)
        outer = line_of

        def line_of(row: int) -> int:
            return int(outer(int(rows[row])))

    for builder, series in zip(builders, frame, strict=True):
        if keep is not None:
            series = series.filter(pl.Series(keep))
        if series.dtype == pl.Float64:
            values = series.fill_null(np.nan).to_numpy()
            builder.add_numbers(values, line_of)
        else:
            builder.add_texts(series, line_of)


def _without_nameless(columns: tuple[Any, ...], layout: _Layout) -> tuple[Any, ...]:
    """Without columns that have neither a name nor anything in them."""
    return tuple(
        column
        for place, column in enumerate(columns)
        if column.name != f"column_{place + 1}" or not column.gaps.all()
    )
