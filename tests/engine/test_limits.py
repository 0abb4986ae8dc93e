"""Frozen layers, learning-rate factors, limits on gradients and weights, averaged weights."""

from __future__ import annotations

import json

import numpy as np
import pytest

from nnstudio.core.network import Network
from nnstudio.engine.trainer import Trainer
from tests.helpers import layer, mlp, optimizer, random_data, setup


@pytest.fixture
def make():
    made = []

    def build(*arguments, **values):
        made.append(Trainer(*arguments, threads=1, **values))
        return made[-1]

    yield build
    for trainer in made:
        trainer.close()


def linear(**values):
    return setup(mlp(3, 2, last="linear"), "MSE.v1", learning_rate=0.1, batch_size=20, **values)


DATA = random_data(3, 2, 20, task="regression")


def moved(trainer):
    """How each parameter moves in one step."""
    before = {k: v.copy() for k, v in trainer.parameters.items()}
    trainer.run(1)
    return {k: trainer.parameters[k] - v for k, v in before.items()}


@pytest.mark.parametrize("name", ["SGD.v1", "Adam.v1", "AdamW.v1", "Lion.v1"])
def test_a_frozen_layer_never_changes_a_bit(make, name):
    network = mlp(3, 5, 4, 1).with_learning("dense_2", frozen=True)
    network, norm = network.insert_after("dense_1", layer("BatchNorm.v1"))
    network = network.with_learning(norm, frozen=True)
    made = setup(network, optimizer=optimizer(name), l2=0.1, max_norm=0.01)
    trainer = make(made, random_data(3, 2))
    before = {k: v.copy() for k, v in trainer.parameters.items()}
    trainer.run(50)
    for key, value in trainer.parameters.items():
        if key[0] in ("dense_2", norm):
            np.testing.assert_array_equal(value, before[key])
        else:
            assert (value != before[key]).any(), key


def test_a_learning_rate_factor_scales_the_step(make):
    made = linear()
    plain = moved(make(made, DATA))
    slower = made.with_network(made.network.with_learning("dense_1", rate_factor=0.25))
    factor = moved(make(slower, DATA))
    for key, change in plain.items():
        np.testing.assert_allclose(factor[key], 0.25 * change, rtol=1e-4, atol=1e-7)


def test_learning_survives_json():
    network = mlp(3, 5, 1).with_learning("dense_1", frozen=True, rate_factor=0.5)
    assert Network.from_json(json.loads(json.dumps(network.to_json()))) == network


def test_clip_norm_shortens_the_whole_gradient(make):
    plain = moved(make(linear(), DATA))
    norm = np.sqrt(sum((change**2).sum() for change in plain.values())) / 0.1
    clipped = moved(make(linear(clip_norm=float(norm) / 3), DATA))
    for key, change in plain.items():
        np.testing.assert_allclose(clipped[key], change / 3, rtol=1e-4, atol=1e-7)
    free = moved(make(linear(clip_norm=float(norm) * 3), DATA))
    for key, change in plain.items():
        np.testing.assert_allclose(free[key], change, rtol=1e-5, atol=1e-8)


def test_clip_value_limits_every_number(make):
    plain = moved(make(linear(), DATA))
    clipped = moved(make(linear(clip_value=0.05), DATA))
    for key, change in plain.items():
        np.testing.assert_allclose(clipped[key], np.clip(change, -0.005, 0.005), atol=1e-7)


def test_max_norm_limits_each_units_weights(make):
    trainer = make(linear(max_norm=0.3), DATA)
    trainer.run(30)
    norms = np.linalg.norm(trainer.parameters["dense_1", "weight"], axis=0)
    assert (norms <= 0.3001).all() and norms.max() > 0.299


def test_averaged_weights_follow_the_weights(make):
    trainer = make(linear(averaging=0.9), DATA)
    mean = None
    for _ in range(20):
        trainer.run(1)
        w = trainer.parameters["dense_1", "weight"].astype(np.float64)
        mean = w if mean is None else 0.9 * mean + 0.1 * w
    averaged = trainer.prediction_parameters()["dense_1", "weight"]
    np.testing.assert_allclose(averaged, mean, atol=1e-5)
    assert not np.allclose(averaged, w)
