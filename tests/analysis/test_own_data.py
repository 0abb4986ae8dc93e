"""Figures of columns, associations, cautions about data, and partial dependence."""

from __future__ import annotations

import numpy as np
import pytest

from nnstudio.analysis.association import association, associations
from nnstudio.analysis.cautions import cautions, class_counts, copies
from nnstudio.analysis.columns import histogram, outliers, summarise
from nnstudio.core.data import Data, Part
from nnstudio.core.sources.raw import CATEGORY, NUMBER, RawColumn


def number(values, name="x"):
    return RawColumn(name, NUMBER, np.asarray(values, float))


def category(codes, names=("a", "b", "c"), name="k"):
    return RawColumn(name, CATEGORY, np.asarray(codes, np.int32), names)


def test_figures_of_numbers():
    found = summarise(number([1, 2, 2, 3, 4, 100, np.nan]))
    assert (found.rows, found.missing, found.distinct, found.outliers) == (7, 1, 5, 1)
    assert (found.minimum, found.maximum, found.median) == (1, 100, 2.5)
    assert found.common[0] == ("2", 2)
    assert outliers(number([1, 2, 2, 3, 4, 100, np.nan])).tolist() == [False] * 5 + [True, False]


def test_figures_of_categories_and_of_nothing():
    found = summarise(category([0, 2, 2, -1]))
    assert (found.missing, found.distinct, found.common) == (1, 2, (("c", 2), ("a", 1)))
    assert summarise(number([np.nan] * 3)).distinct == 0
    assert len(histogram(number([np.nan] * 3)).counts) == 0


def test_histograms_count_every_value_once():
    values = np.random.default_rng(0).normal(size=500)
    found = histogram(number(values))
    assert found.counts.sum() == 500 and len(found.edges) == len(found.counts) + 1
    whole = histogram(number([1, 2, 2, 5]))
    assert whole.counts.tolist() == [1, 2, 0, 0, 1] and whole.edges[0] == 0.5
    names = tuple(f"n{n}" for n in range(100))
    many = histogram(category(np.arange(300) % 100, names))
    assert len(many.counts) == 40 and many.counts.sum() + many.rest == 300
    assert histogram(number([7, 7])).counts.tolist() == [2]


def test_associations_of_any_kinds():
    random = np.random.default_rng(1)
    x = random.normal(size=400)
    codes = (x > 0).astype(int)
    noise = random.normal(size=400)
    columns = [number(x), number(-2 * x + 1), category(codes), category(1 - codes), number(noise)]
    found = associations(columns)
    assert found[0, 1] == pytest.approx(-1)
    assert found[2, 3] == pytest.approx(1)
    assert 0.7 < found[0, 2] < 0.9 and found[0, 2] == found[2, 0]
    assert abs(found[0, 4]) < 0.15 and found[4, 2] < 0.15
    assert found[0, 0] == 1
    gaps = x.copy()
    gaps[::3] = np.nan
    assert association(number(gaps), number(2 * x)) == pytest.approx(1)
    assert np.isnan(association(number(np.ones(9)), number(np.arange(9))))
    assert np.isnan(association(number([np.nan, 1]), number([1, np.nan])))


def data(x, y, x_valid, y_valid, classes=("a", "b"), task="classification"):
    def part(rows, goals):
        return Part(np.asarray(rows, np.float32), np.asarray(goals, np.float32)[:, None])

    names = tuple(f"x{n + 1}" for n in range(np.shape(x)[1]))
    return Data("d", task, part(x, y), part(x_valid, y_valid), classes, names, ("goal",))


def test_the_same_rows_on_both_sides_are_pointed_out():
    random = np.random.default_rng(2)
    x, y = random.normal(size=(60, 3)), np.arange(60) % 2
    sound = data(x[:40], y[:40], x[40:], y[40:])
    assert copies(sound) == 0 and not cautions(sound)
    leaky = data(x[:40], y[:40], x[20:], y[20:])
    assert copies(leaky) == 20
    assert cautions(leaky)[0].kind == "copies" and "20 of 40" in cautions(leaky)[0].text


def test_the_target_among_the_inputs_is_pointed_out():
    random = np.random.default_rng(3)
    y = np.arange(200) % 3
    x = np.stack([random.normal(size=200), y * 5.0 + 1e-3 * random.normal(size=200)], 1)
    found = cautions(data(x[:150], y[:150], x[150:], y[150:], ("a", "b", "c")))
    assert [(c.kind, c.names) for c in found] == [("giveaway", ("x2",))]
    goal = random.normal(size=200)
    x = np.stack([random.normal(size=200), 3 - 2 * goal], 1)
    found = cautions(data(x[:150], goal[:150], x[150:], goal[150:], (), "regression"))
    assert [c.names for c in found] == [("x2",)] and "“goal”" in found[0].text


def test_rare_classes_and_few_examples_are_pointed_out():
    random = np.random.default_rng(4)
    y = np.r_[np.zeros(95), np.ones(5)]
    x = random.normal(size=(100, 2))
    made = data(x, y, x[:10] + 1, y[:10])
    assert class_counts(made)["train"].tolist() == [95, 5]
    assert [c.kind for c in cautions(made)] == ["imbalance", "few"]
