"""Where everything outside the shards lies in the arena.

Parameters come in an order that makes the optimizer's runs long: first those that L1 and L2 act
on, then the other learning ones, each by learning-rate factor, then the frozen, last those that a
layer keeps for itself. Optimizer slots, gradients and running means mirror the first three.
"""

from __future__ import annotations

from dataclasses import dataclass

from nnstudio.core.compiled.jit import Kernel
from nnstudio.core.contracts import Loss, Optimizer
from nnstudio.core.recipes.recipe import Augmentation
from nnstudio.engine.planner import HYPER_SIZE, SLACK, ParameterPlace, Planner, align

#: Parameters in one optimizer task: what fits the second-level cache with its slots.
OPTIMIZER_CHUNK = 16384


@dataclass(frozen=True)
class Segment:
    """A run of parameters that an optimizer updates in one task: offsets and size in floats.

    ``regularized`` says whether they are weights that feel weight decay, or biases and the like,
    ``summed`` whether every shard has a gradient of its own.
    """

    parameter: int
    gradient: int
    slots: tuple[int, ...]
    size: int
    regularized: bool = True
    rate_factor: float = 1.0
    summed: bool = True


@dataclass(frozen=True)
class Training:
    """What a plan needs to know to train: ``targets`` is the width of the data's ``y``.

    ``clip_value`` and ``clip_norm`` limit the gradient, ``max_norm`` each unit's incoming weights,
    and ``averaging`` keeps a running mean of the weights; 0 leaves each out. ``augmentation``
    changes images as they are gathered.
    """

    loss: Loss
    optimizer: Optimizer
    task: str
    targets: int
    gather: Kernel
    scale: float = 1.0
    shift: float = 0.0
    clip_value: float = 0.0
    clip_norm: float = 0.0
    max_norm: float = 0.0
    averaging: float = 0.0
    augmentation: Augmentation | None = None


class Layout:
    """Offsets and sizes in floats."""

    def __init__(self, planner: Planner, training: Training | None) -> None:
        def rank(place: ParameterPlace) -> tuple[int, float, bool]:
            if not place.parameter.trainable:
                return (3, 0.0, False)
            if not place.learns:
                return (2, 0.0, False)
            return (0 if place.parameter.regularized else 1, place.rate_factor, not place.whole)

        self.ordered = sorted(planner.parameters.values(), key=rank)
        at = HYPER_SIZE + planner.constant_room
        self.begin = at
        # begin, end, regularized, factor, one gradient a shard
        self.runs: list[tuple[int, int, bool, float, bool]] = []
        self.trainable_end = at
        before = None
        for place in self.ordered:
            place.offset = at
            at += align(place.size + SLACK)
            kind = rank(place)
            if kind[0] < 2:
                if kind == before:
                    self.runs[-1] = (self.runs[-1][0], at, *self.runs[-1][2:])
                else:
                    self.runs.append((place.offset, at, kind[0] == 0, *kind[1:]))
            before = kind
            if kind[0] < 3:
                self.trainable_end = at
        self.parameters_end = at
        size = self.trainable_size = self.trainable_end - self.begin
        slots = training.optimizer.slots if training else 0
        self.slots = [(at + i * size, size) for i in range(slots)]
        at += slots * size
        self.average = -1
        if training and training.averaging > 0:
            self.average = at
            at += size
        self.gradients = at
        if planner.differentiate:
            at += planner.shards * size
        for place in self.ordered:
            place.grad.offset = self.gradients + place.offset - self.begin
        self.shard_gradients = {place.grad for place in self.ordered}
        self.loss = at
        at += align(2 * planner.shards + SLACK)
        self.norms = at  # one squared norm of the gradient for each segment
        at += align(len(self.segments()) + SLACK)
        self.rates = at  # one learning rate for each segment with a factor of its own
        at += align(len(self.segments()) + SLACK)
        for room in planner.shared_places:
            room.offset = at
            at += room.size
        self.end = at

    def segments(self) -> list[Segment]:
        """Runs of parameters for the optimizer's tasks."""
        found = []
        for low, high, regularized, factor, summed in self.runs:
            for start in range(low, high, OPTIMIZER_CHUNK):
                shift = start - self.begin
                slots = tuple(slot + shift for slot, _ in self.slots)
                size = min(OPTIMIZER_CHUNK, high - start)
                gradient = self.gradients + shift
                found.append(Segment(start, gradient, slots, size, regularized, factor, summed))
        return found
