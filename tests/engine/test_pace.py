"""How long the thread trains before it looks at its commands again."""

from __future__ import annotations

import pytest

from nnstudio.core.setup import preset
from nnstudio.engine.pace import CHUNK_SECONDS, Pace
from nnstudio.engine.trainer import Trainer


def trainer_of(setup):
    return Trainer(setup, setup.dataset.load(), 1)


def grown(pace, trainer):
    """Chunks that take a hundredth of a frame each; how many steps the next may do."""
    for _ in range(5):
        steps = pace.allowed(trainer, 0.0)
        pace.note(steps, steps, 0.0, CHUNK_SECONDS / 100)
    return pace.allowed(trainer, 0.0)


def test_chunks_grow_until_they_take_a_frame():
    pace, trainer = Pace(), trainer_of(preset("xor"))
    assert pace.allowed(trainer, 0.0) == 1
    assert grown(pace, trainer) == 4**5
    pace.note(4**5, 4**5, 0.0, 2 * CHUNK_SECONDS)
    assert pace.allowed(trainer, 0.0) == 4**5 // 2


@pytest.mark.parametrize("edit", ["another preset", "a larger batch"])
def test_what_was_found_for_one_setup_does_not_hold_for_another(edit):
    """1024 steps of a small network in a frame: of a slower one they would be ten seconds."""
    pace, trainer = Pace(), trainer_of(preset("xor"))
    assert grown(pace, trainer) > 1000
    other = preset("two-spirals")
    if edit == "a larger batch":
        other = trainer.setup.with_training(batch_size=100)
    assert pace.allowed(trainer_of(other), 0.0) == 1
