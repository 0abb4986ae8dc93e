"""Twins, seeds and the range test."""

from __future__ import annotations

import math
import time

import numpy as np

from nnstudio.engine import experiments
from nnstudio.engine.experiments import Watcher
from nnstudio.engine.trainer import Trainer
from tests.helpers import mlp, random_data, setup

DATA = random_data(4, 2)


def made(**values):
    return setup(mlp(4, 8, 1), learning_rate=0.1, **values)


def test_twins_without_a_difference_are_identical_and_with_one_are_not():
    same = experiments.traces([made(), made()], DATA, 300, Watcher())
    np.testing.assert_array_equal(same[0].train, same[1].train)
    np.testing.assert_array_equal(same[0].valid, same[1].valid)
    assert same[0].step[-1] == 300 and len(same[0].step) == 100
    other = made().with_training(learning_rate=0.3)
    pair = experiments.traces([made(), other], DATA, 300, Watcher())
    np.testing.assert_array_equal(pair[0].train, same[0].train)
    assert (pair[1].train != pair[0].train).any()
    assert experiments.differences(made(), other) == [("Learning rate", 0.1, 0.3)]


def test_a_twin_that_blows_up_stops_and_the_other_goes_on():
    data = random_data(4, 2, task="regression")
    sound = setup(mlp(4, 4, 2, last="linear"), "MSE.v1", learning_rate=0.01)
    pair = experiments.traces(
        [sound, sound.with_training(learning_rate=100.0)], data, 50, Watcher()
    )
    assert np.isfinite(pair[0].train).all() and np.isnan(pair[1].train[-1])


def test_seeds_make_a_band_and_cancelling_ends_it():
    watcher = Watcher()
    setups = experiments.with_seeds(made(), 5)
    assert len({s.training.seed for s in setups}) == 5
    values = np.stack([t.valid for t in experiments.traces(setups, DATA, 60, watcher)])
    low, middle, high = experiments.band(values)
    np.testing.assert_allclose(middle, np.median(values, axis=0))
    np.testing.assert_allclose(high, np.percentile(values, 75, axis=0))
    assert (low <= middle).all() and watcher.progress == 1.0
    watcher.cancelled.set()
    assert len(experiments.traces(setups, DATA, 60, watcher)[0].step) == 0


def test_cancelling_does_not_wait_for_a_point_of_many_steps(monkeypatch):
    """Nor for trainers that are not there yet: whoever cancels waits for what runs."""
    watcher, asked = Watcher(), []
    run = Trainer.run

    def slow(trainer, steps):
        asked.append(steps)
        time.sleep(0.02 * steps)
        if sum(asked) > 5:
            watcher.cancelled.set()
        return run(trainer, steps)

    monkeypatch.setattr(Trainer, "run", slow)
    found = experiments.traces([made(), made()], DATA, 1_000_000, watcher)
    assert len(found[0].step) == 0 and sum(asked) < 30
    made_before = []
    monkeypatch.setattr(Trainer, "__init__", lambda *given: made_before.append(given))
    assert len(experiments.traces([made(), made()], DATA, 100, watcher)[0].step) == 0
    assert not made_before


def test_the_range_test_suggests_a_rate_that_learns_and_leaves_the_original_alone():
    rng = np.random.default_rng(0)
    data = random_data(4, 2, examples=400)
    data.train.y[:, 0] = (data.train.x @ rng.standard_normal(4) > 0).astype(np.float32)
    trainer = Trainer(made(), data, 1)
    trainer.run(20)
    frame = trainer.keyframe()
    found = experiments.range_test(made(), data, 300, Watcher(), frame)
    assert 1e-4 < found.suggested < 10
    assert found.rates[0] == experiments.LOWEST and (np.diff(found.rates) > 0).all()
    trained = experiments.traces(
        [made().with_training(learning_rate=found.suggested)], data, 200, Watcher()
    )[0]
    assert trained.train[-1] < 0.6 * trained.train[0]
    np.testing.assert_array_equal(trainer.keyframe().parameters, frame.parameters)
    trainer.close()


def test_a_range_test_that_is_stopped_at_once_suggests_nothing():
    watcher = Watcher()
    watcher.cancelled.set()
    found = experiments.range_test(made(), DATA, 300, watcher)
    assert not len(found.losses) and math.isnan(found.suggested)
