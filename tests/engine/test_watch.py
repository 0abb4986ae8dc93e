"""Early stopping and keeping the best epoch."""

from __future__ import annotations

import numpy as np
import pytest

from nnstudio.core.setup import Training
from nnstudio.engine.named import state_of
from nnstudio.engine.trainer import Trainer
from nnstudio.engine.watch import figure
from tests.helpers import loss, mlp, optimizer, random_data, setup

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


def unlike(made):
    """Something that makes the figures before and after incomparable."""
    changes = {
        "network": made.with_network(mlp(6, 4, 1)),
        "loss": made.with_training(loss=loss("MSE.v1")),
        "figure": made.with_training(watch="accuracy"),
    }
    return [(changes[name], DATA) for name in changes] + [(made, random_data(6, 2, 61))]


@pytest.mark.parametrize("which", range(4))
def test_another_network_or_loss_or_data_begins_a_watch_of_its_own(which):
    trainer = trained(300, keep_best=True, patience=9)
    assert trainer.watch.weights is not None
    epoch = trainer.epoch
    trainer.replace(*unlike(trainer.setup)[which])
    assert trainer.watch.weights is None and np.isnan(trainer.watch.best)
    assert trainer.watch.best_epoch == epoch and not trainer.watch.stopped
    state_of(trainer.program, trainer.keyframe())  # can be saved
    trainer.run(2 * trainer.steps_per_epoch)
    begin, end = trainer.program.parameter_region
    assert trainer.watch.weights is not None and len(trainer.watch.weights) == end - begin
    trainer.close()


def test_more_patience_lets_a_stopped_run_go_on_and_the_best_stays_kept():
    trainer = trained(patience=7, keep_best=True)
    best, epoch = trainer.watch.best, trainer.watch.best_epoch
    assert trainer.finish() and not trainer.finish()
    trainer.replace(trainer.setup.with_training(patience=20), DATA)
    assert not trainer.watch.stopped and trainer.watch.best == best
    while not trainer.watch.stopped:
        trainer.run(50)
    assert trainer.epoch >= epoch + 20
    trainer.finish()
    assert figure(trainer, "val_loss") == pytest.approx(trainer.watch.best)
    assert trainer.watch.best <= best
    trainer.close()


def test_an_optimizer_of_another_kind_leaves_what_was_best():
    trainer = trained(300, keep_best=True)
    best, weights = trainer.watch.best, trainer.watch.weights
    trainer.replace(trainer.setup.with_training(optimizer=optimizer("SGD.v1")), DATA)
    assert trainer.watch.best == best and trainer.watch.weights is weights
    trainer.close()
