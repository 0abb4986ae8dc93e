"""Early stopping and "keep the best": a validation figure, looked at after each epoch."""

from __future__ import annotations

import copy
import math
from typing import TYPE_CHECKING

import numpy as np

from nnstudio.core.data import Data
from nnstudio.core.metrics import METRICS
from nnstudio.core.setup import Setup, Training
from nnstudio.engine.scoring import gives_logits, predict

if TYPE_CHECKING:
    from nnstudio.engine.trainer import Trainer


class Watch:
    """Remembers the best epoch, and says when there has been no better one for too long.

    Once made it stays as it is, so that any number of keyframes can share it."""

    __slots__ = ("best", "best_epoch", "stopped", "weights")

    def __init__(self, epoch: int = 0) -> None:
        self.best = math.nan
        self.best_epoch = epoch  # patience counts from here
        self.weights: np.ndarray | None = None  # all parameters of the best epoch
        self.stopped = False

    @staticmethod
    def wanted(training: Training) -> bool:
        """Whether the settings ask for either."""
        return training.patience > 0 or training.keep_best

    def observe(self, trainer: Trainer) -> Watch:
        """What is known after a look at the trainer at the end of an epoch."""
        training = trainer.setup.training
        value = figure(trainer, training.watch)
        if training.watch == "val_loss":
            better = value < self.best or (math.isnan(self.best) and not math.isnan(value))
        else:
            better = METRICS[training.watch].better(value, self.best)
        watch = copy.copy(self)
        if better:
            watch.best, watch.best_epoch = value, trainer.epoch
            if training.keep_best:
                begin, end = trainer.program.parameter_region
                watch.weights = trainer.memory[begin:end].copy()
        elif 0 < training.patience <= trainer.epoch - self.best_epoch:
            watch.stopped = True
        return watch

    def finish(self, trainer: Trainer) -> bool:
        """Put the best epoch's weights back; False if none were kept, or they are in place."""
        begin, end = trainer.program.parameter_region
        weights = self.weights  # kept on: training may go on, and find nothing better
        if weights is None or len(weights) != end - begin:
            return False
        if np.array_equal(weights, trainer.memory[begin:end]):
            return False
        trainer.memory[begin:end] = weights
        return True

    def after(self, before: Setup, setup: Setup, same_data: bool, epoch: int) -> Watch:
        """What is known once training goes on with another setup, at this epoch: nothing, if its
        figures are not to be compared with those before; and a limit that changed stops again."""
        old, new = before.training, setup.training
        comparable = same_data and setup.network == before.network and old.loss == new.loss
        if not comparable or old.watch != new.watch or not self.wanted(new):
            return Watch(epoch)
        watch = copy.copy(self)
        if (old.patience, old.keep_best) != (new.patience, new.keep_best):
            watch.stopped = False
        return watch


def figure(trainer: Trainer, name: str) -> float:
    """The validation loss or one metric of a trainer's present parameters."""
    data: Data = trainer.data
    part = data.valid if len(data.valid) else data.train
    output = predict(trainer.setup.network, data, part, trainer.probe())
    logits = gives_logits(trainer.setup.network)
    loss = trainer.setup.training.loss
    if name == "val_loss":
        assert loss is not None
        return loss.prepared(data).value(output, part.y, data.task, logits)
    return METRICS[name].measure(output, part.y, logits, data.task)
