"""Schedules against values worked out by hand."""

from __future__ import annotations

import itertools
import json
import math

import numpy as np
import pytest

from nnstudio.core import registry
from nnstudio.core.contracts import Schedule
from nnstudio.core.data import Data, Part
from nnstudio.engine.trainer import Trainer
from tests.helpers import mlp, random_data, setup

HALF = math.sqrt(0.5)

#: A schedule, its settings, the run's length, and factors by step.
CASES = [
    ("Constant.v1", {}, 0, {0: 1.0, 10**9: 1.0}),
    ("Step.v1", {"every": 10}, 0, {0: 1, 9: 1, 10: 0.5, 19: 0.5, 20: 0.25, 100: 0.5**10}),
    ("Step.v1", {"every": 3, "factor": 0.1}, 100, {2: 1, 3: 0.1, 8: 0.01}),
    ("Step.v1", {"every": 3, "factor": 0.0}, 0, {2: 1, 3: 0, 8: 0}),
    ("Exponential.v1", {"every": 10}, 0, {0: 1, 5: HALF, 10: 0.5, 15: 0.5 * HALF, 30: 0.125}),
    ("Polynomial.v1", {}, 0, {0: 1, 5000: 1}),
    ("Polynomial.v1", {}, 100, {0: 1, 25: 0.75, 99: 0.01, 100: 0, 200: 0}),
    ("Polynomial.v1", {"steps": 10, "end": 0.2}, 100, {0: 1, 5: 0.6, 10: 0.2, 90: 0.2}),
    ("Polynomial.v1", {"steps": 10, "power": 2.0}, 0, {0: 1, 5: 0.25, 9: 0.01}),
    ("Cosine.v1", {}, 0, {0: 1, 77: 1}),
    ("Cosine.v1", {}, 90, {0: 1, 30: 0.75, 45: 0.5, 60: 0.25, 90: 0, 95: 0}),
    ("Cosine.v1", {"period": 6}, 0, {0: 1, 2: 0.75, 3: 0.5, 4: 0.25, 6: 1, 9: 0.5, 600: 1}),
    (
        "Cosine.v1",
        {"period": 6, "multiplier": 2, "end": 0.2},
        500,
        {0: 1, 3: 0.6, 6: 1, 10: 0.8, 12: 0.6, 18: 1, 26: 0.8, 30: 0.6, 42: 1},
    ),
    ("Cosine.v1", {"period": 1, "multiplier": 10}, 0, {0: 1, 1: 1, 6: 0.5, 11: 1, 61: 0.5}),
    ("LinearWarmup.v1", {"steps": 4}, 100, {0: 0.25, 1: 0.5, 3: 1, 4: 1, 99: 1}),
    ("LinearWarmup.v1", {"steps": 4, "then": "linear"}, 104, {1: 0.5, 4: 1, 54: 0.5, 104: 0}),
    ("LinearWarmup.v1", {"steps": 4, "then": "cosine"}, 64, {1: 0.5, 4: 1, 24: 0.75, 64: 0}),
    ("LinearWarmup.v1", {"steps": 4, "then": "cosine"}, 0, {1: 0.5, 4: 1, 10**6: 1}),
    ("LinearWarmup.v1", {"steps": 4, "then": "cosine"}, 4, {1: 0.5, 3: 1}),
    ("OneCycle.v1", {}, 0, {0: 1, 50: 1}),
    ("OneCycle.v1", {}, 100, {0: 0.04, 10: 0.28, 15: 0.52, 30: 1, 65: 0.5, 100: 0, 120: 0}),
    (
        "OneCycle.v1",
        {"steps": 40, "rise": 0.5, "first": 0.2, "end": 0.1},
        1000,
        {0: 0.2, 10: 0.6, 20: 1, 30: 0.55, 40: 0.1, 900: 0.1},
    ),
    ("ReduceOnPlateau.v1", {}, 0, {0: 1, 10**6: 1}),
]


def schedule(name, **values):
    return registry.from_json(Schedule, {"type": name, **values})


@pytest.mark.parametrize(("name", "values", "total", "expected"), CASES)
def test_factors_are_those_worked_out_by_hand(name, values, total, expected):
    spec = schedule(name, **values)
    steps = np.array(list(expected))
    given = spec.factors(steps, total)
    np.testing.assert_allclose(given, list(expected.values()), atol=1e-12)
    one_by_one = [spec.factors(steps[i : i + 1], total)[0] for i in range(len(steps))]
    np.testing.assert_allclose(one_by_one, given, atol=1e-12)
    assert registry.from_json(Schedule, json.loads(json.dumps(registry.to_json(spec)))) == spec
    assert len(spec.factors(steps[:0], total)) == 0


def test_every_schedule_has_cases_and_words():
    known = registry.table(Schedule)
    assert set(known) == {name for name, *_ in CASES}
    for name, cls in known.items():
        assert cls.label and cls.help and cls.formula, name


@pytest.mark.parametrize("name", sorted(registry.table(Schedule)))
@pytest.mark.parametrize("total", [0, 1, 7, 10**12])
def test_factors_lie_between_0_and_1(name, total):
    steps = np.concatenate([np.arange(2000), [10**7, 10**12]])
    factors = schedule(name).factors(steps, total)
    assert factors.shape == steps.shape
    assert (factors >= 0).all() and (factors <= 1).all()


def observed(spec, losses):
    """The factor after each loss."""
    memory, factors = spec.start, []
    for loss in losses:
        memory = spec.observe(memory, loss)
        factors.append(memory[0])
    return factors


def test_plateau_lowers_the_rate_after_so_many_epochs_without_a_better_loss():
    spec = schedule("ReduceOnPlateau.v1", patience=2, factor=0.1, threshold=0.1, least=0.05)
    losses = [5.0, 4.0, 3.9, 3.7, 3.0, 3.0, 2.0, math.nan, 2.5, 2.5, 2.5, 1.0]
    factors = [1.0, 1.0, 1.0, 0.1, 0.1, 0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.05]
    assert observed(spec, losses) == pytest.approx(factors)


def test_plateau_of_losses_below_zero_or_no_number():
    spec = schedule("ReduceOnPlateau.v1", patience=2, threshold=0.1)
    assert observed(spec, [-1.0, -1.05, -1.2, -1.25, -1.3]) == [1.0, 1.0, 1.0, 1.0, 0.5]
    assert observed(spec, [math.nan] * 5 + [1.0, 0.5]) == [1.0] * 7


def plateau_run(chunks, epochs=12, valid=20):
    data = random_data(3, 2, 30, valid=valid)
    made = setup(mlp(3, 1), learning_rate=0.5, batch_size=10).with_training(
        schedule=schedule("ReduceOnPlateau.v1", patience=1, threshold=0.5)
    )
    trainer = Trainer(made, data, 1)
    rates = []
    steps = epochs * trainer.steps_per_epoch
    while trainer.step < steps:
        begin = trainer.step
        losses, right = trainer.run(min(chunks, steps - trainer.step))
        assert len(losses) == len(right) == trainer.step - begin
        rates.append(float(trainer.rates(1)[0]))
    return trainer, rates


def test_trainer_follows_the_plateau_whatever_the_chunks():
    whole, _ = plateau_run(1000)
    single, rates = plateau_run(1)
    assert rates[0] == 0.5 and rates[-1] < 0.01
    assert all(b <= a for a, b in itertools.pairwise(rates))
    for key, value in whole.parameters.items():
        np.testing.assert_array_equal(value, single.parameters[key])
    whole.close()
    single.close()


def test_plateau_is_part_of_a_keyframe_and_of_reset():
    trainer, rates = plateau_run(3)
    keyframe = trainer.keyframe()
    first = trainer.run(9)[0]
    trainer.restore(keyframe)
    assert float(trainer.rates(1)[0]) == rates[-1]
    np.testing.assert_array_equal(trainer.run(9)[0], first)
    trainer.reset()
    assert trainer.rates(1)[0] == 0.5
    assert len(trainer.run(0)[0]) == 0
    trainer.close()


def test_plateau_without_validation_data_watches_the_training_set():
    trainer, rates = plateau_run(3, valid=0)
    assert rates[-1] < 0.5
    trainer.close()


def test_schedule_moves_the_learning_rate_of_the_run():
    part = Part(np.ones((10, 1), np.float32), np.zeros((10, 1), np.float32))
    data = Data("one", "regression", part, part)
    made = setup(mlp(1, 1, last="linear"), "MSE.v1", learning_rate=0.1, batch_size=10, epochs=4)
    trainer = Trainer(made.with_training(schedule=schedule("Polynomial.v1")), data, 1)
    w = float(trainer.parameters["dense_1", "weight"][0, 0])
    b = 0.0
    for rate in (0.1, 0.075, 0.05, 0.025):
        trainer.run(1)
        gradient = 2 * (w + b)
        w, b = w - rate * gradient, b - rate * gradient
        assert trainer.parameters["dense_1", "weight"][0, 0] == pytest.approx(w, rel=1e-5)
    trainer.close()
