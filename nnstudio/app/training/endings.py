"""Why a run cannot go on, in one sentence."""

from __future__ import annotations

from nnstudio.core.setup import Training
from nnstudio.core.text import mark
from nnstudio.engine.view import Snapshot

COMPLETE = mark("This run is complete. Reset it, or raise the number of epochs.")
STOPPED = mark("This run was stopped early: validation has not become better for as many epochs as "
               "its patience. Reset it, or raise the patience.")  # fmt: skip


def why_over(training: Training, latest: Snapshot | None) -> str:
    """A marked sentence for a run that is at its end; empty for one that can go on."""
    if latest is None:
        return ""
    if training.epochs and latest.epoch >= training.epochs:
        return COMPLETE
    return STOPPED if training.patience and latest.finished else ""
