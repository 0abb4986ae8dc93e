"""How many steps the next chunk of training may do."""

from __future__ import annotations

import time

from nnstudio.core.setup import Setup
from nnstudio.engine.trainer import Trainer

#: How long the thread trains between looks at its commands, in seconds: about a frame. After
#: each chunk it waits for the GIL, which a painting window holds for milliseconds.
CHUNK_SECONDS = 0.016


def next_chunk(steps: int, spent: float, wanted: float) -> int:
    """How many steps take about ``wanted`` seconds after so many took ``spent``: at least one, and
    at most four times as many, for the first are no measure."""
    return max(1, int(steps * min(4.0, wanted / max(spent, 1e-6))))


class Pace:
    """By time, by the speed that a person chose, and by how many steps were asked for."""

    def __init__(self) -> None:
        self.steps_left: int | None = None
        self._speed: float | None = None
        self._chunk = 1
        self._setup: Setup | None = None  # what the chunk's length was found for
        self._due = 0.0

    def start(self, steps: int | None = None) -> None:
        """Training begins: for so many steps, None for no end."""
        self.steps_left = steps
        self._due = time.perf_counter()

    def set_speed(self, steps_per_second: float | None) -> None:
        """So many steps a second; None: as fast as possible."""
        self._speed = steps_per_second
        self._due = time.perf_counter()

    def wait(self, now: float) -> float:
        """Seconds until the next step is due, at most 0.1."""
        return max(0.0, min(self._due - now, 0.1))

    def allowed(self, trainer: Trainer, now: float) -> int:
        """Steps of the next chunk; 0: none is due yet; −1: training is at its end."""
        if trainer.setup is not self._setup:
            # What a small network does in a frame may take another one ten seconds, during which
            # nothing is shown and no command obeyed.
            self._setup, self._chunk = trainer.setup, 1
        steps = self._chunk
        if self._speed is not None:
            steps = min(steps, max(0, 1 + int((now - self._due) * self._speed)))
            if now < self._due:
                return 0
        if self.steps_left is not None:
            steps = min(steps, self.steps_left)
        total, epochs = trainer.total_steps(), trainer.setup.training.epochs
        if (total and trainer.epoch >= epochs) or trainer.watch.stopped:
            return -1
        if total:
            whole = (epochs - trainer.epoch - 1) * trainer.steps_per_epoch
            steps = min(steps, max(whole + trainer.steps_to_epoch_end(), 1))
        return steps

    def note(self, steps: int, done: int, now: float, spent: float) -> bool:
        """A chunk that began at ``now`` is done; whether it was the last that was asked for."""
        if self._speed is not None:
            self._due = max(self._due + steps / self._speed, now - 0.1)
        elif steps == self._chunk and spent > 0:
            self._chunk = next_chunk(steps, spent, CHUNK_SECONDS)
        if self.steps_left is None:
            return False
        self.steps_left -= done
        if self.steps_left <= 0:
            self.steps_left = None
            return True
        return False
