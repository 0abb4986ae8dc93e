"""A wide first layer whose products the shards share by inputs learns what it learned before."""

from __future__ import annotations

import numpy as np
import pytest

from nnstudio.core.compiled import shared_product
from nnstudio.core.network import chain
from nnstudio.engine.trainer import Trainer
from tests.helpers import layer, mlp, random_data, setup

DATA = random_data(333, 10, 150)  # a batch of 64 leaves 22: the second shard has none of them
STEPS = 7


def image_like():
    """The layer behind another one that learns nothing."""
    return chain(
        layer("Input.v1", shape=[333]),
        layer("GaussianNoise.v1", deviation=0.5),
        layer("Dense.v1", units=160, activation="tanh", use_bias=False),
        layer("Dense.v1", units=10, activation="softmax"),
    )


CASES = {
    "plain": (mlp(333, 160, 48, 10, activation="relu", last="softmax"), {}),
    "behind noise": (image_like(), {}),
    "regularized": (mlp(333, 160, 10, last="softmax"), {"l2": 0.01, "l1": 0.001}),
    "limited": (mlp(333, 160, 10, last="softmax"), {"clip_norm": 0.1, "max_norm": 1.0}),
}


def trained(network, threads, **values):
    trainer = Trainer(
        setup(network, batch_size=64, learning_rate=0.05, **values),
        DATA,
        threads,
    )
    assert trainer.program.shards == 2
    losses, _ = trainer.run(STEPS)
    found = {key: value.copy() for key, value in trainer.parameters.items()}
    kernels = {kernel.name for kernel in trainer.program.kernels}
    trainer.close()
    return losses, found, kernels


@pytest.mark.parametrize("case", CASES)
def test_shared_by_inputs_is_shared_by_examples(case, monkeypatch):
    network, values = CASES[case]
    losses, shared, kernels = trained(network, 1, **values)
    assert "dense.dense_part_forward" in kernels
    again, twice, _ = trained(network, 2, **values)
    assert np.array_equal(losses, again)
    for key, value in shared.items():
        assert np.array_equal(value, twice[key]), key
    monkeypatch.setattr(shared_product, "suits", lambda *sizes: False)
    plain_losses, plain, kernels = trained(network, 1, **values)
    assert "dense.dense_part_forward" not in kernels
    np.testing.assert_allclose(losses, plain_losses, rtol=1e-4)
    for key, value in shared.items():
        np.testing.assert_allclose(value, plain[key], atol=1e-5, err_msg=str(key))


def test_a_frozen_layer_is_not_shared_and_stays():
    network = CASES["plain"][0].with_learning("dense_1", frozen=True)
    first = network.nodes[1].id
    assert first == "dense_1"
    _, found, kernels = trained(network, 2)
    assert "dense.dense_part_forward" not in kernels
    trainer = Trainer(setup(network, batch_size=64), DATA, 1)
    assert np.array_equal(found[first, "weight"], trainer.parameters[first, "weight"])
