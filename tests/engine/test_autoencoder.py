"""An autoencoder learns to give back what it is given."""

from __future__ import annotations

import dataclasses

import numpy as np

from nnstudio.core import registry
from nnstudio.core.contracts import Dataset, Optimizer
from nnstudio.core.editing.gallery import GALLERY
from nnstudio.core.setup import preset
from nnstudio.engine.scoring import score
from nnstudio.engine.trainer import Trainer


def test_it_draws_digits_again():
    dataset = registry.find(Dataset, "MnistImages.v1")()
    dataset = dataclasses.replace(dataset, train_examples=200, valid_examples=50)
    data = dataset.load()
    assert data.train.y.shape == (200, 784)
    assert np.array_equal(data.train.y, data.prepared(data.train.x).reshape(200, -1))
    architecture = next(one for one in GALLERY if one.name == "autoencoder")
    assert architecture.suits(data)
    setup = architecture.setup(preset("mnist-mlp").with_dataset(dataset), data)
    assert setup.training.loss.type_name == "MSE.v1"
    assert setup.network.output.layer.activation == "sigmoid"
    setup = setup.with_training(
        learning_rate=0.003, batch_size=20, optimizer=registry.find(Optimizer, "Adam.v1")()
    )
    trainer = Trainer(setup, data)
    before, _ = score(trainer, data.valid)
    trainer.run(150)
    after, _ = score(trainer, data.valid)
    mean = float(((data.valid.y - data.train.y.mean(axis=0)) ** 2).mean())
    assert after < 0.5 * before
    assert after < mean  # better than the mean of all digits
    trainer.close()
