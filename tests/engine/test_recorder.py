"""Validation scores: of a sample while it trains where all would take long, of all at rest."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nnstudio.engine import recorder as recording
from nnstudio.engine.recorder import Recorder
from nnstudio.engine.scoring import score
from nnstudio.engine.trainer import Trainer
from tests.helpers import mlp, random_data, setup


@pytest.fixture
def trainer():
    made = Trainer(setup(mlp(3, 8, 1)), random_data(3, 2, valid=2000), 1)
    yield made
    made.close()


def never():
    return False


def test_a_quick_network_is_scored_on_all(trainer, monkeypatch):
    monkeypatch.setattr(recording, "SAMPLE_SECONDS", 60.0)
    recorder = Recorder()
    for _ in range(5):  # the first ones tell how long an example takes
        trainer.run(1)
        valid = recorder.measure(trainer)
    assert recorder.sample == 0
    assert valid == score(trainer, trainer.data.valid)


def test_a_slow_network_is_scored_on_a_sample_until_it_rests(trainer, monkeypatch):
    monkeypatch.setattr(recording, "SAMPLE_SECONDS", 0.0)
    recorder = Recorder()
    count = len(trainer.data.valid)
    assert count > recording.LEAST_SAMPLE
    trainer.run(5)
    recorder.rest(trainer)
    rows = np.linspace(0, count - 1, recording.LEAST_SAMPLE).astype(int)
    assert recorder.sample == len(rows)
    part = type(trainer.data.valid)(trainer.data.valid.x[rows], trainer.data.valid.y[rows])
    assert recorder.valid == score(trainer, part)
    assert not recorder.refine(trainer, lambda: True)  # something else is wanted
    assert recorder.sample == len(rows)
    assert recorder.refine(trainer, never)
    assert recorder.sample == 0
    assert recorder.valid == pytest.approx(score(trainer, trainer.data.valid), rel=1e-6)
    assert not recorder.refine(trainer, never)  # there is nothing better


def test_a_sample_gives_way_when_the_data_changes(trainer, monkeypatch):
    monkeypatch.setattr(recording, "SAMPLE_SECONDS", 0.0)
    recorder = Recorder()
    recorder.measure(trainer)
    trainer.run(1)
    recorder.measure(trainer)
    few = random_data(3, 2)
    trainer.replace(trainer.setup, few, True)
    recorder.changed()
    recorder.measure(trainer)
    assert recorder.sample == 0
    assert recorder.valid == score(trainer, few.valid)


def test_a_new_run_does_not_wait_for_what_the_one_before_took(trainer, monkeypatch):
    monkeypatch.setattr(recording, "SCORE_SECONDS", 3600.0)
    recorder = Recorder()
    for run in range(2):
        recorder.add(trainer, *trainer.run(1), 0.001, False)
        assert math.isfinite(recorder.curves().valid_loss[0]), run
        recorder.forget()


def test_nothing_is_scored_before_there_is_a_network():
    recorder = Recorder()
    assert not recorder.refine(None, never)
    assert math.isnan(recorder.valid[0]) and recorder.sample == 0
