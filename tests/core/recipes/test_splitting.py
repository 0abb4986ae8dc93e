"""The split: by chance, by class, by time, by a column, by groups, in folds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.core.recipes.recipe import SplitRecipe
from nnstudio.core.recipes.splitting import divide
from nnstudio.core.sources.raw import CATEGORY, NUMBER, TEST, TRAIN, VALID, RawColumn, RawTable
from nnstudio.core.text import StudioError


@given(
    count=st.integers(4, 300), valid=st.floats(0.05, 0.5), test=st.floats(0, 0.4),
    seed=st.integers(0, 99),
)  # fmt: skip
def test_shares_are_kept_and_the_seed_decides(count, valid, test, seed):
    how = SplitRecipe("random", valid, test, seed=seed)
    parts = divide(how, count)
    np.testing.assert_array_equal(parts, divide(how, count))
    assert abs((parts == VALID).sum() - count * valid) <= 1.5
    assert abs((parts == TEST).sum() - count * test) <= 2.5
    assert (parts == TRAIN).any()


def test_classes_keep_their_shares():
    classes = np.repeat([0, 1, 2], [200, 50, 10])
    parts = divide(SplitRecipe("stratified", 0.2, 0.1), len(classes), classes)
    for number, count in ((0, 200), (1, 50), (2, 10)):
        of_class = np.bincount(parts[classes == number], minlength=3)
        assert of_class.tolist() == [count * 7 // 10, count // 5, count // 10]
    assert divide(SplitRecipe(), 3, np.array([0, 0, 1]))[2] == TRAIN  # one of a kind


def test_by_time():
    random = np.random.default_rng(0)
    times = random.permutation(50).astype(float)
    table = RawTable("t", (RawColumn("when", NUMBER, times),))
    parts = divide(SplitRecipe("time", 0.2, 0.2, "when"), 50, None, table)
    assert times[parts == TRAIN].max() < times[parts == VALID].min()
    assert times[parts == VALID].max() < times[parts == TEST].min()
    in_order = divide(SplitRecipe("time", 0.2), 50)
    assert (np.diff(in_order) >= 0).all()


def test_by_a_column_of_words():
    codes = np.arange(30, dtype=np.int32) % 3
    words = RawColumn("part", CATEGORY, codes, ("TEST", "train", "val"))
    parts = divide(SplitRecipe("column", column="part"), 30, None, RawTable("t", (words,)))
    assert [parts[0], parts[1], parts[2]] == [TEST, TRAIN, VALID]
    odd = RawColumn("part", CATEGORY, codes, ("a", "b", "c"))
    with pytest.raises(StudioError, match="must say train"):
        divide(SplitRecipe("column", column="part"), 30, None, RawTable("t", (odd,)))
    with pytest.raises(StudioError, match="Choose the column"):
        divide(SplitRecipe("column"), 30, None, RawTable("t", (odd,)))


def test_groups_stay_together():
    groups = np.repeat(np.arange(20), 5).astype(float)
    table = RawTable("t", (RawColumn("patient", NUMBER, groups),))
    parts = divide(SplitRecipe("groups", 0.25, column="patient"), 100, None, table)
    assert (parts == VALID).sum() == 25
    for group in range(20):
        assert len(set(parts[groups == group])) == 1


def test_folds_cover_every_row_once():
    classes = np.arange(53) % 4
    seen = np.zeros(53, int)
    for fold in range(1, 6):
        parts = divide(SplitRecipe("folds", folds=5, fold=fold), 53, classes)
        seen += parts == VALID
        assert np.ptp(np.bincount(classes[parts == VALID])) <= 2
    assert (seen == 1).all()
    with pytest.raises(StudioError, match="no fold 6"):
        divide(SplitRecipe("folds", folds=5, fold=6), 53)


def test_what_the_file_divides_itself():
    given_parts = np.array([TRAIN] * 6 + [TEST] * 3)
    assert (divide(SplitRecipe(), 9, parts=given_parts) == VALID).sum() == 3
    given_parts[5] = VALID
    assert (divide(SplitRecipe(), 9, parts=given_parts) == TEST).sum() == 3


def test_nothing_left_to_train():
    with pytest.raises(StudioError, match="at least 5 %"):
        divide(SplitRecipe("random", 0.6, 0.6), 50)
    with pytest.raises(StudioError, match="no row for"):
        divide(SplitRecipe("random"), 1)
