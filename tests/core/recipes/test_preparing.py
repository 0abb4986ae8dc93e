"""Preparation: what a recipe makes of a table, against the same computed by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest

from nnstudio.core import registry
from nnstudio.core.contracts import Dataset
from nnstudio.core.recipes.own_data import own_dataset
from nnstudio.core.recipes.preparation import Preparation
from nnstudio.core.recipes.preparing import prepare
from nnstudio.core.recipes.recipe import Recipe
from nnstudio.core.sources.raw import CATEGORY, NUMBER, RawColumn, RawTable
from nnstudio.core.text import StudioError

COUNT = 60
GAP = np.arange(COUNT) % 7 == 3


def table():
    """A number with gaps and an outlier, a category with gaps, a date, a class."""
    random = np.random.default_rng(5)
    size = random.normal(10, 2, COUNT)
    size[0] = 500.0
    size[GAP] = np.nan
    colour = np.where(np.arange(COUNT) % 5 == 0, -1, np.arange(COUNT) % 3).astype(np.int32)
    return RawTable(
        "things",
        (
            RawColumn("size", NUMBER, size),
            RawColumn("colour", CATEGORY, colour, ("blue", "green", "red")),
            RawColumn("day", "date", np.arange(COUNT) * 3.0),
            RawColumn("kind", CATEGORY, (np.arange(COUNT) % 2).astype(np.int32), ("no", "yes")),
        ),
    )


def of_training(data, name="size"):
    """The known values of a column in the training part."""
    values = table().column(name).values[data.rows[0]]
    return values[~np.isnan(values)]


@pytest.mark.parametrize(
    ("missing", "fill"),
    [("automatic", np.mean), ("mean", np.mean), ("median", np.median)],
)
def test_gaps_are_filled_and_numbers_standardised_by_the_training_part(missing, fill):
    recipe = Recipe().with_column("size", missing=missing)
    data = prepare(table(), recipe)
    raw = table().column("size").values
    filled = np.where(np.isnan(raw), fill(of_training(data)), raw)
    mean, deviation = filled[data.rows[0]].mean(), filled[data.rows[0]].std()
    for rows, part in zip(data.rows, (data.train, data.valid), strict=False):
        wanted = (filled[rows] - mean) / deviation
        np.testing.assert_allclose(part.x[:, 0], wanted, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("scale", ["min-max", "log", "none"])
def test_scalings(scale):
    data = prepare(table(), Recipe().with_column("size", scale=scale))
    raw = table().column("size").values[data.rows[0]]
    filled = np.where(np.isnan(raw), np.nanmean(raw), raw)
    if scale == "log":
        logs = np.log1p(filled)
        wanted = (logs - logs.mean()) / logs.std()
    elif scale == "min-max":
        wanted = (filled - np.nanmin(raw)) / (np.nanmax(raw) - np.nanmin(raw))
    else:
        wanted = filled
    np.testing.assert_allclose(data.train.x[:, 0], wanted, rtol=1e-4, atol=1e-5)


def test_outliers_are_clipped_at_the_fences():
    data = prepare(table(), Recipe().with_column("size", clip=1.5, scale="none"))
    values = of_training(data)
    low, high = np.quantile(values, [0.25, 0.75])
    assert data.train.x[:, 0].max() <= high + 1.5 * (high - low) + 1e-4
    assert values.max() > 400


def test_rows_with_gaps_are_dropped_if_asked():
    data = prepare(table(), Recipe().with_column("size", missing="drop"))
    kept = np.concatenate(data.rows)
    assert set(kept) == set(np.flatnonzero(~GAP))
    assert any("rows are left out" in note for note in data.notes)


def test_categories_one_hot_with_a_place_for_gaps_or_filled_or_ordinal():
    data = prepare(table(), Recipe())
    assert data.feature_names == (
        "size", "colour=blue", "colour=green", "colour=red", "colour=?", "day",
    )  # fmt: skip
    codes = table().column("colour").values[data.rows[0]]
    wanted = np.eye(4)[np.where(codes < 0, 3, codes)]
    np.testing.assert_array_equal(data.train.x[:, 1:5], wanted)
    filled = prepare(table(), Recipe().with_column("colour", missing="frequent"))
    assert filled.feature_names[1:4] == ("colour=blue", "colour=green", "colour=red")
    assert (filled.train.x[:, 1:4].sum(axis=1) == 1).all()
    ordinal = prepare(table(), Recipe().with_column("colour", encode="ordinal"))
    known = table().column("colour").values[ordinal.rows[0]]
    order = ordinal.train.x[:, 1][known >= 0]
    assert (np.diff(order[np.argsort(known[known >= 0], kind="stable")]) >= 0).all()


def test_new_rows_are_prepared_to_the_bit_after_a_trip_through_json():
    data = prepare(table(), Recipe().with_column("size", clip=2.0, scale="log"))
    again = Preparation.from_json(json.loads(json.dumps(data.preparation.to_json())))
    assert again == data.preparation
    x = again.prepared(table())
    np.testing.assert_array_equal(x[data.rows[0]], data.train.x)
    np.testing.assert_array_equal(x[data.rows[1]], data.valid.x)
    reordered = RawTable("new", table().columns[::-1])
    np.testing.assert_array_equal(again.prepared(reordered), x)


def test_unknown_categories_and_missing_columns_of_new_rows():
    preparation = prepare(table(), Recipe()).preparation
    unknown = RawColumn("colour", CATEGORY, np.zeros(COUNT, np.int32), ("violet",))
    columns = [unknown if c.name == "colour" else c for c in table().columns]
    assert (preparation.prepared(RawTable("new", tuple(columns)))[:, 1:5] == 0).all()
    with pytest.raises(StudioError, match="no column “size”"):
        preparation.prepared(RawTable("new", table().columns[1:]))


@pytest.mark.parametrize("broken", [None, [], {}, {"task": "x"}, {"task": "classification"}])
def test_an_unsound_preparation_is_refused(broken):
    with pytest.raises(StudioError):
        Preparation.from_json(broken)


def test_statistics_do_not_see_validation_rows():
    data = prepare(table(), Recipe())
    columns = list(table().columns)
    other = columns[0].values.copy()
    other[data.rows[1]] = 1e9
    columns[0] = RawColumn("size", NUMBER, other)
    changed = prepare(RawTable("things", tuple(columns)), Recipe())
    np.testing.assert_array_equal(changed.train.x, data.train.x)


def test_several_targets_in_their_own_units():
    random = np.random.default_rng(0)
    values = random.normal([1, 100, -5], [1, 20, 3], (50, 3))
    made = RawTable("many", tuple(RawColumn(n, NUMBER, values[:, i]) for i, n in enumerate("abc")))
    data = prepare(made, Recipe(targets=("b", "c")))
    assert data.task == "regression" and data.train.y.shape[1] == 2
    np.testing.assert_allclose(
        data.in_units(data.train.y), values[data.rows[0]][:, 1:], rtol=1e-4, atol=1e-4
    )


def test_windows_of_a_time_series():
    series = np.arange(50.0)
    made = RawTable("series", (RawColumn("v", NUMBER, series),))
    recipe = Recipe().with_part("windows", length=4, horizon=2).with_column("v", scale="none")
    recipe = recipe.with_values(problem="regression")
    data = prepare(made, recipe)
    assert data.feature_names == ("v[-3]", "v[-2]", "v[-1]", "v[0]")
    np.testing.assert_allclose(data.train.x[0], [0, 1, 2, 3])
    np.testing.assert_allclose(data.in_units(data.train.y)[0], [5], atol=1e-5)
    assert data.in_units(data.valid.y).min() > data.in_units(data.train.y).max()  # by time
    sequence = prepare(made, recipe.with_part("windows", sequence=True))
    assert sequence.shape == (4, 1)
    np.testing.assert_array_equal(
        sequence.preparation.prepared(made)[: len(sequence.train)], sequence.train.x
    )


def test_corrected_labels_are_learnt():
    plain = prepare(table(), Recipe())
    fixed = prepare(table(), Recipe().with_fix(0, "yes").with_fix(2, "maybe"))
    assert fixed.classes == ("no", "yes", "maybe")  # a new one comes last
    assert plain.classes == ("no", "yes")
    place = int(np.flatnonzero(np.concatenate(fixed.rows) == 0)[0])
    y = np.concatenate([fixed.train.y, fixed.valid.y])
    assert fixed.classes[int(y[place, 0])] == "yes"


def test_what_numbers_the_rows_or_never_changes_is_left_out_and_told():
    count = 40
    made = RawTable(
        "things",
        (
            RawColumn("id", NUMBER, np.arange(count) + 1.0),
            RawColumn("same", NUMBER, np.ones(count)),
            RawColumn("x", NUMBER, np.arange(count) ** 2.0),
            RawColumn("y", NUMBER, np.arange(count) % 2.0),
        ),
    )
    data = prepare(made, Recipe())
    assert data.feature_names == ("x",)
    assert any("id" in note for note in data.notes) and any("same" in n for n in data.notes)


def test_a_recipe_survives_json_and_forms(tmp_path):
    recipe = (
        Recipe()
        .with_values(targets=["a", "b"], sample=7, problem="regression")
        .with_column("a", kind="category", missing="own")
        .with_part("split", how="folds", fold=3)
        .with_part("images", size=(32, 32), colour="grey")
        .with_part("augmentation", rotate=10.0, flip=True)
        .with_fix("cat/1.png", "dog")
    )
    assert Recipe.from_json(json.loads(json.dumps(recipe.to_json()))) == recipe
    assert Recipe().to_json() == {}
    assert recipe.with_column("a", kind="automatic", missing="automatic").columns == ()
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + "1,2\n3,4\n" * 5, encoding="utf-8")
    dataset = own_dataset(path, recipe)
    assert registry.from_json(Dataset, registry.to_json(dataset)) == dataset


@pytest.mark.parametrize(
    "unsound",
    [[], {"targets": 3}, {"columns": [["a"]]}, {"columns": [["a", {"kind": "x"}]]}, {"x": 1},
     {"split": []}, {"split": {"valid": 7}}, {"fixes": [[1, 2]]}, {"images": {"size": [1]}}],
)  # fmt: skip
def test_an_unsound_recipe_is_refused(unsound):
    with pytest.raises(StudioError):
        Recipe.from_json(unsound)
