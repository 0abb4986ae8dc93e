"""Making any step of a run again, apart from training: the nearest keyframe, then replay."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnstudio.core.text import StudioError
from nnstudio.engine.keyframe import Key, Keyframe
from nnstudio.engine.pace import next_chunk
from nnstudio.engine.scoring import score
from nnstudio.engine.timeline import Place, Stretch
from nnstudio.engine.trainer import Trainer

#: A replay looks for another wish this often, in seconds.
CHUNK_SECONDS = 0.02
#: A replay that is not done after the first of these seconds lets views show the keyframe before
#: it goes on, for so long as the second says: they need the processor too.
AT_ONCE, SHOWING = 0.004, 0.08


@dataclass(frozen=True, eq=False)
class Moment:
    """One step of a run as it was. ``wanted`` was asked for; until ``exact`` (or if that is
    impossible) it is the nearest step that could be shown at once."""

    wanted: int
    keyframe: Keyframe
    epoch: int
    learning_rate: float
    parameters: dict[Key, np.ndarray]
    stretch: Stretch
    exact: bool
    final: bool  # nothing better will come
    valid: tuple[float, float] | None = None  # validation loss and accuracy, measured last

    @property
    def step(self) -> int:
        """Steps done."""
        return self.keyframe.step


def moment_of(trainer: Trainer, place: Place, exact: bool, final: bool) -> Moment:
    """Where a trainer stands."""
    begin = trainer.program.parameter_region[0]
    keyframe = trainer.keyframe()
    parameters = {
        key: keyframe.parameters[at - begin : at - begin + p.size].reshape(p.shape)
        for key, (at, p) in trainer.program.parameters.items()
    }
    return Moment(
        place.step, keyframe, trainer.epoch, float(trainer.rates(1)[0]), parameters,
        place.stretch, exact, final,
    )  # fmt: skip


class Replayer:
    """A thread that makes moments; only the newest wish counts. It begins with the first wish and
    ends with ``close``."""

    def __init__(self) -> None:
        self._wish: tuple[Place, Callable[[Moment], None]] | None = None
        self._wake = threading.Event()
        self._closing = False
        self._thread: threading.Thread | None = None
        self._trainer: tuple[Stretch, Trainer] | None = None
        self._rest = False

    def ask(self, place: Place, then: Callable[[Moment], None]) -> None:
        """Hand moments of a place to ``then`` on the replay's thread: the keyframe's at once, then
        the exact one."""
        self._rest = False
        self._wish = (place, then)
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name="nnstudio-replay", daemon=True)
            self._thread.start()
        self._wake.set()

    def rest(self) -> None:
        """Nothing more is wanted for now; the memory is given back."""
        self._wish = None
        self._rest = True
        self._wake.set()

    def close(self) -> None:
        """End the thread; waits up to 5 s."""
        self._closing = True
        self._wish = None
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def _serve(self) -> None:
        while not self._closing:
            self._wake.wait()
            self._wake.clear()
            if self._rest:
                self._release()
            while (wish := self._wish) is not None and not self._closing:
                try:
                    self._fulfil(*wish)
                except StudioError:
                    self._release()
                if self._wish is wish:
                    self._wish = None
        self._release()

    def _release(self) -> None:
        if self._trainer is not None:
            self._trainer[1].close()
            self._trainer = None

    def _trainer_for(self, stretch: Stretch) -> Trainer:
        if self._trainer is None or self._trainer[0] is not stretch:
            self._release()
            self._trainer = (stretch, Trainer(stretch.setup, stretch.data, 1))
        return self._trainer[1]

    def _fulfil(self, place: Place, then: Callable[[Moment], None]) -> None:
        trainer = self._trainer_for(place.stretch)
        begin = place.keyframe.step
        trainer.restore(place.keyframe)
        total = place.step - begin
        done = total <= 0 or not place.exact
        then(moment_of(trainer, place, total == 0, done))
        if not done:
            self._replay(trainer, place)
            if not self._is_wanted(place):
                return
            then(moment_of(trainer, place, trainer.step == place.step, True))
        if self._is_wanted(place):
            moment = moment_of(trainer, place, trainer.step == place.step, True)
            valid = score(trainer, trainer.data.valid)
            then(dataclasses.replace(moment, valid=valid))

    def _is_wanted(self, place: Place) -> bool:
        wish = self._wish
        return not self._closing and wish is not None and wish[0] is place

    def _replay(self, trainer: Trainer, place: Place) -> None:
        """Train to the step, unless another is wanted meanwhile."""
        steps = 1
        begin, polite = time.perf_counter(), False
        while trainer.step < place.step and self._is_wanted(place) and not trainer.watch.stopped:
            clock = time.perf_counter()
            if clock - begin > AT_ONCE and not polite:
                polite = True
                self._wake.wait(SHOWING)  # another wish ends it
                continue
            try:
                trainer.run(min(steps, place.step - trainer.step))
            except StudioError:  # the run ended here in a loss that is no finite number
                return
            steps = next_chunk(steps, time.perf_counter() - clock, CHUNK_SECONDS)
