"""Early stopping and keeping the best epoch."""

from __future__ import annotations

import numpy as np
import pytest

from nnstudio.core.setup import Training
from nnstudio.engine.trainer import Trainer
from nnstudio.engine.watch import figure
from tests.helpers import mlp, random_data, setup

# Random labels: the validation loss must get worse while the training loss falls.
DATA = random_data(6, 2, 60)


def trained(steps=3000, **values):
    made = setup(mlp(6, 16, 1), optimizer_name="Adam.v1", learning_rate=0.02, **values)
    trainer = Trainer(made, DATA, 1)
    done = 0
    while done < steps and not trainer.watch.stopped:
        losses, _ = trainer.run(50)
        done += len(losses)
    return trainer


def test_without_patience_it_goes_on():
    trainer = trained()
    assert trainer.step == 3000 and not trainer.watch.stopped
    trainer.close()


@pytest.mark.parametrize("watch", ["val_loss", "accuracy", "f1"])
def test_patience_stops_so_many_epochs_after_the_best(watch):
    trainer = trained(patience=7, watch=watch)
    assert trainer.watch.stopped
    assert trainer.epoch == trainer.watch.best_epoch + 7
    trainer.close()


def test_the_best_weights_come_back():
    trainer = trained(patience=20, keep_best=True)
    best = trainer.watch.best
    assert figure(trainer, "val_loss") > best
    trainer.finish()
    assert figure(trainer, "val_loss") == pytest.approx(best)
    trainer.close()


def test_what_is_watched_does_not_change_training():
    free, watched = trained(600), trained(600, keep_best=True)
    for key, value in free.parameters.items():
        np.testing.assert_array_equal(value, watched.parameters[key])
    free.close()
    watched.close()


def test_settings_survive_json():
    made = Training(watch="f1", patience=3, keep_best=True)
    assert Training.from_json(made.to_json()) == made
