"""From a table to data: split, standardise numbers, one-hot encode categories, number classes.

Means and standard deviations come from the training part alone, so that nothing of the
validation part leaks into training.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnstudio.core.columns import CATEGORY, MOST_CATEGORIES, NUMBER, Column, shorten, write_number
from nnstudio.core.data import Data, Part
from nnstudio.core.sampling import split, stratified_split
from nnstudio.core.table import MOST_COLUMNS, Table
from nnstudio.core.text import StudioError, mark, tr

#: Rows times inputs; as float32 that is 400 MB.
MOST_NUMBERS = 100_000_000
FEWEST_ROWS = 4
#: Standard deviations from the mean; what is farther out would overflow in the network.
FARTHEST = 1e6
#: What predicting the target can be: decided by looking at it, or said.
PROBLEMS = ("automatic", "classification", "regression")


def encode(table: Table, target: str, share: float, seed: int, problem: str = "automatic") -> Data:
    """Data that predicts the column ``target`` from all the others.

    Raises ``StudioError`` if the target is not a column or always the same, if there are too few
    rows or no inputs, or if the result would be too large.
    """
    wanted = table.column(target)
    if table.rows < FEWEST_ROWS:
        raise StudioError(
            mark("{name} has {count} rows, too few to learn from. At least {fewest} are needed."),
            name=table.name,
            count=table.rows,
            fewest=FEWEST_ROWS,
        )
    if wanted.constant:
        raise StudioError(
            mark(
                "The target “{column}” is “{value}” in every row, so there is nothing to learn. "
                "Choose another target."
            ),
            column=shorten(target),
            value=shorten(wanted.values[0]) if wanted.values else "—",
        )
    task = wanted.task if problem == "automatic" else problem
    goal = (_classify if task == "classification" else _regress)(table, wanted, share, seed)
    train, valid = goal.train, goal.valid
    inputs = [c for c in table.columns if c.name != target and not c.constant]
    feature_names = _feature_names(table, inputs)
    x_train, x_valid = _inputs(table, inputs, len(feature_names), train, valid)
    return Data(
        name=table.name,
        task=task,
        train=Part(x_train, goal.y[train][:, None]),
        valid=Part(x_valid, goal.y[valid][:, None]),
        classes=goal.classes,
        feature_names=feature_names,
        target_names=(target,),
        notes=table.notes + _notes(table, target),
        target_scale=goal.scale,
        target_shift=goal.shift,
    )


@dataclass(frozen=True)
class _Goal:
    """The target of each row (rows,) float32, and the split that suits it."""

    y: np.ndarray
    train: np.ndarray
    valid: np.ndarray
    classes: tuple[str, ...] = ()
    scale: float = 1.0
    shift: float = 0.0


def _classify(table: Table, target: Column, share: float, seed: int) -> _Goal:
    """Class numbers, each class split by the same share."""
    classes, numbers = _classes(target, table.values[target.name])
    train, valid = stratified_split(numbers, share, seed)
    if not len(valid):
        raise StudioError(
            mark(
                "Each value of the target “{column}” occurs only once, so no row is left to "
                "validate with. Choose another target."
            ),
            column=shorten(target.name),
        )
    return _Goal(numbers.astype(np.float32), train, valid, classes)


def _regress(table: Table, target: Column, share: float, seed: int) -> _Goal:
    """Standardised numbers."""
    if target.kind == CATEGORY:
        raise StudioError(
            mark(
                "The target “{column}” holds texts, so it cannot be predicted as a number. "
                "Choose classification, or another target."
            ),
            column=shorten(target.name),
        )
    values = table.values[target.name]
    train, valid = split(table.rows, share, seed)
    mean, deviation = statistics(values[train])
    y = _standardise(values, mean, deviation)
    return _Goal(y, train, valid, scale=deviation, shift=mean)


def statistics(values: np.ndarray) -> tuple[float, float]:
    """Mean and standard deviation, float64; the deviation of equal values counts as 1."""
    if values.min() == values.max():  # a computed deviation could be a rounding error
        return float(values[0]), 1.0
    exact = values.astype(np.float64)
    return float(exact.mean()), float(exact.std()) or 1.0


def _standardise(values: np.ndarray, mean: float, deviation: float) -> np.ndarray:
    """Values in deviations from the mean, float32."""
    exact = (values.astype(np.float64) - mean) / deviation
    return np.clip(exact, -FARTHEST, FARTHEST).astype(np.float32)


def _classes(column: Column, values: np.ndarray) -> tuple[tuple[str, ...], np.ndarray]:
    """The names of the classes, and each row's class number."""
    if column.kind == CATEGORY:
        return column.values, values
    distinct, numbers = np.unique(values, return_inverse=True)
    if len(distinct) > MOST_CATEGORIES:
        raise StudioError(
            mark(
                "The target “{column}” has {count} different values; the most classes are {most}. "
                "Choose regression, or another target."
            ),
            column=shorten(column.name),
            count=f"{len(distinct):,}",
            most=MOST_CATEGORIES,
        )
    return tuple(map(write_number, distinct.tolist())), numbers


def _feature_names(table: Table, inputs: list[Column]) -> tuple[str, ...]:
    """A name for each number that the network will see: ``age``, ``city=Paris``."""
    names: list[str] = []
    for column in inputs:
        if column.kind == NUMBER:
            names.append(column.name)
        else:
            names += [f"{column.name}={value}" for value in column.values]
    if not names:
        raise StudioError(
            mark("{name} has no column besides the target that tells rows apart. Add one."),
            name=table.name,
        )
    if len(names) > MOST_COLUMNS or len(names) * table.rows > MOST_NUMBERS:
        raise StudioError(
            mark(
                "{name} would give the network {count} inputs for each of {rows} rows. The most is "
                "{most} inputs, and {numbers} million numbers in all. Leave columns out, above all "
                "texts with many different values, or use fewer rows."
            ),
            name=table.name,
            count=f"{len(names):,}",
            rows=f"{table.rows:,}",
            most=f"{MOST_COLUMNS:,}",
            numbers=MOST_NUMBERS // 1_000_000,
        )
    return tuple(names)


def _inputs(
    table: Table, inputs: list[Column], width: int, train: np.ndarray, valid: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The two parts' inputs, (rows, width) float32."""
    parts = [(rows, np.zeros((len(rows), width), np.float32)) for rows in (train, valid)]
    at = 0
    for column in inputs:
        values = table.values[column.name]
        if column.kind == NUMBER:
            mean, deviation = statistics(values[train])
            for rows, x in parts:
                x[:, at] = _standardise(values[rows], mean, deviation)
            at += 1
        else:
            for rows, x in parts:
                x[np.arange(len(rows)), at + values[rows]] = 1
            at += len(column.values)
    return parts[0][1], parts[1][1]


def _notes(table: Table, target: str) -> tuple[str, ...]:
    """What was left out, in a sentence."""
    same = [shorten(c.name, 40) for c in table.columns if c.constant and c.name != target]
    if not same:
        return ()
    names = ", ".join(same[:5] + ["…"] * (len(same) > 5))
    return (tr("Left out because every row holds the same value: {names}.", names=names),)
