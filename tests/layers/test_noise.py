"""What layers draw at random while training: shares, moments, and that a step can be repeated."""

from __future__ import annotations

import numpy as np
import pytest

from nnstudio.core.network import chain
from nnstudio.engine.differentiate import Differentiator
from nnstudio.engine.trainer import Trainer
from tests.helpers import around, layer, random_data, setup


def draw(subject, x, seed=0, step=0):
    network = around(subject, (x.shape[1:],))
    made = Differentiator(network, len(x), dropping=True)
    return made.run({}, x, np.ones_like(x), seed=seed, step=step)[:2]


def test_gaussian_noise_has_the_standard_deviation_asked_for():
    x = np.full((500, 40), 3.0, np.float32)
    noise = draw(layer("GaussianNoise.v1", deviation=0.5), x)[0] - x
    assert abs(noise.mean()) < 0.02 and noise.std() == pytest.approx(0.5, rel=0.02)
    columns = np.corrcoef(noise.T) - np.eye(40)
    assert np.abs(columns).max() < 0.2


@pytest.mark.parametrize("name", ["GaussianNoise.v1", "SpatialDropout2D.v1", "Dropout.v1"])
def test_a_step_can_be_repeated_and_the_next_differs(name):
    x = np.ones((8, 3, 3, 20), np.float32)
    first = draw(layer(name), x, seed=5, step=7)[0]
    np.testing.assert_array_equal(first, draw(layer(name), x, seed=5, step=7)[0])
    assert not np.array_equal(first, draw(layer(name), x, seed=5, step=8)[0])
    assert not np.array_equal(first, draw(layer(name), x, seed=6, step=7)[0])


def test_spatial_dropout_zeroes_whole_channels_of_single_examples():
    x = np.ones((200, 2, 3, 30), np.float32)
    y, by_input = draw(layer("SpatialDropout2D.v1", rate=0.25), x)
    kept = y[:, :1, :1] != 0
    np.testing.assert_allclose(y, np.broadcast_to(kept / np.float32(0.75), y.shape))
    np.testing.assert_array_equal(by_input, y)
    assert kept.mean() == pytest.approx(0.75, abs=0.02)
    assert kept.mean(axis=(0, 1, 2)).std() < 0.1  # no channel is special


@pytest.mark.parametrize("name", ["GaussianNoise.v1", "SpatialDropout2D.v1"])
def test_shards_draw_what_one_shard_would(name):
    """The numbers depend on an example's place in the batch, not on how the batch is cut."""
    data = random_data(16, 2, 64)
    network = chain(
        layer("Input.v1", shape=[16]),
        layer("Reshape.v1", shape=[2, 2, 4]),
        layer(name),
        layer("Flatten.v1"),
        layer("Dense.v1", units=1500, activation="relu"),
        layer("Dense.v1", units=1, activation="sigmoid"),
    )
    trainer = Trainer(setup(network, batch_size=64), data, 1)
    assert trainer.program.shards > 1
    parameters = {key: value.copy() for key, value in trainer.parameters.items()}
    losses, _ = trainer.run(1)
    batch = trainer.order
    whole = Differentiator(network, 64, dropping=True)
    output, *_ = whole.run(
        parameters,
        data.train.x[batch],
        np.ones((64, 1), np.float32),
        seed=trainer.setup.training.seed,
    )
    truth = data.train.y[batch] == 1
    expected = -np.log(np.where(truth, output, 1 - output)).mean()
    assert losses[0] == pytest.approx(expected, rel=1e-5)
    trainer.close()
