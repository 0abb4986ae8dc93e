"""From images (or other stacks of arrays) and a recipe to data."""

from __future__ import annotations

import numpy as np

from nnstudio.core.data import Data, Part
from nnstudio.core.recipes.preparation import Preparation, TargetColumn
from nnstudio.core.recipes.preparing import FEWEST_ROWS, statistics
from nnstudio.core.recipes.recipe import Recipe
from nnstudio.core.recipes.splitting import divide
from nnstudio.core.sources.columns import read_number, shorten
from nnstudio.core.sources.raw import RawStack, distinct
from nnstudio.core.text import StudioError, mark


def prepare_stack(stack: RawStack, recipe: Recipe) -> Data:
    """The data that a recipe makes of a stack.

    Images stay uint8 and are scaled as they are gathered. Raises ``StudioError`` if there are no
    labels, one class only, or too few examples.
    """
    if stack.labels is None:
        raise StudioError(
            mark(
                "“{name}” does not say what its images show. Put them into a folder for each "
                "class, or give an array of labels."
            ),
            name=stack.name,
        )
    if stack.rows < FEWEST_ROWS:
        raise StudioError(
            mark("“{name}” has {count} examples, too few to learn from. Add some."),
            name=stack.name,
            count=stack.rows,
        )
    classes, numbers, values = _labels(stack, recipe)
    parts = divide(recipe.split, stack.rows, numbers, None, stack.parts)
    where = [np.flatnonzero(parts == part) for part in range(3)]
    task = "classification" if classes else "regression"
    goals: tuple[TargetColumn, ...]
    if classes:
        assert numbers is not None
        goals = (TargetColumn("class", classes),)
        y = numbers.astype(np.float32)[:, None]
    else:
        made, columns = [], []
        for place in range(values.shape[1]):
            mean, deviation = statistics(values[where[0], place].astype(np.float64))
            made.append(TargetColumn(f"y{place + 1}", (), mean, deviation))
            columns.append((values[:, place] - mean) / deviation)
        goals = tuple(made)
        y = np.stack(columns, 1).astype(np.float32)
    scale, shift = _scaling(stack.x, where[0], recipe.images.normalise)
    x = stack.x
    if x.dtype != np.uint8:
        x = x * np.float32(scale) + np.float32(shift)
    bytes_ = x.dtype == np.uint8
    made_parts = [Part(np.ascontiguousarray(x[at]), y[at]) for at in where]
    single = len(goals) == 1
    return Data(
        name=stack.name,
        task=task,
        train=made_parts[0],
        valid=made_parts[1],
        test=made_parts[2] if len(where[2]) else None,
        classes=classes,
        target_names=(mark("class"),) if classes else tuple(goal.name for goal in goals),
        scale=scale if bytes_ else 1.0,
        shift=shift if bytes_ else 0.0,
        notes=stack.notes,
        target_scale=goals[0].scale if single else np.array([g.scale for g in goals]),
        target_shift=goals[0].shift if single else np.array([g.shift for g in goals]),
        preparation=Preparation(
            task, goals, shape=tuple(x.shape[1:]), scale=scale, shift=shift,
            resize=recipe.images.fit,
        ),
        rows=tuple(where),
        augmentation=recipe.augmentation if recipe.augmentation.active else None,
    )  # fmt: skip


def _labels(
    stack: RawStack, recipe: Recipe
) -> tuple[tuple[str, ...], np.ndarray | None, np.ndarray]:
    """Classes and class numbers, or no classes and numbers (n, targets); with corrections."""
    labels = stack.labels
    assert labels is not None
    places = {name: row for row, name in enumerate(stack.names)} if recipe.fixes else {}
    fixes = [(places.get(row, int(row) if row.isdigit() else -1), v) for row, v in recipe.fixes]
    fixes = [(row, value) for row, value in fixes if 0 <= row < stack.rows]
    if not stack.classes:
        values = labels.reshape(stack.rows, -1).astype(np.float64)
        for row, text in fixes:
            values[row, 0] = read_number(text) or 0.0
        if not np.isfinite(values).all():
            raise StudioError(
                mark("The labels of “{name}” hold values that are no numbers. Correct them."),
                name=stack.name,
            )
        return (), None, values
    known = list(stack.classes)
    numbers = labels.astype(np.int64).copy()
    for row, text in fixes:
        if text not in known:
            known.append(text)
        numbers[row] = known.index(text)
    used = distinct(numbers)
    numbers = np.searchsorted(used, numbers)
    classes = tuple(known[place] for place in used)
    if len(classes) < 2:
        raise StudioError(
            mark(
                "All examples of “{name}” are of one class, “{value}”, so there is nothing to "
                "learn. Add a folder for another class."
            ),
            name=stack.name,
            value=shorten(classes[0]),
        )
    return classes, numbers, numbers[:, None]


def _scaling(x: np.ndarray, train: np.ndarray, normalise: str) -> tuple[float, float]:
    """The factor and the shift by which the network sees an example, from the training part."""
    if normalise == "standardise":
        some = x[train[:: max(1, len(train) // 5000)]].astype(np.float64)
        deviation = float(some.std()) or 1.0
        return 1 / deviation, -float(some.mean()) / deviation
    top = 255.0
    if x.dtype != np.uint8:
        some = x[train[:: max(1, len(train) // 5000)]]
        low, high = float(some.min()), float(some.max())
        if low < 0 or high > 255 or x.ndim != 4:  # no pixels: standardise what it is
            deviation = float(some.std()) or 1.0
            return 1 / deviation, -float(some.mean()) / deviation
        top = 255.0 if high > 1.5 else 1.0
    return (1 / top, 0.0) if normalise == "0 to 1" else (2 / top, -1.0)
