"""The session: one training thread. Commands go in from any thread and return at once; the newest
Snapshot comes out. No signal is sent per step: who is interested looks at ``latest``."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable

from nnstudio.core import heap
from nnstudio.core.data import Data
from nnstudio.core.project import State
from nnstudio.core.setup import Setup
from nnstudio.core.shapes import is_within
from nnstudio.core.text import StudioError
from nnstudio.engine import named, runs_file
from nnstudio.engine.commands import PATIENCE, Commands, Edit, obey
from nnstudio.engine.history import Curves
from nnstudio.engine.keyframe import Keyframe
from nnstudio.engine.pace import Pace
from nnstudio.engine.publishing import snapshot_of, stopped_by
from nnstudio.engine.recorder import Recorder
from nnstudio.engine.replay import Moment
from nnstudio.engine.runs import Runs, before
from nnstudio.engine.timeline import Stretch
from nnstudio.engine.trainer import Trainer
from nnstudio.engine.view import Snapshot
from nnstudio.engine.warm import Warmth

#: At most so many snapshots a second: a screen shows 60 frames.
SNAPSHOT_SECONDS = 1 / 60


class Session:
    """Trains in the background: ``start`` it, ``load`` a setup, ``play``; at the end ``close``."""

    def __init__(self, threads: int = 0) -> None:
        self.threads = threads
        self.warmth = Warmth()
        self.latest: Snapshot | None = None
        self.playing = False
        self.runs = Runs()
        self._commands = Commands()
        self._closing = False
        self._thread = threading.Thread(target=self._serve, name="nnstudio-session", daemon=True)
        self._trainer: Trainer | None = None
        self._wanted: tuple[Setup, Data] | None = None
        self._held: State | None = None  # of a project whose network cannot run yet
        self._begins = False  # what runs next owes nothing to what ran before
        self._recorder = Recorder()
        self._generation = 0
        self._sequence = 0
        self._error: StudioError | None = None
        self._pace = Pace()
        self._next_snapshot = 0.0
        self._finished = False
        self._changed = True

    # --- life ---

    def start(self) -> None:
        """Begin to serve commands, and load what compiled code the first training needs."""
        self._thread.start()

    def close(self) -> None:
        """Stop training and end the thread; waits up to 5 s."""
        self._closing = True
        self.warmth.cancel()
        self._commands.news.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)
        self.warmth.join()

    @property
    def alive(self) -> bool:
        """Whether commands are served: after ``start`` and before ``close``."""
        return self._thread.is_alive() and not self._closing

    @property
    def ready(self) -> bool:
        """Whether training can begin at once: everything compiled is loaded."""
        return self.latest is not None and self.warmth.done

    @property
    def preparing(self) -> bool:
        """Whether what was asked for takes its time: a network's code is still being compiled."""
        return self._commands.seconds_busy > PATIENCE

    @property
    def settled(self) -> bool:
        """Whether ``latest`` shows all that was asked for: nothing waits or is being obeyed."""
        return not (self._commands.pending or self._changed)

    @property
    def memory_bytes(self) -> int:
        """What training takes besides the data; 0 before the first load."""
        return int(self._trainer.memory.nbytes) if self._trainer else 0

    @property
    def threads_used(self) -> int:
        """How many threads share a step of the present network."""
        trainer = self._trainer
        return 1 if trainer is None else max(1, min(trainer.threads, trainer.program.shards))

    # --- commands ---

    def load(self, setup: Setup, data: Data, keep: bool = True) -> None:
        """Train this from now on; parameters whose shape survives are kept if ``keep``."""
        if keep:
            self._commands.edit(setup, data)
        else:
            self._commands.put(lambda: self._load(setup, data, keep=False))

    def play(self) -> None:
        """Train until ``pause`` or the set number of epochs."""
        self._commands.put(self._play)  # first, or an edit that waits would come after steps
        self.playing = True
        self._commands.news.set()

    def pause(self) -> None:
        """Stop after the present chunk."""
        self.playing = False
        self._commands.put(self._pause)

    def step(self, steps: int = 1) -> None:
        """Do some steps, then pause."""
        self._commands.put(lambda: self._run_steps(steps))

    def step_epoch(self) -> None:
        """Finish the present epoch, then pause."""
        self._commands.put(self._run_epoch)

    def reset(self) -> None:
        """Pause, and go back to step 0 with the seed's initial weights."""
        self.playing = False
        self._commands.put(self._reset)

    def set_parameter(self, node: str, name: str, index: tuple[int, ...], value: float) -> None:
        """Set one number of a parameter."""
        self._commands.put(lambda: self._set_parameter(node, name, index, value))

    def set_speed(self, steps_per_second: float | None) -> None:
        """Train at this many steps a second; None: as fast as possible."""
        self._commands.put(lambda: self._pace.set_speed(steps_per_second))

    def set_threads(self, threads: int) -> None:
        """Share a step among so many threads from now on; 0: one a core."""
        self.threads = threads
        self._commands.put(lambda: self._trainer.share(threads) if self._trainer else None)

    def keyframe(self, then: Callable[[Keyframe | None], None]) -> None:
        """Hand a keyframe of the present state to ``then``, on the session's thread."""
        self._commands.put(lambda: then(self._trainer.keyframe() if self._trainer else None))

    def branch(self, number: int, moment: Moment) -> None:
        """Begin a run at a moment of another (its number), which is kept as it is."""
        self._commands.put(lambda: self._branch(number, moment))

    def open_run(self, number: int) -> None:
        """Go on with another run, exactly where it stood."""
        self._commands.put(lambda: self._open_run(number))

    def state(self, then: Callable[[Callable[[], State] | None], None]) -> None:
        """Hand what makes the state of this moment, with the tree of runs, to ``then``, on the
        session's thread; None before the first load. Making it is another thread's work."""
        self._commands.put(lambda: then(self._state()))

    def reopen(self, setup: Setup, data: Data, state: State) -> None:
        """Go on from a saved state, to the bit; a state that does not fit is told as an error."""
        self._commands.put(lambda: self._reopen(setup, data, state))

    def curves(self) -> Curves:
        """A copy of this run's curves."""
        return self._recorder.curves()

    # --- on the session's thread ---

    def _load(self, setup: Setup, data: Data, keep: bool) -> None:
        self._generation += 1
        self._error, self._changed = None, True
        fresh_data = self._trainer is None or data is not self._trainer.data
        if not keep:
            self._held, self._begins = None, True
        keep = not self._begins
        try:
            if self._trainer is None:
                self._trainer = Trainer(setup, data, self.threads)
            else:
                self._keep(keep)
                self._trainer.replace(setup, data, keep)
        except StudioError as error:
            self._error, self._wanted = error, (setup, data)
            return
        self._wanted, self._begins = None, False
        self._recorder.changed()
        if not keep:
            self._recorder.forget()
            self.runs.begin(self._trainer)
        else:
            if fresh_data:
                self._recorder.means.clear()
            self.runs.edited(self._trainer)
        self._finished = False
        if self._held is not None:
            self._trainer.adopt(self._held.arrays)
            self._held = None

    def _keep(self, goes_on: bool) -> None:
        """Before something changes: the run's present moment, and if it ends here its curves."""
        assert self._trainer is not None
        if goes_on:
            self.runs.follow(self._trainer, force=True)
        else:
            self._recorder.rest(self._trainer)
            self.runs.leave(self._trainer, self._recorder.curves())

    def _play(self) -> None:
        if self._error is not None and self._wanted is None:
            self._error = None
        self._pace.start()
        self._finished = False
        self._changed = True

    def _pause(self) -> None:
        self._pace.steps_left = None
        self._changed = True

    def _run_steps(self, steps: int) -> None:
        self._pace.start(steps)
        self.playing = True

    def _run_epoch(self) -> None:
        if self._trainer is not None:
            self._run_steps(self._trainer.steps_to_epoch_end())

    def _reset(self) -> None:
        self._finished = False
        if self._trainer is not None:
            self._keep(goes_on=False)
            self._trainer.reset()
            if self._wanted is None:
                self._error = None
            self._recorder.forget()
            self.runs.begin(self._trainer)
        self._pause()

    def _state(self) -> Callable[[], State] | None:
        if self._trainer is None:
            return None
        keyframe, data = self._trainer.keyframe(), self._trainer.data
        state = named.state_of(self._trainer.program, keyframe, self._recorder.curves())
        return functools.partial(runs_file.with_runs, state, self.runs.capture(), data)

    def _reopen(self, setup: Setup, data: Data, state: State) -> None:
        self._load(setup, data, keep=False)
        if self._trainer is None or self._error is not None:
            self._held = state
            return
        try:
            self._trainer.restore(named.keyframe_of(self._trainer.program, state))
        except StudioError as error:
            self._error = error
            return
        self._recorder.resume(state.curves)
        self.runs.resume(self._trainer, runs_file.read(state, data))

    def _branch(self, number: int, moment: Moment) -> None:
        if self._trainer is None or number not in self.runs:
            return
        self._keep(goes_on=False)
        run = self.runs.get(number)
        if run is not None and run.curves is not None:
            self._put(moment.stretch, moment.keyframe, before(run.curves, moment.step))
            self.runs.begin(self._trainer, parent=number)

    def _open_run(self, number: int) -> None:
        if self._trainer is None or number not in self.runs:
            return
        self._keep(goes_on=False)
        found = self.runs.enter(number)
        if found is not None:
            self._put(*found)

    def _put(self, stretch: Stretch, keyframe: Keyframe, curves: Curves) -> None:
        """Stand where a keyframe is."""
        assert self._trainer is not None
        self._generation += 1
        self._error = self._wanted = self._held = None
        self._begins = self._finished = False
        self._changed = True
        self._trainer.replace(stretch.setup, stretch.data, keep=False)
        self._trainer.restore(keyframe)
        self._recorder.resume(curves.columns())

    def _set_parameter(self, node: str, name: str, index: tuple[int, ...], value: float) -> None:
        trainer = self._trainer
        found = trainer.parameters.get((node, name)) if trainer is not None else None
        # Of a network that cannot run only what was before is here; it may have fewer numbers.
        if trainer is not None and found is not None and is_within(index, found.shape):
            self._keep(goes_on=True)
            found[index] = value
            self._recorder.changed()
            self.runs.edited(trainer)
            self._changed = True

    def _serve(self) -> None:
        self.warmth.run()
        while not self._closing:
            failed = obey(self._turn)
            if failed is not None and not self._closing:
                self._error, self._changed, self.playing = failed, False, False
                self._sequence += 1
                if self.latest is not None:
                    self.latest = stopped_by(failed, self.latest, self._sequence)
                self._commands.wait()
        if self._trainer is not None:
            self._trainer.close()

    def _turn(self) -> None:
        self._commands.news.clear()
        self._obey()
        busy = self.playing and self._trainer is not None and self._error is None
        if busy and not self._closing:
            self._note(obey(self._train))
        elif self.playing and self._error is not None:
            self.playing, self._changed = False, True
        now = time.perf_counter()
        if self._changed or (busy and now >= self._next_snapshot):
            self._publish(now)
        if not busy:
            if not self._commands and self._recorder.refine(self._trainer, self._is_wanted):
                self._changed = True
            elif not self._closing:  # its news may have been cleared above
                self._commands.wait()

    def _is_wanted(self) -> bool:
        return self._closing or bool(self._commands)

    def _obey(self) -> None:
        while not self._closing:
            command = self._commands.take(at_once=self._trainer is None)
            if command is None:
                return
            if isinstance(command, Edit):
                command = functools.partial(self._load, command.setup, command.data, keep=True)
            self._note(obey(command))

    def _note(self, failed: StudioError | None) -> None:
        if failed is not None:
            self._error, self._changed = failed, True

    def _train(self) -> None:
        assert self._trainer is not None
        now = time.perf_counter()
        steps = self._pace.allowed(self._trainer, now)
        if steps < 0:
            self._finish()
            return
        if steps == 0:
            self._commands.news.wait(self._pace.wait(now))
            return
        try:
            losses, right = self._trainer.run(steps)
        except StudioError as error:
            self._note(error)
            self._pace.steps_left, self.playing = None, False
            self.runs.diverged(self._trainer)
            return
        spent = time.perf_counter() - now
        if self._pace.note(steps, len(losses), now, spent):
            self.playing, self._changed = False, True
        self._recorder.add(self._trainer, losses, right, spent, self._changed)
        self.runs.follow(self._trainer)

    def _finish(self) -> None:
        assert self._trainer is not None
        self._keep(goes_on=True)
        if self._trainer.finish():
            self.runs.edited(self._trainer)
        self._recorder.changed()
        self._finished, self.playing = True, False
        self._pause()

    def _publish(self, now: float) -> None:
        if self._trainer is None:
            return
        heap.give_back()
        if not self.playing:
            if self._wanted is None:
                self._recorder.rest(self._trainer)
            # Where training rests is a keyframe, so that no step at the end has to be made again.
            self.runs.follow(self._trainer, force=True)
        self._changed, self._next_snapshot = False, now + SNAPSHOT_SECONDS
        self._sequence += 1
        self.latest = snapshot_of(
            self._trainer, self._recorder, sequence=self._sequence, generation=self._generation,
            running=self.playing, finished=self._finished, error=self._error,
        )  # fmt: skip
