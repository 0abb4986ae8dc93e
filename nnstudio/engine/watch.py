"""Early stopping and "keep the best": a validation figure, looked at after each epoch."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from nnstudio.core.data import Data
from nnstudio.core.metrics import METRICS
from nnstudio.core.setup import Training
from nnstudio.engine.scoring import gives_logits, predict

if TYPE_CHECKING:
    from nnstudio.engine.keyframe import Keyframe
    from nnstudio.engine.trainer import Trainer


class Watch:
    """Remembers the best epoch, and says when there has been no better one for too long."""

    def __init__(self) -> None:
        self.best = math.nan
        self.best_epoch = 0
        self.keyframe: Keyframe | None = None
        self.stopped = False

    @staticmethod
    def wanted(training: Training) -> bool:
        """Whether the settings ask for either."""
        return training.patience > 0 or training.keep_best

    def observe(self, trainer: Trainer) -> None:
        """Look at the trainer after an epoch."""
        training = trainer.setup.training
        value = figure(trainer, training.watch)
        if training.watch == "val_loss":
            better = value < self.best or (math.isnan(self.best) and not math.isnan(value))
        else:
            better = METRICS[training.watch].better(value, self.best)
        if better:
            self.best, self.best_epoch = value, trainer.epoch
            if training.keep_best:
                self.keyframe = trainer.keyframe()
        elif 0 < training.patience <= trainer.epoch - self.best_epoch:
            self.stopped = True

    def finish(self, trainer: Trainer) -> None:
        """Put the best epoch's weights back, if they were kept."""
        if self.keyframe is not None:
            begin, end = trainer.program.parameter_region
            trainer.memory[begin:end] = self.keyframe.parameters
            self.keyframe = None


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
