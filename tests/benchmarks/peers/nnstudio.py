"""Ourselves, with one and with all threads."""

from __future__ import annotations

from nnstudio.engine.threads import usable_cores
from nnstudio.engine.trainer import Trainer


def open(reference, data):
    """Runners by name, and a function that ends them."""
    counts = sorted({1, usable_cores()})
    trainers = {f"{n} threads": Trainer(reference.setup(), data, n) for n in counts}

    def close():
        for trainer in trainers.values():
            trainer.close()

    return {name: trainer.run for name, trainer in trainers.items()}, close
