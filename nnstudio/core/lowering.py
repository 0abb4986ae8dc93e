"""A network as a list of operations: what exporters walk over.

Formats disagree about where channels stand. ``Layouts`` keeps every value in the layout in which
it was made and converts it, once, where somebody needs the other one.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from nnstudio.core.contracts import Shape, activations
from nnstudio.core.ops import Activate as Activation
from nnstudio.core.ops import (
    ChannelNorm,
    Combine,
    Convolution,
    Enlarge,
    GlobalPool,
    Join,
    Noise,
    Op,
    Pad,
    Pool,
    Slope,
    TransposedConvolution,
)

if TYPE_CHECKING:
    from nnstudio.core.network import Network

T = TypeVar("T")

#: Where channels stand among an example's axes.
FIRST, LAST = "first", "last"
#: Operations that other programs do with channels first, and those that can do with either.
CHANNELS_FIRST = (Convolution, TransposedConvolution, Pool, GlobalPool, Pad, Enlarge)
EITHER = (Activation, ChannelNorm, Slope, Combine, Join, Noise)


def activation_ops(name: str) -> tuple[Op, ...]:
    """The operations of an activation that a layer applies by name; none for ``"linear"``."""
    return activations()[name]().operations()


@dataclass(frozen=True)
class Step:
    """One operation in its place. Values are named after their nodes; ``name``.z is what a node
    gives before its activation. ``shapes`` are those of the inputs, ``shape`` of the output."""

    op: Op
    node: str
    inputs: tuple[str, ...]
    output: str
    shapes: tuple[Shape, ...]
    shape: Shape
    kept_shape: Shape | None = None  # of the first parameter, as the layer holds it


@dataclass(frozen=True)
class Lowered:
    """All steps in order; ``input`` and ``output`` name values."""

    steps: tuple[Step, ...]
    input: str
    input_shape: Shape
    output: str
    output_shape: Shape


def lower(network: Network, *, training: bool = False) -> Lowered:
    """The operations of a sound network; raises the first error of another.

    Noise is left out unless it is for ``training``.
    """
    network.check()
    steps: list[Step] = []
    values: dict[str, str] = {}
    for node in network.nodes:
        facts = network.facts[node.id]
        assert facts.shape is not None
        inputs = tuple(values[name] for name in node.inputs)
        shapes = facts.input_shapes
        ops = [
            op
            for op in node.layer.operations(*facts.input_shapes)
            if training or not isinstance(op, Noise)
        ]
        for number, op in enumerate(ops, 1):
            output = node.id if number == len(ops) else f"{node.id}.z"
            kept = facts.parameters[0].shape if facts.parameters else None
            steps.append(Step(op, node.id, inputs, output, shapes, facts.shape, kept))
            inputs, shapes = (output,), (facts.shape,)
        values[node.id] = inputs[0] if inputs else node.id
    first, last = network.facts[network.input.id].shape, network.output_shape
    assert first is not None and last is not None
    return Lowered(tuple(steps), network.input.id, first, values[network.output.id], last)


class Layouts(Generic[T]):
    """What each value is called in the format being written, in either layout.

    ``convert(thing, to, axes)`` writes a transposition of an example with so many axes.
    """

    def __init__(self, convert: Callable[[T, str, int], T]) -> None:
        self._convert = convert
        self._made: dict[str, dict[str, T]] = {}
        self._axes: dict[str, int] = {}

    def put(self, name: str, thing: T, layout: str, shape: Shape) -> None:
        """A value was made in a layout; with a single axis both are the same."""
        layouts = (FIRST, LAST) if len(shape) == 1 else (layout,)
        self._made[name] = dict.fromkeys(layouts, thing)
        self._axes[name] = len(shape)

    def layout(self, name: str) -> str:
        """The layout that a value is in."""
        return next(iter(self._made[name]))

    def get(self, name: str, layout: str) -> T:
        """The value in a layout, converted if it is not there yet."""
        made = self._made[name]
        if layout not in made:
            made[layout] = self._convert(next(iter(made.values())), layout, self._axes[name])
        return made[layout]

    def wanted(self, step: Step) -> str:
        """The layout in which to do a step."""
        if isinstance(step.op, CHANNELS_FIRST):
            return FIRST
        by_row = isinstance(step.op, Activation) and step.op.name == "softmax"
        if not isinstance(step.op, EITHER) or by_row or len(step.shape) == 1:
            return LAST
        return FIRST if any(self.layout(name) == FIRST for name in step.inputs) else LAST


def channel_first(axis: int, axes: int) -> int:
    """Where an axis of a channels-last example stands with channels first, counted from 0."""
    return 0 if axis == axes - 1 else axis + 1


def identifiers(names: Iterable[str], taken: Iterable[str] = ()) -> dict[str, str]:
    """A Python identifier for each name, all different."""
    found: dict[str, str] = {}
    used = set(taken)
    for name in names:
        stem = re.sub(r"\W", "_", name, flags=re.ASCII) or "layer"
        if stem[0].isdigit() or keyword.iskeyword(stem):
            stem = f"_{stem}"
        made, number = stem, 2
        while made in used:
            made, number = f"{stem}_{number}", number + 1
        used.add(made)
        found[name] = made
    return found
