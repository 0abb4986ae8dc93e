"""Parquet: tables of typed columns, as data tools save them."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnstudio.core.registry import register
from nnstudio.core.sampling import generator
from nnstudio.core.sources.building import Builder
from nnstudio.core.sources.columns import LARGEST_NUMBER, shorten
from nnstudio.core.sources.header import check_width, unique_names
from nnstudio.core.sources.raw import DATE, MOST_CELLS, NUMBER, Raw, RawColumn, RawTable, too_large
from nnstudio.core.sources.reading import LOOK_ROWS, Options, Reader, Source, damaged
from nnstudio.core.sources.watching import progress
from nnstudio.core.text import StudioError, mark, tr


@register("Parquet.v1")
class ParquetReader(Reader):
    """Columns of numbers, texts, dates and truth values; nested ones are left out."""

    label = mark("Parquet table")
    endings = (".parquet",)
    order = 50

    @classmethod
    def recognises(cls, source: Source) -> bool:
        """Its mark."""
        return source.head.startswith(b"PAR1")

    def read(self, source: Source, options: Options) -> Raw:
        """Read column by column."""
        try:
            return _read(source, options)
        except (StudioError, MemoryError, KeyboardInterrupt):
            raise
        except BaseException as error:  # the library panics on some damaged files
            raise damaged(source, error) from None


def _read(source: Source, options: Options) -> RawTable:
    import polars as pl

    schema = pl.read_parquet_schema(source.path)
    check_width(source.name, len(schema))
    lazy = pl.scan_parquet(source.path)
    rows = int(lazy.select(pl.len()).collect().item())
    if rows == 0 or not schema:
        raise StudioError(mark("“{name}” has no rows."), name=source.name)
    chosen = None
    if options.sample and options.sample < rows:
        random = generator(options.seed, 9)
        chosen = np.sort(random.choice(rows, options.sample, replace=False))
    kept = len(chosen) if chosen is not None else rows
    if not options.first and kept * len(schema) > 1.2 * MOST_CELLS:
        raise too_large(source.name, kept, MOST_CELLS // len(schema) // 1000 * 1000)
    names, notes = unique_names([" ".join(name.split()) for name in schema])
    columns, odd = [], []
    for done, (stored, name) in enumerate(zip(schema, names, strict=True)):
        progress(done / len(schema))
        part = lazy.select(pl.col(stored))
        series = (part.head(LOOK_ROWS) if options.first else part).collect().to_series()
        if chosen is not None:
            series = series.gather(chosen)
        column = column_of(name, series)
        if column is None:
            odd.append(shorten(name, 40))
        else:
            columns.append(column)
    if odd:
        notes = (
            *notes,
            tr("Left out because they hold lists or the like: {names}.", names=", ".join(odd[:5])),
        )
    if not columns:
        raise StudioError(mark("“{name}” has no column that can be used."), name=source.name)
    return RawTable(source.name, tuple(columns), notes)


def column_of(name: str, series: Any) -> RawColumn | None:
    """A Polars series as a column; None if it holds lists and the like."""
    import polars as pl

    kind = series.dtype
    if kind == pl.Boolean:
        series = series.replace_strict({True: "true", False: "false"}, return_dtype=pl.String)
    elif kind in (pl.Date, pl.Datetime):
        moments = series.cast(pl.Datetime("us")).dt.epoch("us").cast(pl.Float64)
        return RawColumn(name, DATE, (moments / 86_400_000_000).fill_null(np.nan).to_numpy())
    elif kind.is_numeric() or kind == pl.Duration:
        values = series.cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy().copy()
        with np.errstate(invalid="ignore"):
            values[np.abs(values) > LARGEST_NUMBER] = np.nan
        return RawColumn(name, NUMBER, values)
    elif kind not in (pl.String, pl.Categorical, pl.Enum):
        return None
    texts = series.cast(pl.String)
    builder = Builder(name, ["text"])
    builder.add_texts(texts, lambda row: row + 1)
    return builder.column()
