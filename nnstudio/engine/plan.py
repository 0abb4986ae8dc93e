"""From planned rows to a Program: the arena's layout and the tape that runs in it.

One float32 array holds everything, each role in its own region::

    hyper | constants | parameters | optimizer slots | gradients x shards | loss | shard 0 | ...

A shard's region holds its examples' values, gradients of values, and scratch. Places whose
lifetimes on the tape do not overlap share memory.

A step runs in *phases*; a phase is a list of *tasks* that any thread may take, in any order, so
the result does not depend on how many threads there are; a task is a run of rows. All shards'
forward, loss and backward rows are the first phases, cut where shards must meet; the optimizer's
runs of parameters (``engine/update.py``) the last.
The number of shards and of optimizer tasks follows from network and batch alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nnstudio.core.compiled.jit import Kernel
from nnstudio.core.contracts import Loss, Parameter, Shape
from nnstudio.core.network import Network
from nnstudio.core.text import StudioError, mark
from nnstudio.engine import augment
from nnstudio.engine import rows as common
from nnstudio.engine.layout import Layout, Training
from nnstudio.engine.lifetimes import share_memory
from nnstudio.engine.planner import (
    SLACK,
    Fixed,
    Gradient,
    GradientStride,
    OfFirstShard,
    PerShard,
    Place,
    Planner,
    Row,
    ShardStride,
    Shared,
    Tensor,
)
from nnstudio.engine.update import update_phases

#: Columns of the tape: the kernel's address and up to 47 arguments.
COLUMNS = 48
#: A plan over this is refused; a school laptop has 4 GB.
MEMORY_LIMIT = 2 * 1024**3
#: A step of fewer multiply-adds than this is not worth a second thread.
SHARD_WORK = 1_500_000
#: More shards than two only where one's values and their gradients would take more bytes than this
#: (a core's cache holds about as much), and where its parameters' gradients, one set a shard, stay
#: small beside them.
SHARD_BYTES = 6 * 1024**2
MOST_SHARDS, LEAST_EXAMPLES = 8, 8


@dataclass
class Program:
    """What the virtual machine runs; see ``engine/vm.py``. Offsets and sizes are in floats."""

    rows: np.ndarray  # (rows, COLUMNS) int64
    tasks: np.ndarray  # (tasks, 4) int64: first row, end row, first example, most examples
    phases: np.ndarray  # (phases, 2) int64: first task, end task
    update_phase: int  # the first phase that changes parameters
    size: int  # of the arena
    batch: int
    shards: int
    parameters: dict[tuple[str, str], tuple[int, Parameter]]
    parameter_region: tuple[int, int]
    slot_regions: list[tuple[int, int]]
    average_region: int  # the running means of the trainable parameters, −1 if there are none
    gradient_shift: int  # from a trainable parameter to its gradient (in shard 0)
    constants: list[tuple[int, float]]
    loss_places: list[int]
    values: dict[str, tuple[int, Shape]]  # by node, in shard 0
    input_place: int
    input_gradient: int = -1
    output_gradient: int = -1
    gradients: dict[str, int] = field(default_factory=dict)  # by node that was to be kept
    target_place: int = -1
    loss_place: int = -1
    kernels: list[Kernel] = field(default_factory=list)

    @property
    def memory_bytes(self) -> int:
        """Bytes of the arena."""
        return 4 * self.size


@dataclass(frozen=True)
class Judged:
    """The loss that a prediction's gradient begins with: ``targets`` is the width of ``y``."""

    loss: Loss
    task: str
    targets: int


@dataclass
class _Ends:
    """Where a judged prediction has its targets and its loss."""

    target: Place | None = None
    loss: Place | None = None


def shard_count(network: Network, batch: int) -> int:
    """How many shards a step is cut into: 1 for small steps, 2 to 8 for steps over about 1 ms.

    Small shards keep large feature maps in the cache (a step of 128 MNIST digits through two
    convolutions: 1.2 times as fast in 8 shards as in 2), and a thread that something else on the
    machine holds up leaves more of them to the others.
    """
    work = network.flops // 2 * 3 * batch
    if work < SHARD_WORK or batch < 8:
        return 1
    shards = 4 if work > 100 * SHARD_WORK and batch >= 256 else 2
    values = 8 * batch * sum(math.prod(f.shape) for f in network.facts.values() if f.shape)
    gradients = 4 * network.parameter_count
    while (
        shards < MOST_SHARDS
        and batch >= 2 * LEAST_EXAMPLES * shards
        and values > SHARD_BYTES * shards
        and values > 8 * gradients * shards
    ):
        shards *= 2
    return shards


def plan(
    network: Network,
    batch: int,
    *,
    training: Training | None = None,
    differentiate: bool = False,
    dropping: bool = False,
    keep: Sequence[str] = (),
    judged: Judged | None = None,
    memory_limit: int = MEMORY_LIMIT,
) -> Program:
    """Plan training, or prediction (without ``training``).

    ``keep`` names nodes whose values must still be there when a prediction ends. With
    ``differentiate`` a prediction goes on backward, from an output gradient that the caller puts
    into ``output_gradient``, or, ``judged``, from the loss of targets in ``target_place``;
    ``dropping`` makes it behave as in training (dropout is on).
    Raises ``StudioError`` for an unsound network, and for a plan over ``memory_limit`` bytes.
    """
    shards = shard_count(network, batch) if training else 1
    planner = Planner(
        network, batch, training=training is not None or dropping,
        differentiate=training is not None or differentiate, shards=shards,
    )  # fmt: skip
    planner.input_gradient = differentiate
    output = planner.lower_network()
    layout = Layout(planner, training)
    ends = _Ends()
    rows = (
        _training_rows(planner, output, training, layout)
        if training
        else _prediction_rows(planner, output, keep, differentiate, judged, ends)
    )
    shard_size = share_memory(rows, planner.places, layout.end)
    size = layout.end + shard_size * shards + SLACK
    if 4 * size > memory_limit:
        raise StudioError(
            mark(
                "{optimizer} takes all {batch} examples in one step; that would need {need} MB, "
                "and the limit is {limit} MB. Choose an optimizer that takes batches, such as SGD."
            )
            if training and training.optimizer.whole_set
            else mark(
                "This network would need {need} MB for training, and the limit is {limit} MB. "
                "Reduce the batch size (now {batch}) or the largest layer."
            ),
            optimizer=training.optimizer.label if training else "",
            need=f"{4 * size / 1e6:,.0f}",
            limit=f"{memory_limit / 1e6:,.0f}",
            batch=batch,
        )
    tape = _Tape(planner, layout, shard_size)
    for part in _between_meetings(rows):
        for shard in range(shards):
            first = shard * planner.examples
            most = min(planner.examples, max(batch - first, 0))
            tape.add_task(part, shard, first, most)
        tape.end_phase()
    update_phase = len(tape.phases)
    if training:
        for phase in update_phases(planner, training, layout):
            for task in phase:
                tape.add_task(task, 0)
            tape.end_phase()
    source = planner.tensors[network.input.id]
    return Program(
        rows=np.array(tape.lines, np.int64).reshape(-1, COLUMNS),
        tasks=np.array(tape.tasks, np.int64).reshape(-1, 4),
        phases=np.array(tape.phases, np.int64).reshape(-1, 2),
        update_phase=update_phase,
        size=size,
        batch=batch,
        shards=shards,
        parameters={key: (p.offset, p.parameter) for key, p in planner.parameters.items()},
        parameter_region=(layout.begin, layout.parameters_end),
        slot_regions=layout.slots,
        average_region=layout.average,
        gradient_shift=layout.gradients - layout.begin,
        constants=planner.stored,
        loss_places=[layout.loss + 2 * shard for shard in range(shards)],
        values={name: (t.place.offset, t.shape) for name, t in planner.tensors.items()},
        input_place=source.place.offset,
        input_gradient=_offset(source.root.gradient_place),
        output_gradient=_offset(output.root.gradient_place),
        gradients={
            name: _offset(planner.tensors[name].root.gradient_place)
            for name in (keep if differentiate else ())
        },
        target_place=_offset(ends.target),
        loss_place=_offset(ends.loss),
        kernels=list(tape.kernels),
    )


def _offset(place: Place | None) -> int:
    return place.offset if place is not None else -1


def _between_meetings(rows: list[Row]) -> list[list[Row]]:
    """The rows, cut where all shards meet."""
    parts: list[list[Row]] = [[]]
    for row in rows:
        if row.kernel is None:
            parts.append([])
        else:
            parts[-1].append(row)
    return [part for part in parts if part]


class _Tape:
    """Rows with their arguments resolved, cut into tasks and phases."""

    def __init__(self, planner: Planner, layout: Layout, shard_size: int) -> None:
        self.layout = layout
        self.shard_size = shard_size
        self.lines: list[list[int]] = []
        self.tasks: list[tuple[int, int, int, int]] = []
        self.phases: list[tuple[int, int]] = []
        self.kernels: dict[Kernel, None] = {}

    def add_task(self, rows: list[Row], shard: int, first: int = 0, most: int = 0) -> None:
        """Append rows as one task for a shard that begins at example ``first`` of the batch."""
        start = len(self.lines)
        for row in rows:
            assert row.kernel is not None
            line = [row.kernel.address, *(self._resolve(a, shard) for a in row.arguments)]
            self.lines.append(line + [0] * (COLUMNS - len(line)))
            self.kernels[row.kernel] = None
        self.tasks.append((start, len(self.lines), first, most))

    def end_phase(self) -> None:
        """The tasks since the last call are one phase."""
        begin = self.phases[-1][1] if self.phases else 0
        self.phases.append((begin, len(self.tasks)))

    def _resolve(self, argument: Any, shard: int) -> int:
        if argument is None:
            return -1
        if isinstance(argument, PerShard):
            return argument.base + argument.stride * shard
        if isinstance(argument, Shared):
            return argument.first.offset + argument.stride * shard
        if isinstance(argument, OfFirstShard):
            return argument.place.offset
        if isinstance(argument, GradientStride):
            return self.layout.trainable_size
        if isinstance(argument, ShardStride):
            return self.shard_size
        if isinstance(argument, Tensor):
            argument = argument.place
        if isinstance(argument, Fixed):
            moved = self.layout.trainable_size if argument in self.layout.shard_gradients else 0
            return argument.offset + moved * shard
        if isinstance(argument, Place):
            return argument.offset + self.shard_size * shard
        return int(argument)


def _training_rows(
    planner: Planner, output: Tensor, training: Training, layout: Layout
) -> list[Row]:
    """One shard's rows of a step: gather, forward, loss, backward."""
    source = planner.tensors[planner.network.input.id]
    target = Tensor((training.targets,), False)
    target.place = planner.place(training.targets * planner.examples)
    factor, bias = planner.constant(training.scale), planner.constant(training.shift)
    how = training.augmentation
    changes = (*source.shape, planner.array(augment.numbers(how))) if how is not None else ()
    gather = [
        Row(training.gather, (source, source.size, planner.first, factor, bias, *changes)),
        Row(common.gather_targets, (target, training.targets, planner.first)),
    ]
    forward = planner.forward_rows
    planner.forward_rows = []
    training.loss.lower(planner, output, target, PerShard(layout.loss, 2), training.task)  # type: ignore[arg-type]
    loss = [_with_gradients(planner, row) for row in planner.forward_rows]
    return gather + forward + loss + planner.ordered_backward()


def _prediction_rows(
    planner: Planner,
    output: Tensor,
    keep: Sequence[str],
    differentiate: bool,
    judged: Judged | None,
    ends: _Ends,
) -> list[Row]:
    """The rows of a prediction, and of its gradient if asked for."""
    source = planner.tensors[planner.network.input.id]
    source.place.keep = True
    for name in (*keep, planner.network.output.id):
        planner.tensors[name].place.keep = True
    if not differentiate:
        return planner.forward_rows
    forward = planner.forward_rows
    if judged is None:
        output.root.gradient_place = planner.place(output.size * planner.examples)
        output.root.gradient_place.keep = True
    else:
        forward = forward + _judging_rows(planner, output, judged, ends)
    backward = planner.ordered_backward()
    for tensor in (source, *(planner.tensors[name] for name in keep)):
        if tensor.root.gradient_place is not None:
            tensor.root.gradient_place.keep = True
    return forward + backward


def _judging_rows(planner: Planner, output: Tensor, judged: Judged, ends: _Ends) -> list[Row]:
    """The loss of targets that the caller puts in place."""
    target = Tensor((judged.targets,), False)
    target.place = ends.target = planner.place(judged.targets * planner.examples)
    ends.loss = planner.place(2)
    ends.target.keep = ends.loss.keep = True
    planner.forward_rows = []
    judged.loss.lower(planner, output, target, ends.loss, judged.task)  # type: ignore[arg-type]
    return [_with_gradients(planner, row) for row in planner.forward_rows]


def _with_gradients(planner: Planner, row: Row) -> Row:
    """A loss's row, which is the first to write gradients: give them their places."""
    arguments = []
    for argument in row.arguments:
        if isinstance(argument, Gradient):
            x = argument.tensor
            x.gradient_place = planner.place(x.size * planner.examples)
            argument = x.gradient_place
        arguments.append(argument)
    return Row(row.kernel, tuple(arguments))
