"""When a loss is no finite number any more: where it began, the likely cause, the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nnstudio.core.compiled import state as st
from nnstudio.core.text import StudioError, mark

if TYPE_CHECKING:
    from nnstudio.engine.history import Curves
    from nnstudio.engine.runs import Runs
    from nnstudio.engine.trainer import Trainer


def not_finite(trainer: Trainer, rate: float) -> StudioError:
    """What to say when the loss of a step is no finite number: where it began, and why."""
    step = f"{trainer.step + 1:,}"
    begin = int(trainer.state[st.POSITION])
    batch = trainer.order[begin : begin + int(trainer.state[st.BATCH])]
    network = trainer.setup.network
    x = trainer.data.prepared(trainer.data.train.x[batch[:256]])
    values = trainer.probe().run(x, [node.id for node in network.nodes])
    for node in network.nodes:
        if not np.isfinite(values[node.id]).all():
            return StudioError(
                mark(
                    "Training stopped at step {step}: “{layer}” gives numbers that are no "
                    "longer finite. The learning rate ({rate}) is probably too large. "
                    "Lower it, then reset."
                ),
                node=node.id,
                layer=node.id,
                step=step,
                rate=f"{rate:g}",
            )
    return StudioError(
        mark(
            "Training stopped at step {step}: the loss is no longer a finite number. "
            "The learning rate ({rate}) is probably too large. Lower it, then reset."
        ),
        step=step,
        rate=f"{rate:g}",
    )


def last_good_step(runs: Runs, curves: Curves) -> int | None:
    """The step of the present run's keyframe to go back to after a divergence, None without one.
    It is the last before the training loss was lowest, for what follows already leads away."""
    track = runs.track()
    if track is None or track.diverged < 0:
        return None
    known = np.isfinite(curves.train_loss)
    low = curves.step[known][np.argmin(curves.train_loss[known])] if known.any() else 0
    place = runs.find(min(int(low), track.diverged))
    return None if place is None else place.keyframe.step
