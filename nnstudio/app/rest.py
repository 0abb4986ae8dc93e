"""What is known of a run while training rests."""

from __future__ import annotations

import dataclasses

from nnstudio.engine.history import Curves
from nnstudio.engine.view import Snapshot


def at_rest(curves: Curves, snapshot: Snapshot) -> Curves:
    """The curves with the validation of the last step in them, which is measured whenever
    training rests; the same curves while it runs."""
    if snapshot.running or not len(curves.step) or curves.step[-1] != snapshot.step:
        return curves
    valid_loss, valid_accuracy = curves.valid_loss.copy(), curves.valid_accuracy.copy()
    valid_loss[-1], valid_accuracy[-1] = snapshot.valid_loss, snapshot.valid_accuracy
    return dataclasses.replace(curves, valid_loss=valid_loss, valid_accuracy=valid_accuracy)
