"""The trainer: one program, its arena and its data. The session and the CLI drive it."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping

import numpy as np

from nnstudio.core.compiled import state as st
from nnstudio.core.contracts import Shape
from nnstudio.core.data import Data, Part
from nnstudio.core.setup import Setup
from nnstudio.core.setup import Training as TrainingSettings
from nnstudio.engine import scoring, vm
from nnstudio.engine.divergence import not_finite
from nnstudio.engine.keyframe import Key, Keyframe, initial_parameters, schedule_memory
from nnstudio.engine.memory import aligned
from nnstudio.engine.places import places_of
from nnstudio.engine.plan import COLUMNS
from nnstudio.engine.planner import HYPER
from nnstudio.engine.probe import Probe
from nnstudio.engine.program import program_for
from nnstudio.engine.threads import Helpers, Teamwork, usable_cores, yield_address
from nnstudio.engine.watch import Watch

#: A schedule that follows the validation loss is shown at most so many examples after an epoch.
OBSERVED = 2048
#: Parameters of layers that have vanished take at most about so many bytes.
STASH_BYTES = 32 << 20
EMPTY = np.empty(0, np.float32)


#: Settings that act through the hyper region or Python, without another tape.
LIVE = ("learning_rate", "l1", "l2", "epochs", "seed", "schedule")


def with_live(after: TrainingSettings, before: TrainingSettings) -> TrainingSettings:
    """``after`` with the live settings of ``before``."""
    return dataclasses.replace(after, **{name: getattr(before, name) for name in LIVE})


class Trainer:
    """Trains one setup on its data. Not thread-safe: one thread at a time calls it."""

    def __init__(self, setup: Setup, data: Data, threads: int = 0) -> None:
        self.threads = threads or usable_cores()
        self.watch = Watch()
        self._helpers: Helpers | None = None
        self._probe: Probe | None = None
        self._control = aligned(vm.SIZE, np.int64)
        self.state = aligned(st.SIZE, np.int64)
        self._stash: dict[tuple[Key, Shape], np.ndarray] = {}
        self._remembered = schedule_memory(setup)
        self.setup = setup
        self.data = data
        self._bind(setup, data)
        self._fill(initial_parameters(setup.network, setup.training.seed))

    # --- programs ---

    def _bind(self, setup: Setup, data: Data) -> None:
        """Plan the setup, allocate its arena and point the control block at it."""
        training = setup.training
        program = program_for(setup, data)
        batch = program.batch
        self._retire()
        self._teamwork = Teamwork()
        self.program = program
        self.places = places_of(program)
        self.setup = setup
        self.data = data
        self._x = np.ascontiguousarray(data.train.x)
        self._y = np.ascontiguousarray(data.train.y, np.float32)
        self.memory = aligned(program.size)
        for offset, value in program.constants:
            self.memory[offset] = value
        self._set_hyper()
        fresh_order = self.state[st.EXAMPLES] != len(self._x)
        if fresh_order:
            self.order = np.arange(len(self._x), dtype=np.int64)
            self.state[st.POSITION] = 0
        s = self.state
        s[st.EXAMPLES] = len(self._x)
        s[st.FULL_BATCH] = batch
        s[st.SEED] = training.seed
        s[st.X_ADDRESS] = self._x.ctypes.data
        s[st.Y_ADDRESS] = self._y.ctypes.data
        s[st.ORDER_ADDRESS] = self.order.ctypes.data
        c = self._control
        c[:] = 0
        c[vm.ROWS] = program.rows.ctypes.data
        c[vm.TASKS] = program.tasks.ctypes.data
        c[vm.PHASES] = program.phases.ctypes.data
        c[vm.PHASE_COUNT] = len(program.phases)
        c[vm.UPDATE_PHASE] = program.update_phase
        c[vm.MEMORY] = self.memory.ctypes.data
        c[vm.STATE] = s.ctypes.data
        c[vm.LOSS_PLACES] = program.loss_places[0]
        c[vm.SHARDS] = program.shards
        c[vm.COLUMNS_WORD] = COLUMNS
        c[vm.YIELD] = yield_address()
        self.parameters = {
            key: self.memory[offset : offset + p.size].reshape(p.shape)
            for key, (offset, p) in program.parameters.items()
        }

    def _set_hyper(self) -> None:
        training = self.setup.training
        for number, name in enumerate(HYPER):
            self.memory[number] = getattr(training, name)

    def _fill(self, values: dict[Key, np.ndarray]) -> None:
        for key, array in self.parameters.items():
            array[...] = values[key]

    def replace(self, setup: Setup, data: Data, keep: bool = True) -> None:
        """Go on with another setup: every parameter whose shape survives is kept, and optimizer
        slots too where the optimizer is the same. Values of layers that vanish are remembered
        and come back with them. If the new setup cannot run, nothing changes."""
        before = self.setup
        if setup.training.schedule != before.training.schedule:
            self._remembered = schedule_memory(setup)
        same_tape = (
            setup.network == before.network
            and data is self.data
            and with_live(setup.training, before.training) == before.training
        )
        if same_tape and keep:
            self.setup = setup
            self._set_hyper()
            self.state[st.SEED] = setup.training.seed
            return
        old = {key: array.copy() for key, array in self.parameters.items()}
        old_slots = self._slots_by_key()
        kind, same_data = type(before.training.optimizer), data is self.data
        self._bind(setup, data)
        self.watch = self.watch.after(before, setup, same_data, self.epoch)
        self._stash_away(old)
        initial = initial_parameters(setup.network, setup.training.seed)
        known = self._stash if keep else {}
        self._fill({key: known.get((key, array.shape), array) for key, array in initial.items()})
        if keep and isinstance(setup.training.optimizer, kind):
            for key, views in self._slots_by_key().items():
                for view, value in zip(views, old_slots.get(key, []), strict=False):
                    if view.shape == value.shape:
                        view[...] = value
        else:
            self.state[st.UPDATES] = 0
        average = self._average()  # begins anew, at the present weights
        begin = self.program.parameter_region[0]
        average[:] = self.memory[begin : begin + len(average)]
        if not keep:
            self.reset()

    def _stash_away(self, parameters: dict[Key, np.ndarray]) -> None:
        """Keep parameters in case their layers come back; the oldest go when there are too many
        (a slider of units leaves another matrix at each of its places)."""
        for key, array in parameters.items():
            self._stash.pop((key, array.shape), None)
            self._stash[key, array.shape] = array
        excess = sum(array.nbytes for array in self._stash.values()) - STASH_BYTES
        for name in list(self._stash)[: -len(parameters) or None]:
            if excess <= 0:
                break
            excess -= self._stash.pop(name).nbytes

    def adopt(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Take parameters of a saved state, ``parameters/<layer>/<name>``, where name and shape
        are the same; others stay as they are."""
        for (node, name), view in self.parameters.items():
            found = arrays.get(f"parameters/{node}/{name}")
            if found is not None and found.shape == view.shape:
                view[...] = found

    def _slots_by_key(self) -> dict[Key, list[np.ndarray]]:
        begin = self.program.parameter_region[0]
        found: dict[Key, list[np.ndarray]] = {}
        for key, (offset, p) in self.program.parameters.items():
            if p.trainable:
                found[key] = [
                    self.memory[at + offset - begin : at + offset - begin + p.size].reshape(p.shape)
                    for at, _ in self.program.slot_regions
                ]
        return found

    # --- running ---

    @property
    def step(self) -> int:
        """Steps done."""
        return int(self.state[st.STEP])

    @property
    def epoch(self) -> int:
        """Whole passes over the training data done."""
        return int(self.state[st.EPOCH])

    @property
    def steps_per_epoch(self) -> int:
        """Steps that one pass over the training data takes."""
        return -(-len(self._x) // int(self.state[st.FULL_BATCH]))

    def steps_to_epoch_end(self) -> int:
        """Steps until the present epoch is over."""
        left = len(self._x) - int(self.state[st.POSITION])
        return -(-left // int(self.state[st.FULL_BATCH]))

    def total_steps(self) -> int:
        """Steps of the whole run, 0 if it has no end."""
        return self.setup.training.epochs * self.steps_per_epoch

    def rates(self, steps: int) -> np.ndarray:
        """The learning rates of the next steps, float32."""
        training = self.setup.training
        if training.schedule is None:
            return np.full(steps, training.learning_rate, np.float32)
        at = np.arange(self.step, self.step + steps)
        factors = training.schedule.factors(at, self.total_steps()) * self._remembered[0]
        return np.asarray(training.learning_rate * factors, np.float32)

    def run(self, steps: int) -> tuple[np.ndarray, np.ndarray]:
        """Do ``steps`` steps; gives each step's loss and its share of right answers, float32.

        Raises ``StudioError`` at the first loss that is no finite number; the parameters are then
        those before that step.
        """
        if steps <= 0:
            return EMPTY, EMPTY
        training = self.setup.training
        schedule = training.schedule
        watching = Watch.wanted(training)
        observing = schedule is not None and schedule.observes
        if not watching and not observing:
            return self._run(steps)
        parts = []
        while steps > 0 and not self.watch.stopped:
            left = self.steps_to_epoch_end()
            parts.append(self._run(min(steps, left)))
            steps -= min(steps, left)
            if int(self.state[st.POSITION]) == 0:
                if observing:
                    assert schedule is not None
                    self._remembered = schedule.observe(self._remembered, self._validation_loss())
                if watching:
                    self.watch = self.watch.observe(self)
        losses, right = zip(*parts, strict=True) if parts else ((), ())
        return np.concatenate([*losses, EMPTY]), np.concatenate([*right, EMPTY])

    def finish(self) -> bool:
        """Training has come to its end: the best weights come back, if they were kept (True)."""
        return self.watch.finish(self)

    def _validation_loss(self) -> float:
        """The loss on (at most so many of) the validation examples; on the training set if there
        are none."""
        part = self.data.valid if len(self.data.valid) else self.data.train
        some = Part(part.x[:OBSERVED], part.y[:OBSERVED])
        return scoring.score(self, some)[0]

    def _run(self, steps: int) -> tuple[np.ndarray, np.ndarray]:
        rates = self.rates(steps)
        losses = np.empty(steps, np.float32)
        right = np.empty(steps, np.float32)
        c = self._control
        c[vm.RATES] = rates.ctypes.data
        c[vm.LOSSES] = losses.ctypes.data
        c[vm.RIGHT] = right.ctypes.data
        c[vm.STEPS] = steps
        if self.program.shards > 1 and self.threads > 1:
            done = self._run_together(steps)
        else:
            done = vm.run(c.ctypes.data)
        if c[vm.STATUS] == 1:
            raise not_finite(self, float(rates[min(done, steps - 1)]))
        return losses[:done], right[:done]

    def _run_together(self, steps: int) -> int:
        """Do the steps, with the helpers where that is faster."""
        if self._helpers is None:
            vm.help_run.load()
            self._helpers = Helpers(self.threads - 1)
        c = self._control
        done = 0
        while True:
            together, c[vm.STEPS] = self._teamwork.choose(steps - done)
            c[vm.ALONE] = 0 if together else 1
            if together:
                self._helpers.call(c.ctypes.data)
            begin = time.perf_counter()
            some = vm.run(c.ctypes.data)
            helped = together and int(c[vm.ACTIVE]) > 1
            self._teamwork.record(together, helped, some, time.perf_counter() - begin)
            done += some
            if done == steps or some < c[vm.STEPS] or c[vm.STOP] != 0:
                return done
            for word in (vm.RATES, vm.LOSSES, vm.RIGHT):
                c[word] += 4 * some  # the next steps' float32

    def reset(self) -> None:
        """Back to step 0 with the seed's initial weights."""
        self.watch = Watch()
        self._fill(initial_parameters(self.setup.network, self.setup.training.seed))
        for at, size in self.program.slot_regions:
            self.memory[at : at + size] = 0
        for word in (st.STEP, st.EPOCH, st.POSITION, st.UPDATES):
            self.state[word] = 0
        self._remembered = schedule_memory(self.setup)
        self._stash.clear()

    # --- keyframes ---

    def keyframe(self) -> Keyframe:
        """A copy of everything that decides how training goes on."""
        begin, end = self.program.parameter_region
        words = (st.STEP, st.EPOCH, st.POSITION, st.UPDATES)
        average = self._average()
        return Keyframe(
            self.memory[begin:end].copy(),
            np.concatenate(
                [self.memory[at : at + n] for at, n in self.program.slot_regions] or [EMPTY]
            ),
            tuple(int(self.state[word]) for word in words),  # type: ignore[arg-type]
            self._remembered,
            average.copy() if len(average) else EMPTY,
            self.watch,
        )

    def _average(self) -> np.ndarray:
        """The running means of the trainable parameters, a view; empty where none are kept."""
        at, begin = self.program.average_region, self.program.parameter_region[0]
        return self.memory[at : begin + self.program.gradient_shift] if at >= 0 else EMPTY

    def restore(self, keyframe: Keyframe) -> None:
        """Go back to a keyframe of this program; the next steps repeat exactly."""
        begin, end = self.program.parameter_region
        self.memory[begin:end] = keyframe.parameters
        at = 0
        for offset, size in self.program.slot_regions:
            self.memory[offset : offset + size] = keyframe.slots[at : at + size]
            at += size
        words = (st.STEP, st.EPOCH, st.POSITION, st.UPDATES)
        for word, value in zip(words, keyframe.counters, strict=True):
            self.state[word] = value
        fresh = schedule_memory(self.setup)
        self._remembered = keyframe.schedule if len(keyframe.schedule) == len(fresh) else fresh
        average = self._average()
        if len(keyframe.average) == len(average):
            average[:] = keyframe.average
        self.watch = keyframe.watch
        if not 0 <= self.state[st.POSITION] < len(self._x):  # of other data: a new epoch
            self.state[st.POSITION] = 0
        if self.state[st.POSITION] > 0:  # the order of an epoch begun earlier
            self._reshuffle()

    def _reshuffle(self) -> None:
        """Make the present epoch's order again."""
        vm.reshuffle(self.state.ctypes.data)

    def probe(self) -> Probe:
        """A probe over the present parameters."""
        if self._probe is None or self._probe.network != self.setup.network:
            self._probe = Probe(self.setup.network)
        self._probe.load(self.prediction_parameters())
        return self._probe

    def prediction_parameters(self) -> dict[Key, np.ndarray]:
        """What predictions are made with: the running means where they are kept."""
        begin, at = self.program.parameter_region[0], self.program.average_region
        if at < 0 or self.state[st.UPDATES] == 0:
            return self.parameters
        found = dict(self.parameters)
        for key, (offset, p) in self.program.parameters.items():
            if p.trainable:
                start = at + offset - begin
                if not self.setup.network[key[0]].frozen:
                    found[key] = self.memory[start : start + p.size].reshape(p.shape)
        return found

    def _retire(self) -> None:
        if self._helpers is not None:
            self._helpers.release(self._control)

    def share(self, threads: int) -> None:
        """Use so many threads from now on; 0: one a core. The results stay the same."""
        self.close()
        self.threads = threads or usable_cores()

    def close(self) -> None:
        """End the helper threads."""
        if self._helpers is not None:
            self._retire()
            self._helpers.close()
            self._helpers = None
