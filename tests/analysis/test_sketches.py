"""Pictures of functions follow from the functions themselves."""

from __future__ import annotations

import numpy as np
import pytest

from nnstudio.analysis import sketches
from nnstudio.app.widgets.formula import formula_html
from nnstudio.core import registry
from nnstudio.core.contracts import Loss, Parameter, Schedule, activations, initializers


@pytest.mark.parametrize("name", activations())
def test_the_dashed_curve_is_the_slope_of_the_solid_one(name):
    (x, y, solid), (_, slope, dashed) = sketches.of_activation_named(name).curves
    assert (solid, dashed) == (False, True)
    measured = np.gradient(y, x)
    wrong = np.abs(measured - slope) > 0.05
    assert wrong.sum() <= 4  # beside corners alone


@pytest.mark.parametrize("name", initializers())
def test_the_spread_of_first_weights_is_as_wide_as_they_are(name):
    parameter = Parameter("weight", (100, 50), name, 100, 50)
    edges, heights = sketches.of_initializer(parameter).bars
    drawn = initializers()[name]().fill(parameter, np.random.default_rng(1))
    assert heights.min() >= 0 and heights.max() == 1
    if drawn.any():
        assert 0.5 < edges[-1] / np.abs(drawn).max() < 1.5


def test_a_schedule_is_drawn_over_the_run():
    step = registry.find(Schedule, "Cosine.v1")()
    ((x, y, _),) = sketches.of_schedule(step, 0.03, 50, 20).curves
    assert (x[0], round(x[-1])) == (0, 20)
    assert y[0] == pytest.approx(0.03) and y[-1] < 0.001
    ((_, y, _),) = sketches.of_schedule(step, 0.03, 50, 0).curves
    assert y.min() == y.max() == pytest.approx(0.03)


def test_a_watching_schedule_falls_when_the_loss_does_not():
    plateau = registry.find(Schedule, "ReduceOnPlateau.v1")()
    found = sketches.of_schedule(plateau, 0.03, 50, 100)
    ((_, y, _),) = found.curves
    assert y[0] == pytest.approx(0.03) and y[-1] < 0.015 and (np.diff(y) <= 0).all()
    assert found.note


@pytest.mark.parametrize("loss", registry.table(Loss).values(), ids=lambda cls: cls.type_name)
def test_losses_are_least_where_the_prediction_is_right(loss):
    for task in loss.tasks:
        found = sketches.of_loss(loss(), task)
        if found is None:
            continue
        ((x, y, _),) = found.curves
        best = x[y.argmin()]
        if task == "regression":
            assert y[np.abs(x).argmin()] - y.min() < 0.01 and y[-1] > y.min()
        else:
            assert best == pytest.approx(x[-1]) or y[-1] == pytest.approx(y.min())


def test_formulas_are_set_as_mathematics():
    assert formula_html("y = e^x") == "<i>y</i>&nbsp;= <i>e</i><sup><i>x</i></sup>"
    assert formula_html("w[a, b]").startswith("<i>w</i><sub><i>a</i>, <i>b</i></sub>")
    assert formula_html("fan_in") == "fan<sub>in</sub>"
    assert formula_html("max(0, x)").startswith("max(0, ")
    assert formula_html("a < b") == "<i>a</i>&nbsp;&lt;&nbsp;<i>b</i>"
