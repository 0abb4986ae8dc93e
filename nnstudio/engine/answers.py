"""Predict many: a file of rows or images in, a file with predictions and probabilities out."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np

from nnstudio.core import atomic
from nnstudio.core.model import Model
from nnstudio.core.recipes.casting import cast
from nnstudio.core.recipes.recipe import ImageRecipe, Recipe
from nnstudio.core.sources import reading
from nnstudio.core.sources.columns import read_number
from nnstudio.core.sources.pictures import fitted, is_picture, open_picture
from nnstudio.core.sources.raw import CATEGORY, DATE, NUMBER, Raw, RawColumn, RawStack, RawTable
from nnstudio.core.sources.watching import portion
from nnstudio.core.text import StudioError, mark
from nnstudio.engine.predicting import Predictions, Predictor


def reading_recipe(model: Model) -> Recipe:
    """How a file must be read so that it suits a model: images at its size and colour."""
    shape = model.preparation.shape
    recipe = Recipe(header=str(getattr(_recipe_of(model), "header", "automatic")))
    if len(shape) == 3 and shape[2] in (1, 3):
        colour = "grey" if shape[2] == 1 else "colour"
        images = ImageRecipe((shape[0], shape[1]), colour, model.preparation.resize)
        recipe = Recipe(images=images)
    return recipe


def _recipe_of(model: Model) -> Any:
    return getattr(model.setup.dataset, "recipe", None)


def read_for(model: Model, path: str | Path) -> Raw:
    """A file's rows or images, or one picture, as the model needs them; raises ``StudioError``."""
    if len(model.preparation.shape) == 3 and is_picture(str(path)) and Path(path).is_file():
        return one_picture(model, path)
    raw = reading.read(path, reading_recipe(model))
    if isinstance(raw, RawTable) and not model.preparation.inputs:
        raw = _as_stack(raw, model)
    return raw


def one_picture(model: Model, path: str | Path) -> RawStack:
    """A single picture file at the size and colour that the model needs; raises ``StudioError``."""
    source = reading.open_source(path)
    shape, fit = model.preparation.shape, model.preparation.resize
    try:
        pixels = fitted(open_picture(source.path.read_bytes()), shape, fit)
    except MemoryError:
        raise
    except Exception as error:
        raise reading.damaged(source, error) from None
    return RawStack(source.name, pixels[None], None, (), (source.name,))


def _as_stack(table: RawTable, model: Model) -> Raw:
    """A table of as many number columns as an example has numbers, as a stack."""
    size = int(np.prod(model.preparation.shape))
    columns = [column for column in table.columns if column.kind == NUMBER]
    if len(columns) == size + 1:  # the labels stand beside
        columns = columns[:-1] if columns[0].name not in ("label", "y", "class") else columns[1:]
    if len(columns) != size or any(column.gaps.any() for column in columns):
        return table
    x = np.stack([column.values for column in columns], 1)
    x = x.reshape(len(x), *model.preparation.shape)
    return RawStack(table.name, x.astype(np.float32), None)


def predict_file(model: Model, source: str | Path, target: str | Path) -> dict[str, Any]:
    """Predict every row or image of ``source`` and write ``target`` in one step.

    Gives how many there were and, where the source knows the right answers, how good they are:
    ``accuracy`` for classes, ``r2`` for numbers. Raises ``StudioError``; then nothing is written.
    """
    kind = Path(target).suffix.lower()
    if kind not in WRITERS:
        raise StudioError(
            mark("Predictions can be written as {known}, not as “{given}”."),
            known=", ".join(WRITERS),
            given=kind or str(target)[:60],
        )
    with portion(0.0, 0.5):
        raw = read_for(model, source)
    with portion(0.5, 0.9):
        predictions = Predictor(model).predict(raw)
    atomic.write(target, WRITERS[kind](columns_of(model, raw, predictions)))
    return {"rows": len(predictions.values), **quality(model, raw, predictions)}


def columns_of(model: Model, raw: Raw, predictions: Predictions) -> dict[str, Any]:
    """The columns to write, lists or Polars series: those of the table (or the images' names),
    then the answers."""
    count = len(predictions.values)
    columns: dict[str, Any] = {}
    if isinstance(raw, RawTable):
        late = slice(raw.rows - count, None)  # windows begin later
        columns = {column.name: _series(column.take(late)) for column in raw.columns}
    elif raw.names:
        columns["file"] = list(raw.names)
    if predictions.task == "classification":
        columns[f"predicted {predictions.targets[0]}"] = list(predictions.answers)
        for place, name in enumerate(predictions.classes):
            columns[f"probability {name}"] = predictions.values[:, place]
    else:
        for place, name in enumerate(predictions.targets):
            columns[f"predicted {name}"] = predictions.values[:, place]
    return columns


def _series(column: RawColumn) -> Any:
    """A column as a Polars series, with null where a value is missing."""
    import polars as pl

    if column.kind == NUMBER:
        values = column.values
        known = values[~np.isnan(values)]
        series = pl.Series(values).fill_nan(None)
        whole = bool((known == np.floor(known)).all() and (np.abs(known) < 1e15).all())
        return series.cast(pl.Int64) if whole else series
    if column.kind == DATE:
        return pl.Series([column.text(row) or None for row in range(len(column))], dtype=pl.String)
    texts = pl.Series([*column.categories, None], dtype=pl.String)
    places = np.where(column.values < 0, len(column.categories), column.values)
    return texts.gather(places.astype(np.uint32))


def quality(model: Model, raw: Raw, predictions: Predictions) -> dict[str, float]:
    """How good predictions are, where the source holds the right answers; else nothing."""
    truth = truth_of(model, raw, len(predictions.values))
    if truth is None or not len(truth):
        return {}
    known = ~np.isnan(truth)
    if not known.any():
        return {}
    if predictions.task == "classification":
        return {"accuracy": float((predictions.chosen[known] == truth[known]).mean())}
    values = truth[known]
    spread = ((values - values.mean()) ** 2).sum()
    rest = ((values - predictions.values[known, 0]) ** 2).sum()
    return {"r2": float(1 - rest / spread)} if spread else {}


def truth_of(model: Model, raw: Raw, count: int) -> np.ndarray | None:
    """The right class number, or number, of each of the last ``count`` rows, NaN if unknown;
    None if the source does not say."""
    goal = model.preparation.targets[0]
    places = {name: float(place) for place, name in enumerate(goal.classes)}
    if isinstance(raw, RawStack):
        if raw.labels is None or not goal.classes:
            return None
        table = np.array([places.get(name, np.nan) for name in raw.classes])
        return table[raw.labels] if len(table) else None
    if goal.name not in raw.names or model.preparation.window[0]:
        return None
    column = raw.column(goal.name).take(slice(raw.rows - count, None))
    if not goal.classes:
        return cast(column, NUMBER).values
    column = cast(column, CATEGORY)
    table = np.array([_place(places, text) for text in column.categories] + [np.nan])
    return table[column.values]


def _place(places: dict[str, float], text: str) -> float:
    """A class's number by its name, however a number is written ("1.0" for 1)."""
    number = read_number(text)
    other = text if number is None or not number.is_integer() else str(int(number))
    return places.get(text, places.get(other, np.nan))


def _frame(columns: dict[str, Any]) -> Any:
    import polars as pl

    return pl.DataFrame(columns, strict=False)


def _csv(columns: dict[str, Any]) -> bytes:
    return str(_frame(columns).write_csv()).encode()


def _jsonl(columns: dict[str, Any]) -> bytes:
    return str(_frame(columns).write_ndjson()).encode()


def _parquet(columns: dict[str, Any]) -> bytes:
    buffer = io.BytesIO()
    _frame(columns).write_parquet(buffer)
    return buffer.getvalue()


WRITERS = {".csv": _csv, ".jsonl": _jsonl, ".parquet": _parquet}
