"""Making a Snapshot of where a trainer stands."""

from __future__ import annotations

import dataclasses
import math

from nnstudio.core.text import StudioError
from nnstudio.engine.recorder import Recorder
from nnstudio.engine.trainer import Trainer
from nnstudio.engine.view import Snapshot


def snapshot_of(
    trainer: Trainer,
    recorder: Recorder,
    *,
    sequence: int,
    generation: int,
    running: bool,
    finished: bool,
    error: StudioError | None,
) -> Snapshot:
    """The newest parameters (copied) and figures."""
    means, valid = recorder.means, recorder.valid
    begin, end = trainer.program.parameter_region
    copy = trainer.memory[begin:end].copy()
    parameters = {
        key: copy[at - begin : at - begin + p.size].reshape(p.shape)
        for key, (at, p) in trainer.program.parameters.items()
    }
    total = trainer.total_steps()
    rate = means.steps_per_second
    left = (total - trainer.step) / rate if total and rate > 0 else None
    return Snapshot(
        sequence=sequence,
        generation=generation,
        step=trainer.step,
        epoch=trainer.epoch,
        running=running,
        finished=finished,
        parameters=parameters,
        train_loss=means.loss,
        valid_loss=valid[0],
        train_accuracy=means.accuracy if trainer.data.task == "classification" else math.nan,
        valid_accuracy=valid[1],
        steps_per_second=rate if running else 0.0,
        examples_per_second=rate * trainer.program.batch if running else 0.0,
        progress=min(1.0, trainer.step / total) if total else None,
        seconds_left=max(0.0, left) if left is not None else None,
        learning_rate=float(trainer.rates(1)[0]),
        error=error,
        valid_sample=recorder.sample,
    )


def stopped_by(error: StudioError, latest: Snapshot, sequence: int) -> Snapshot:
    """What is known of a training whose present moment cannot be shown: the moment before."""
    return dataclasses.replace(latest, sequence=sequence, running=False, error=error)
