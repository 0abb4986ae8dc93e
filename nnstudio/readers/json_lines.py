"""JSON lines: an object a line; also one list of objects."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any

import numpy as np

from nnstudio.core.registry import register
from nnstudio.core.sampling import generator
from nnstudio.core.sources.building import Builder
from nnstudio.core.sources.columns import shorten
from nnstudio.core.sources.encodings import find_encoding
from nnstudio.core.sources.header import check_width
from nnstudio.core.sources.raw import MOST_CELLS, Raw, RawTable, too_large
from nnstudio.core.sources.reading import LOOK_ROWS, Options, Reader, Source
from nnstudio.core.sources.watching import progress
from nnstudio.core.text import StudioError, mark, tr

#: Rows that become columns at a time.
BLOCK = 20_000
#: A list of objects is read at once, up to so many bytes.
MOST_LIST = 200_000_000


@register("JsonLines.v1")
class JsonLinesReader(Reader):
    """Each key is a column; an object inside an object gives columns such as ``size.height``."""

    label = mark("JSON lines")
    endings = (".jsonl", ".ndjson", ".json")
    order = 60

    @classmethod
    def recognises(cls, source: Source) -> bool:
        """An object, or a list of objects, at the beginning."""
        start = source.head.removeprefix(b"\xef\xbb\xbf").lstrip()
        return start.startswith((b'{"', b"{ ", b"{}")) or (
            start.startswith(b"[") and start[1:].lstrip().startswith(b"{")
        )

    def read(self, source: Source, options: Options) -> Raw:
        """Read block by block, and put the columns together."""
        notes: dict[str, None] = {}
        made: dict[str, Builder] = {}
        total = 0
        rows = _rows(source)
        if options.sample:
            rows = _sampled(list(rows), options)
        if options.first:
            rows = itertools.islice(rows, LOOK_ROWS)
        while block := list(itertools.islice(rows, BLOCK)):
            _add(made, block, total, notes)
            total += len(block)
            check_width(source.name, len(made))
            if total * len(made) > 1.2 * MOST_CELLS:
                left = sum(1 for _ in rows)
                raise too_large(source.name, total + left, MOST_CELLS // len(made) // 1000 * 1000)
        if not total or not made:
            raise StudioError(mark("“{name}” has no rows."), name=source.name)
        odd = (
            (
                tr(
                    "Left out because they hold lists or the like: {names}.",
                    names=", ".join(list(notes)[:5]),
                ),
            )
            if notes
            else ()
        )
        return RawTable(source.name, tuple(builder.column() for builder in made.values()), odd)


def _sampled(rows: list[Any], options: Options) -> Iterator[Any]:
    if options.sample >= len(rows):
        return iter(rows)
    chosen = generator(options.seed, 9).choice(len(rows), options.sample, replace=False)
    return (rows[place] for place in np.sort(chosen))


def _rows(source: Source) -> Iterator[tuple[int, dict[str, Any]]]:
    """Line number and object of each row."""
    file = find_encoding(source.path, source.name, source.size)
    start = source.head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"["):
        yield from _listed(source, file)
        return
    rest = b""
    line = done = 0
    for piece in itertools.chain(file.pieces(), (b"\n",)):
        lines = (rest + piece).split(b"\n")
        rest = lines.pop()
        for raw in lines:
            line += 1
            if not raw.strip():
                continue
            try:
                row = json.loads(raw)
            except (ValueError, RecursionError):
                row = None
            if not isinstance(row, dict):
                raise StudioError(
                    mark("Line {line} of “{name}” is no JSON object. Correct or delete it."),
                    line=line,
                    name=source.name,
                )
            yield line, row
        done += len(piece)
        progress(0.2 + 0.8 * done / max(source.size, 1))


def _listed(source: Source, file: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    if source.size > MOST_LIST:
        raise StudioError(
            mark("“{name}” is one list of {size} MB. Save it as JSON lines, an object a line."),
            name=source.name,
            size=source.size // 1_000_000,
        )
    try:
        rows = json.loads(b"".join(file.pieces()))
    except (ValueError, RecursionError):
        rows = None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise StudioError(
            mark("“{name}” is no list of JSON objects. Save it as JSON lines, an object a line."),
            name=source.name,
        )
    yield from enumerate(rows, 1)


def _flat(row: dict[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in row.items():
        name = before + " ".join(str(key).split())
        if isinstance(value, dict) and before.count(".") < 3:
            yield from _flat(value, name + ".")
        else:
            yield name or "?", value


def _add(
    made: dict[str, Builder],
    block: list[tuple[int, dict[str, Any]]],
    before: int,
    notes: dict[str, None],
) -> None:
    """Give a block of rows to the columns; those that are new get gaps for the rows before."""
    import polars as pl

    cells: dict[str, list[str | None]] = {}
    for place, (_, row) in enumerate(block):
        for name, value in _flat(row):
            if isinstance(value, (list, dict)):
                notes.setdefault(shorten(name, 40))
                continue
            column = cells.setdefault(name, [None] * len(block))
            column[place] = _text(value)
    lines = [line for line, _ in block]
    for name in {**made, **cells}:
        column = cells.get(name, [None] * len(block))
        if name not in made:
            made[name] = Builder(name, [cell for cell in column[:1000] if cell is not None])
            if before:
                made[name].add_texts(pl.Series([None] * before, dtype=pl.String), int)
        made[name].add_texts(pl.Series(column, dtype=pl.String), lines.__getitem__)


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else repr(value)
