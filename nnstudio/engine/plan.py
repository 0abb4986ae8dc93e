"""The planner: Network + batch size -> Program, an arena's layout and the tape that runs in it.

One float32 array holds everything, each role in its own region::

    hyper | parameters | optimizer slots | gradients x shards | shared | shard 0 | shard 1 | ...

A shard's region holds its examples' values, gradients of values, and scratch. Places whose
lifetimes on the tape do not overlap share memory.

A step runs in *phases*; a phase is a list of *tasks* that any thread may take, in any order, so
the result does not depend on how many threads there are; a task is a run of rows. All shards'
forward, loss and backward rows are the first phase (cut where a layer needs sums over the whole
batch), the optimizer's runs of parameters the last.

The number of shards and of optimizer tasks follows from network and batch alone.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nnstudio.core.contracts import Loss, Optimizer, Parameter, Shape, activations
from nnstudio.core.jit import Kernel
from nnstudio.core.network import Network
from nnstudio.core.text import StudioError, mark
from nnstudio.engine import rows as common

#: Columns of the tape: the kernel's address and up to 31 arguments.
COLUMNS = 32
#: Room after every region that vector stores may run into.
SLACK = 8
ALIGN = 16
#: Names of the hyper region: numbers that change while training, at fixed places.
HYPER = ("learning_rate", "l1", "l2")
HYPER_SIZE = 64
#: A plan over this is refused; a school laptop has 4 GB.
MEMORY_LIMIT = 2 * 1024**3
#: Parameters in one optimizer task: what fits the second-level cache with its slots.
OPTIMIZER_CHUNK = 16384
#: A step of fewer multiply-adds than this is not worth a second thread.
SHARD_WORK = 1_500_000


class Place:
    """Somewhere in the arena; ``offset`` is known when the plan is finished."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.offset = -1
        self.first_use = -1
        self.last_use = -1
        self.keep = False


class Fixed(Place):
    """A place outside the shards, the same for all of them."""


@dataclass
class PerShard:
    """An argument that differs from shard to shard: ``base + stride * shard``."""

    base: int
    stride: int


class Gradient:
    """The gradient of a value, as an argument; resolved when backward rows are laid out."""

    def __init__(self, tensor: Tensor) -> None:
        self.tensor = tensor


class Tensor:
    """A value: ``size`` numbers an example, in each shard."""

    def __init__(self, shape: Shape, needs_gradient: bool, place: Place | None = None) -> None:
        self.shape = shape
        self.needs_gradient = needs_gradient
        self.place = place or Place(0)
        self.root: Tensor = self
        self.logits: tuple[str, Tensor] | None = None
        self.gradient_place: Place | None = None

    @property
    def size(self) -> int:
        """Numbers an example."""
        return math.prod(self.shape)

    @property
    def grad(self) -> Gradient:
        """The place of the loss's derivative by this value."""
        return Gradient(self.root)


class ParameterPlace(Fixed):
    """A parameter's place, with that of its gradient (one a shard)."""

    def __init__(self, node: str, parameter: Parameter) -> None:
        super().__init__(parameter.size)
        self.node = node
        self.parameter = parameter
        self.grad = Fixed(parameter.size)


@dataclass
class Row:
    """One operation: a kernel and its arguments, still symbolic."""

    kernel: Kernel
    arguments: tuple[Any, ...]
    inputs: tuple[Tensor, ...] = ()


@dataclass(frozen=True)
class Segment:
    """A run of parameters that an optimizer updates in one task: offsets and size in floats."""

    parameter: int
    gradient: int
    slots: tuple[int, ...]
    size: int


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
    constants: list[tuple[int, float]]
    loss_places: list[int]
    output: int  # place of the network's output in shard 0
    values: dict[str, tuple[int, Shape]] = field(default_factory=dict)
    kernels: list[Kernel] = field(default_factory=list)
    input_place: int = -1

    @property
    def memory_bytes(self) -> int:
        """Bytes of the arena."""
        return 4 * self.size


def _align(size: int) -> int:
    return -(-size // ALIGN) * ALIGN


def shard_count(network: Network, batch: int) -> int:
    """How many shards a step is cut into: 1 for small steps, 2 to 4 for steps over about 1 ms."""
    work = network.flops // 2 * 3 * batch
    if work < SHARD_WORK or batch < 8:
        return 1
    return 4 if work > 100 * SHARD_WORK and batch >= 64 else 2


class Planner:
    """Collects what layers, loss and optimizer lower themselves to."""

    def __init__(self, network: Network, batch: int, training: bool, shards: int) -> None:
        network.check()
        self.network = network
        self.batch = batch
        self.training = training
        self.shards = shards
        self.per_shard = -(-batch // shards)
        self.first = PerShard(0, self.per_shard)
        self.forward_rows: list[Row] = []
        self.backward_rows: list[Row] = []
        self.places: list[Place] = []
        self.shared: list[Fixed] = []
        self.constants: dict[float, Fixed] = {}
        self.constant_room = _align(64 + 8 * len(network.nodes))
        self.tensors: dict[str, Tensor] = {}
        self.parameters: dict[tuple[str, str], ParameterPlace] = {}
        self._node = ""
        self._needs_gradient = False

    # --- what layers call (core/contracts.py: Plan) ---

    def parameter(self, name: str) -> ParameterPlace:
        """The current node's parameter."""
        return self.parameters[self._node, name]

    def tensor(self, shape: Shape) -> Tensor:
        """A new value."""
        tensor = Tensor(shape, self._needs_gradient)
        tensor.place = self._place(tensor.size * self.per_shard)
        return tensor

    def reshaped(self, x: Tensor, shape: Shape) -> Tensor:
        """The same value under another shape."""
        view = Tensor(shape, x.needs_gradient, x.place)
        view.root = x.root
        return view

    def scratch(self, size: int) -> Place:
        """Room for ``size`` floats an example, kept from forward to backward."""
        return self._place(size * self.per_shard)

    def workspace(self, size: int) -> Place:
        """Room for ``size`` floats in all, used within one row."""
        return self._place(size)

    def _place(self, size: int) -> Place:
        place = Place(_align(size + SLACK))
        self.places.append(place)
        return place

    def constant(self, value: float) -> Fixed:
        """A place that holds a float; equal ones share it."""
        if value not in self.constants:
            place = Fixed(1)
            place.offset = HYPER_SIZE + len(self.constants)
            self.constants[value] = place
            assert len(self.constants) <= self.constant_room
        return self.constants[value]

    def stream(self) -> int:
        """A number for the current node's random numbers, stable across edits elsewhere."""
        return zlib.crc32(self._node.encode())

    def hyper(self, name: str) -> Fixed:
        """A number that changes while training, such as ``"learning_rate"``."""
        place = Fixed(1)
        place.offset = HYPER.index(name)
        return place

    def forward(self, kernel: Kernel, *arguments: Any) -> None:
        """Append a forward row."""
        self.forward_rows.append(Row(kernel, arguments))

    def backward(self, kernel: Kernel, *arguments: Any, inputs: Sequence[Tensor] = ()) -> None:
        """Append a backward row; they run in reverse order of this call."""
        if self.training:
            self.backward_rows.append(Row(kernel, arguments, tuple(x.root for x in inputs)))

    def activate(self, name: str, z: Tensor) -> Tensor:
        """Append an activation."""
        cls = activations()[name]
        result: Tensor = cls().lower(self, z)  # type: ignore[arg-type]
        return result

    # --- building ---

    def lower_network(self) -> Tensor:
        """Lower every node in order; gives the output."""
        for node in self.network.nodes:
            for parameter in self.network.facts[node.id].parameters:
                self.parameters[node.id, parameter.name] = ParameterPlace(node.id, parameter)
        for node in self.network.nodes:
            inputs = [self.tensors[name] for name in node.inputs]
            self._node = node.id
            trained = any(p.trainable for p in self.network.facts[node.id].parameters)
            self._needs_gradient = self.training and (
                trained or any(x.needs_gradient for x in inputs)
            )
            self.tensors[node.id] = node.layer.lower(self, *inputs)  # type: ignore[arg-type]
        return self.tensors[self.network.output.id]

    def ordered_backward(self) -> list[Row]:
        """The backward rows as they run, with gradients resolved to places or −1."""
        parameter_gradients = {place.grad for place in self.parameters.values()}
        result: list[Row] = []
        for row in reversed(self.backward_rows):
            arriving = {
                a.tensor for a in row.arguments if isinstance(a, Gradient)
            } - set(row.inputs)
            if any(tensor.gradient_place is None for tensor in arriving):
                continue  # no gradient arrives here: the loss does not depend on it
            sums: list[Row] = []
            chosen: dict[Tensor, Place | None] = {}
            for x in row.inputs:
                if not x.needs_gradient:
                    chosen[x] = None
                elif x.gradient_place is None:
                    x.gradient_place = self._place(x.size * self.per_shard)
                    chosen[x] = x.gradient_place
                else:  # read more than once: compute apart, then add up
                    part = self._place(x.size * self.per_shard)
                    chosen[x] = part
                    sums.append(Row(common.accumulate, (x.gradient_place, part, x.size)))
            trains = any(a in parameter_gradients for a in row.arguments if isinstance(a, Fixed))
            if row.inputs and not trains and all(p is None for p in chosen.values()):
                continue
            arguments = tuple(
                (chosen[a.tensor] if a.tensor in chosen else a.tensor.gradient_place)
                if isinstance(a, Gradient)
                else a
                for a in row.arguments
            )
            result.append(Row(row.kernel, arguments))
            result.extend(sums)
        return result


def _share_memory(rows: list[Row], places: list[Place], begin: int) -> int:
    """Give every place of a shard an offset; places never alive together may share one.

    First fit over lifetimes, large places first. Gives the shard's size.
    """
    for number, row in enumerate(rows):
        for argument in row.arguments:
            place = argument.place if isinstance(argument, Tensor) else argument
            if isinstance(place, Place) and not isinstance(place, Fixed):
                if place.first_use < 0:
                    place.first_use = number
                place.last_use = number
    used = [p for p in places if p.first_use >= 0 or p.keep]
    for place in used:
        if place.keep:
            place.last_use = len(rows)
            place.first_use = max(place.first_use, 0) if place.first_use >= 0 else 0
    end = begin
    laid: list[Place] = []
    for place in sorted(used, key=lambda p: (-p.size, p.first_use)):
        overlapping = sorted(
            (
                (other.offset, other.size)
                for other in laid
                if other.first_use <= place.last_use and place.first_use <= other.last_use
            )
        )
        offset = begin
        for start, size in overlapping:
            if offset + place.size <= start:
                break
            offset = max(offset, start + size)
        place.offset = offset
        laid.append(place)
        end = max(end, offset + place.size)
    return end - begin


def plan(
    network: Network,
    batch: int,
    *,
    loss: Loss | None = None,
    optimizer: Optimizer | None = None,
    task: str = "regression",
    targets: int = 1,
    gather: Kernel | None = None,
    scale: float = 1.0,
    shift: float = 0.0,
    keep: Sequence[str] = (),
    memory_limit: int = MEMORY_LIMIT,
) -> Program:
    """Plan training (with ``loss``, ``optimizer`` and ``gather``) or prediction (without).

    ``targets`` is the width of the data's ``y``. ``keep`` names nodes whose values must still be
    there when a prediction ends. Raises ``StudioError`` for an unsound network and for a plan
    that would need more than ``memory_limit`` bytes.
    """
    training = loss is not None
    shards = shard_count(network, batch) if training else 1
    planner = Planner(network, batch, training, shards)
    output = planner.lower_network()

    # Parameters, those that L1 and L2 act on first, in one region; gradients mirror it.
    def rank(place: ParameterPlace) -> int:
        kind = place.parameter
        return 2 if not kind.trainable else 0 if kind.regularized else 1

    ordered = sorted(planner.parameters.values(), key=rank)
    at = HYPER_SIZE + planner.constant_room
    begin = at
    ends = [at, at, at]
    for place in ordered:
        place.offset = at
        at += _align(place.size + SLACK)
        for r in range(rank(place), 3):
            ends[r] = at
    region = (begin, at)
    trainable_size = ends[1] - begin

    slots = optimizer.slots if optimizer else 0
    slot_regions = [(at + i * trainable_size, trainable_size) for i in range(slots)]
    at += slots * trainable_size
    gradients = at
    if training:
        at += shards * trainable_size
    for place in ordered:
        place.grad.offset = gradients + place.offset - begin
    loss_at = at
    at += _align(2 * shards + SLACK)

    head: list[Row] = []
    rows: list[Row]
    source = planner.tensors[network.input.id]
    if training:
        assert gather is not None and loss is not None and optimizer is not None
        target = Tensor((targets,), False)
        target.place = planner._place(targets * planner.per_shard)
        factor, bias = planner.constant(scale), planner.constant(shift)
        head = [
            Row(gather, (source, source.size, planner.first, factor, bias)),
            Row(common.gather_targets, (target, targets, planner.first)),
        ]
        before = len(planner.forward_rows)
        planner._node = "loss"
        sums = PerShard(loss_at, 2)
        loss.lower(planner, output, target, sums, task)  # type: ignore[arg-type]
        loss_rows = planner.forward_rows[before:]
        del planner.forward_rows[before:]
        loss_rows = _resolve_loss(planner, loss_rows)
        rows = head + planner.forward_rows + loss_rows + planner.ordered_backward()
    else:
        rows = list(planner.forward_rows)
        source.place.keep = True
        for name in (*keep, network.output.id):
            planner.tensors[name].place.keep = True
    shard_size = _share_memory(rows, planner.places, at)
    size = at + shard_size * shards + SLACK
    if 4 * size > memory_limit:
        raise StudioError(
            mark(
                "This network would need {need} MB for training, and the limit is {limit} MB. "
                "Reduce the batch size (now {batch}) or the largest layer."
            ),
            need=f"{4 * size / 1e6:,.0f}",
            limit=f"{memory_limit / 1e6:,.0f}",
            batch=batch,
        )

    tape: list[list[int]] = []
    tasks: list[tuple[int, int, int, int]] = []
    phases: list[tuple[int, int]] = []
    stride = shard_size
    gradient_stride = trainable_size
    gradient_places = {id(p.grad) for p in ordered}

    def value_of(argument: Any, shard: int) -> int:
        if argument is None:
            return -1
        if isinstance(argument, PerShard):
            return argument.base + argument.stride * shard
        if isinstance(argument, Tensor):
            argument = argument.place
        if isinstance(argument, Fixed):
            moved = gradient_stride * shard if id(argument) in gradient_places else 0
            return argument.offset + moved
        if isinstance(argument, Place):
            return argument.offset + stride * shard
        return int(argument)

    def emit(row: Row, shard: int) -> None:
        line = [row.kernel.address, *(value_of(a, shard) for a in row.arguments)]
        tape.append(line + [0] * (COLUMNS - len(line)))

    for shard in range(shards):
        start = len(tape)
        for row in rows:
            emit(row, shard)
        first = shard * planner.per_shard
        tasks.append((start, len(tape), first, min(planner.per_shard, max(batch - first, 0))))
    phases.append((0, len(tasks)))
    update_phase = len(phases)
    used = [row.kernel for row in rows]
    if training:
        assert optimizer is not None
        first_task = len(tasks)
        for low, high, regularized in ((begin, ends[0], True), (ends[0], ends[1], False)):
            for start_at in range(low, high, OPTIMIZER_CHUNK):
                end_at = min(start_at + OPTIMIZER_CHUNK, high)
                shift_by = start_at - begin
                segment = Segment(
                    start_at,
                    gradients + shift_by,
                    tuple(slot + shift_by for slot, _ in slot_regions),
                    end_at - start_at,
                )
                planner.forward_rows = []
                _lower_gradient(planner, segment, shards, trainable_size, regularized)
                optimizer.lower(planner, segment)  # type: ignore[arg-type]
                start = len(tape)
                for row in planner.forward_rows:
                    emit(row, 0)
                    used.append(row.kernel)
                tasks.append((start, len(tape), 0, 0))
        phases.append((first_task, len(tasks)))
    return Program(
        rows=np.array(tape, np.int64).reshape(-1, COLUMNS),
        tasks=np.array(tasks, np.int64).reshape(-1, 4),
        phases=np.array(phases, np.int64).reshape(-1, 2),
        update_phase=update_phase,
        size=size,
        batch=batch,
        shards=shards,
        parameters={key: (p.offset, p.parameter) for key, p in planner.parameters.items()},
        parameter_region=region,
        slot_regions=slot_regions,
        constants=[(place.offset, value) for value, place in planner.constants.items()],
        loss_places=[loss_at + 2 * shard for shard in range(shards)] if training else [],
        output=output.place.offset,
        values={name: (t.place.offset, t.shape) for name, t in planner.tensors.items()},
        kernels=list(dict.fromkeys(used)),
        input_place=source.place.offset,
    )


def _resolve_loss(planner: Planner, rows: list[Row]) -> list[Row]:
    """The loss is the first to write gradients: give them their places."""
    result = []
    for row in rows:
        arguments = []
        for argument in row.arguments:
            if isinstance(argument, Gradient):
                x = argument.tensor
                x.gradient_place = planner._place(x.size * planner.per_shard)
                argument = x.gradient_place
            arguments.append(argument)
        result.append(Row(row.kernel, tuple(arguments)))
    return result


def _lower_gradient(
    planner: Planner, segment: Segment, shards: int, stride: int, regularized: bool
) -> None:
    """Sum the shards' gradients in fixed order, and add what L1 and L2 ask for."""
    if shards > 1:
        planner.forward(
            common.sum_shards, segment.gradient, segment.size, shards, stride
        )
    if regularized:
        planner.forward(
            common.regularize,
            segment.parameter, segment.gradient, segment.size,
            planner.hyper("l1"), planner.hyper("l2"),
        )  # fmt: skip
