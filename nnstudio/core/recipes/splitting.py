"""How rows are divided into training, validation and test: seeded, so always the same."""

from __future__ import annotations

import numpy as np

from nnstudio.core.recipes.recipe import SplitRecipe
from nnstudio.core.sampling import SPLIT, generator
from nnstudio.core.sources.columns import shorten
from nnstudio.core.sources.raw import TEST, TRAIN, VALID, RawColumn, RawTable
from nnstudio.core.text import StudioError, mark

#: Words by which a column says which part a row belongs to (lower case).
WORDS = {
    "train": TRAIN, "training": TRAIN, "fit": TRAIN, "训练": TRAIN,
    "valid": VALID, "validation": VALID, "val": VALID, "dev": VALID, "验证": VALID,
    "test": TEST, "testing": TEST, "holdout": TEST, "测试": TEST,
}  # fmt: skip


def divide(
    how: SplitRecipe,
    count: int,
    classes: np.ndarray | None = None,
    table: RawTable | None = None,
    parts: np.ndarray | None = None,
    ordered: bool = False,
) -> np.ndarray:
    """Which part each of ``count`` rows belongs to: (count,) of ``TRAIN``, ``VALID``, ``TEST``.

    ``classes`` (count,) are class numbers, ``table`` the rows with all their columns, ``parts``
    what the file itself says; ``ordered`` that the rows follow one another in time. Raises
    ``StudioError`` if training or validation would be empty.
    """
    if how.valid + how.test > 0.95:
        raise StudioError(
            mark("Validation and test take {share} of the rows. Leave at least 5 % for training."),
            share=f"{how.valid + how.test:.0%}",
        )
    kind = how.how
    if kind == "automatic" and parts is not None:
        result = parts.astype(np.int8)
        if not (result == VALID).any():  # what a file puts aside for testing validates
            result = np.where(result == TEST, VALID, result).astype(np.int8)
    elif kind == "time" or (kind == "automatic" and ordered):
        result = _by_time(how, count, table)
    elif kind == "column":
        result = _by_words(how, table)
    elif kind == "groups":
        result = _by_groups(how, table)
    elif kind == "folds":
        result = _folds(how, count, classes)
    else:
        strata = classes if kind in ("automatic", "stratified") else None
        result = _at_random(how, count, strata)
    for part, what in ((TRAIN, mark("training")), (VALID, mark("validation"))):
        if not (result == part).any():
            raise StudioError(
                mark("The split leaves no row for {part}. Choose other shares or another split."),
                part=what,
            )
    return result


def _cut(order: np.ndarray, how: SplitRecipe, result: np.ndarray) -> None:
    """The rows of ``order``: first training, then validation, then test."""
    count = len(order)
    if count < 2:
        return
    valid = max(1, round(count * how.valid))
    test = min(round(count * how.test), count - 2) if count > 2 else 0
    valid = min(valid, count - test - 1)
    train = count - valid - test
    result[order[train : train + valid]] = VALID
    result[order[train + valid :]] = TEST


def _at_random(how: SplitRecipe, count: int, classes: np.ndarray | None) -> np.ndarray:
    """At random; each class by the same shares if there are classes. A class of one trains."""
    random = generator(how.seed, SPLIT)
    result = np.full(count, TRAIN, np.int8)
    if classes is None:
        _cut(random.permutation(count), how, result)
        return result
    for number in range(int(classes.max()) + 1):
        _cut(random.permutation(np.flatnonzero(classes == number)), how, result)
    return result


def _by_time(how: SplitRecipe, count: int, table: RawTable | None) -> np.ndarray:
    """The latest rows validate; without a column, the last ones."""
    order = np.arange(count)
    if how.column and table is not None:
        order = np.argsort(table.column(how.column).values, kind="stable")
    result = np.full(count, TRAIN, np.int8)
    _cut(order, how, result)
    return result


def _by_words(how: SplitRecipe, table: RawTable | None) -> np.ndarray:
    """As a column says, in words."""
    column = _column(how, table)
    words = () if column.numeric else column.categories
    known = [WORDS.get(word.strip().lower()) for word in words]
    if not words or any(part is None for part in known) or column.gaps.any():
        raise StudioError(
            mark(
                "Column “{column}” cannot split the rows: it must say train, valid or test in "
                "every row. Choose another column or another split."
            ),
            column=shorten(column.name),
        )
    return np.array(known, np.int8)[column.values]


def _by_groups(how: SplitRecipe, table: RawTable | None) -> np.ndarray:
    """Rows of one value stay together."""
    column = _column(how, table)
    groups, numbers = np.unique(column.values, return_inverse=True)
    result = np.full(len(groups), TRAIN, np.int8)
    _cut(generator(how.seed, SPLIT).permutation(len(groups)), how, result)
    return result[numbers]


def _folds(how: SplitRecipe, count: int, classes: np.ndarray | None) -> np.ndarray:
    """One of ``folds`` equal parts validates; each class is spread over all of them. What is put
    aside for testing is the same whichever fold validates."""
    if how.fold > how.folds:
        raise StudioError(
            mark("There is no fold {fold} of {folds}. Choose one of 1 to {folds}."),
            fold=how.fold,
            folds=how.folds,
        )
    random = generator(how.seed, SPLIT)
    order = random.permutation(count)
    if classes is not None:
        order = order[np.argsort(classes[order], kind="stable")]
    aside = np.diff(np.floor(np.arange(count + 1) * how.test + 1e-9)) > 0  # evenly along the order
    left = order[~aside]
    result = np.full(count, TEST, np.int8)
    result[left] = np.where(np.arange(len(left)) % how.folds == how.fold - 1, VALID, TRAIN)
    return result


def _column(how: SplitRecipe, table: RawTable | None) -> RawColumn:
    if table is None or not how.column:
        raise StudioError(mark("Choose the column that splits the rows."))
    return table.column(how.column)
