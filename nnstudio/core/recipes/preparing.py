"""From a table and a recipe to data: choose columns, divide rows, fit on training, encode all.

Statistics (means, categories, extremes) come from the training part alone, so that nothing of
validation or test leaks into training.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from nnstudio.core.data import Data, Part
from nnstudio.core.recipes.casting import cast, check_categories
from nnstudio.core.recipes.fitting_columns import fit_column, is_row_number
from nnstudio.core.recipes.preparation import FARTHEST, Preparation, TargetColumn
from nnstudio.core.recipes.recipe import Recipe
from nnstudio.core.recipes.splitting import divide
from nnstudio.core.sources.columns import LARGEST_NUMBER, MOST_INTEGER_CLASSES, read_number, shorten
from nnstudio.core.sources.raw import CATEGORY, IGNORE, NUMBER, TEXT, RawColumn, RawTable, distinct
from nnstudio.core.text import StudioError, mark, tr

#: Numbers that the network may see of a row, and of all rows (as float32, 400 MB).
MOST_INPUTS = 4000
MOST_NUMBERS = 100_000_000
FEWEST_ROWS = 4


@dataclass(frozen=True)
class _Chosen:
    """The columns that take part, as they are to be read, and notes about the others."""

    targets: tuple[RawColumn, ...]
    inputs: tuple[RawColumn, ...]
    task: str
    notes: tuple[str, ...]


def prepare(table: RawTable, recipe: Recipe) -> Data:
    """The data that a recipe makes of a table.

    Raises ``StudioError`` if a target is missing or always the same, if there are too few rows or
    no inputs, if a cell does not suit its column, or if the result would be too large.
    """
    chosen = choose(table, recipe)
    length, horizon = recipe.windows.length, recipe.windows.horizon
    rows, dropped = _usable_rows(chosen, recipe)
    notes = list(chosen.notes)
    if dropped:
        notes.append(
            tr("{count} rows are left out because of missing values.", count=f"{dropped:,}")
        )
    if len(rows) < FEWEST_ROWS + (length + horizon if length else 0):
        raise StudioError(
            mark("“{name}” has {count} usable rows, too few to learn from. Add rows."),
            name=table.name,
            count=len(rows),
        )
    targets = [column.take(rows) for column in chosen.targets]
    inputs = [column.take(rows) for column in chosen.inputs]
    _check_targets(targets, chosen.task, recipe)
    ends = np.arange(length - 1, len(rows) - horizon) if length else np.arange(len(rows))
    goals = ends + horizon if length else ends
    numbers = classes = None
    if chosen.task == "classification":
        classes, numbers = _classes(targets[0], goals)
    kept = table.take(rows[goals])
    parts = divide(recipe.split, len(ends), numbers, kept, kept.parts, ordered=bool(length))
    where = [np.flatnonzero(parts == part) for part in range(3)]
    seen = where[0]
    if length:
        seen = distinct((ends[seen][:, None] - np.arange(length)).ravel())
    fitted = []
    for column in inputs:
        made = fit_column(column, seen, recipe.column(column.name))
        if made is not None:
            fitted.append(made)
        else:
            notes.append(
                tr("Left out because every row holds the same: {name}.", name=shorten(column.name))
            )
    goal, y = _goal(targets, chosen.task, classes, numbers, goals, where[0])
    preparation = Preparation(
        chosen.task, goal, tuple(fitted),
        window=(length, horizon, recipe.windows.sequence),
    )  # fmt: skip
    _check_size(table.name, preparation, len(ends))
    x = preparation.rows(RawTable(table.name, tuple(inputs)))[: len(ends)]
    made_parts = [Part(np.ascontiguousarray(x[at]), y[at]) for at in where]
    names = preparation.feature_names
    if length:
        names = tuple(f"{name}[{back}]" for back in range(1 - length, 1) for name in names)
    single = len(goal) == 1
    return Data(
        name=table.name,
        task=chosen.task,
        train=made_parts[0],
        valid=made_parts[1],
        test=made_parts[2] if len(where[2]) else None,
        classes=classes or (),
        feature_names=names if x.ndim == 2 else (),
        target_names=tuple(target.name for target in goal),
        notes=table.notes + tuple(notes),
        target_scale=goal[0].scale if single else np.array([g.scale for g in goal]),
        target_shift=goal[0].shift if single else np.array([g.shift for g in goal]),
        preparation=preparation,
        rows=tuple(rows[goals[at]] for at in where),
    )


def choose(table: RawTable, recipe: Recipe) -> _Chosen:
    """The targets, the inputs and the task; raises ``StudioError`` if they cannot be."""
    for name, _ in recipe.columns:
        table.column(name)
    ignored = {name for name, column in recipe.columns if column.kind == IGNORE}
    left = [column for column in table.columns if column.name not in ignored]
    if not left:
        raise StudioError(mark("All columns are ignored. Use some of them."))
    names = recipe.targets or (left[-1].name,)
    for name in names:
        table.column(name)
        if name in ignored:
            raise StudioError(
                mark("The target “{column}” is ignored. Give it another type, or choose another."),
                column=shorten(name),
            )
    targets = tuple(
        _fixed(_as_wished(table.column(name), recipe, True), recipe, first=name == names[0])
        for name in names
    )
    task = recipe.problem if recipe.problem != "automatic" else _task(targets)
    if task == "classification" and len(targets) > 1:
        raise StudioError(
            mark("Several targets can only be predicted as numbers. Choose one, or regression.")
        )
    wanted = CATEGORY if task == "classification" else NUMBER
    if task == "regression":
        _refuse_texts(targets)
    targets = tuple(cast(target, wanted) for target in targets)
    notes: list[str] = []
    inputs = []
    divider = recipe.split.column if recipe.split.how in ("column", "groups") else ""
    past = recipe.windows.length > 0  # yesterday's target is an input of today's
    for column in left:
        if (column.name in names and not past) or column.name == divider:
            continue
        wish = recipe.column(column.name)
        column = _as_wished(column, recipe, False)
        if column.kind == TEXT:
            if wish.kind == "automatic":
                notes.append(
                    tr(
                        "Left out because nearly every row has a text of its own: {name}.",
                        name=shorten(column.name),
                    )
                )
            continue
        if wish.kind == "automatic" and is_row_number(column):
            notes.append(
                tr("Left out because it only numbers the rows: {name}.", name=shorten(column.name))
            )
            continue
        if column.kind == CATEGORY:
            check_categories(column)
        inputs.append(column)
    if not inputs:
        raise StudioError(
            mark("“{name}” has no column besides the target that tells rows apart. Add one."),
            name=table.name,
        )
    return _Chosen(targets, tuple(inputs), task, tuple(notes))


def _as_wished(column: RawColumn, recipe: Recipe, target: bool) -> RawColumn:
    """The column as the recipe wants it, with cells that do not suit refused or made gaps."""
    wish = recipe.column(column.name)
    if wish.kind not in ("automatic", IGNORE):
        column = cast(column, wish.kind)
    elif target and column.kind == TEXT:
        column = cast(column, CATEGORY)
    if column.bad and column.kind == NUMBER and wish.missing in ("automatic", "refuse"):
        line, value = column.first_bad or (0, "")
        large = read_number(value) is not None and abs(read_number(value) or 0) > LARGEST_NUMBER
        raise StudioError(
            mark(
                "Line {line}, column “{column}” holds {value}, a number too large to compute with. "
                "Correct it, or ignore the column."
            )
            if large
            else mark(
                "Line {line}, column “{column}” holds “{value}” where most rows hold numbers. "
                "Correct it, say what stands in for missing values, or ignore the column."
            ),
            line=line,
            column=shorten(column.name),
            value=shorten(value),
        )
    gaps = column.gaps
    if wish.missing == "refuse" and gaps.any():
        raise StudioError(
            mark("Row {row} of column “{column}” is empty. Fill it in, or allow missing values."),
            row=int(np.argmax(gaps)) + 1,
            column=shorten(column.name),
        )
    return column


def _fixed(column: RawColumn, recipe: Recipe, first: bool) -> RawColumn:
    """The target with its corrected labels."""
    if not recipe.fixes or not first:
        return column
    values = column.values.copy()
    categories = list(column.categories)
    for row, text in recipe.fixes:
        if not row.isdigit() or int(row) >= len(values):
            continue
        if column.numeric:
            number = read_number(text)
            values[int(row)] = np.nan if number is None else number
        else:
            if text not in categories:
                categories.append(text)
            values[int(row)] = categories.index(text)
    return dataclasses.replace(column, values=values, categories=tuple(categories))


def _task(targets: tuple[RawColumn, ...]) -> str:
    """Classification for categories, and for few different whole numbers that each recur."""
    if len(targets) > 1:
        return "regression"
    (target,) = targets
    if not target.numeric:
        return "classification"
    if target.kind != NUMBER:
        return "regression"
    values = target.values[~target.gaps]
    some = values[:100_000]
    if len(distinct(some)) > MOST_INTEGER_CLASSES:
        return "regression"
    found = distinct(values)
    count = len(found)
    few = 0 < count <= MOST_INTEGER_CLASSES and (count <= 2 or len(values) >= 4 * count)
    whole = bool((found == np.floor(found)).all())
    return "classification" if few and whole else "regression"


def _refuse_texts(targets: tuple[RawColumn, ...]) -> None:
    for target in targets:
        if not target.numeric:
            raise StudioError(
                mark(
                    "The target “{column}” holds texts, so it cannot be predicted as a number. "
                    "Choose classification, or another target."
                ),
                column=shorten(target.name),
            )


def _usable_rows(chosen: _Chosen, recipe: Recipe) -> tuple[np.ndarray, int]:
    """The rows that have a target and no gap where the recipe drops rows; how many have not."""
    count = len(chosen.targets[0])
    usable = np.ones(count, bool)
    for target in chosen.targets:
        usable &= ~target.gaps
    if not usable.any():
        raise StudioError(
            mark("The target “{column}” has no value in any row. Choose another target."),
            column=shorten(chosen.targets[0].name),
        )
    for column in chosen.inputs:
        if recipe.column(column.name).missing == "drop":
            usable &= ~column.gaps
    rows = np.flatnonzero(usable)
    return rows, count - len(rows)


def _check_targets(targets: list[RawColumn], task: str, recipe: Recipe) -> None:
    for target in targets:
        values = target.values
        if (values == values[0]).all():
            raise StudioError(
                mark(
                    "The target “{column}” is “{value}” in every row, so there is nothing to "
                    "learn. Choose another target."
                ),
                column=shorten(target.name),
                value=shorten(target.text(0)),
            )
    if task == "classification":
        used = np.flatnonzero(np.bincount(targets[0].values))
        small = dataclasses.replace(
            targets[0], categories=tuple(targets[0].categories[place] for place in used)
        )
        if len(used) == len(targets[0]) and len(used) > 2:
            raise StudioError(
                mark(
                    "Each value of the target “{column}” occurs only once, so no row is left to "
                    "validate with. Choose another target."
                ),
                column=shorten(targets[0].name),
            )
        check_categories(small, target=True)


def _classes(target: RawColumn, goals: np.ndarray) -> tuple[tuple[str, ...], np.ndarray]:
    """The classes that occur, and each row's class number."""
    values = target.values[goals]
    used = np.flatnonzero(np.bincount(values))
    order = np.zeros(len(target.categories), np.int64)
    order[used] = np.arange(len(used))
    return tuple(target.categories[place] for place in used), order[values]


def _goal(
    targets: list[RawColumn],
    task: str,
    classes: tuple[str, ...] | None,
    numbers: np.ndarray | None,
    goals: np.ndarray,
    train: np.ndarray,
) -> tuple[tuple[TargetColumn, ...], np.ndarray]:
    """The fitted targets, and y (n, targets) float32."""
    if task == "classification":
        assert classes is not None and numbers is not None
        y = numbers.astype(np.float32)[:, None]
        return (TargetColumn(targets[0].name, classes),), y
    made, columns = [], []
    for target in targets:
        values = target.values[goals]
        mean, deviation = statistics(values[train])
        made.append(TargetColumn(target.name, (), mean, deviation))
        columns.append(np.clip((values - mean) / deviation, -FARTHEST, FARTHEST))
    return tuple(made), np.stack(columns, 1).astype(np.float32)


def statistics(values: np.ndarray) -> tuple[float, float]:
    """Mean and standard deviation, float64; the deviation of equal values counts as 1."""
    if values.min() == values.max():  # a computed deviation could be a rounding error
        return float(values[0]), 1.0
    return float(values.mean()), float(values.std()) or 1.0


def _check_size(name: str, preparation: Preparation, rows: int) -> None:
    width = len(preparation.feature_names)
    if not width:
        raise StudioError(
            mark("“{name}” has no column besides the target that tells rows apart. Add one."),
            name=name,
        )
    width *= max(1, preparation.window[0])
    if width > MOST_INPUTS or width * rows > MOST_NUMBERS:
        raise StudioError(
            mark(
                "{name} would give the network {count} inputs for each of {rows} rows. The most is "
                "{most} inputs, and {numbers} million numbers in all. Ignore columns, above all "
                "texts with many different values, or take a sample."
            ),
            name=name,
            count=f"{width:,}",
            rows=f"{rows:,}",
            most=f"{MOST_INPUTS:,}",
            numbers=MOST_NUMBERS // 1_000_000,
        )
