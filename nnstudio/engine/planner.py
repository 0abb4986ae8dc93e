"""What layers, loss and optimizer lower themselves to: symbolic rows over symbolic places.

``engine/plan.py`` then gives every place an offset and writes the tape.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nnstudio.core.compiled.jit import Kernel
from nnstudio.core.contracts import Parameter, Shape, activations
from nnstudio.core.network import Network, Node
from nnstudio.engine import rows as common

#: Room after every region that vector stores may run into.
SLACK = 16
ALIGN = 16
#: Names of the hyper region: numbers that change while training, at fixed places.
HYPER = ("learning_rate", "l1", "l2")
HYPER_SIZE = 64


def align(size: int) -> int:
    """Round up to a cache line of floats."""
    return -(-size // ALIGN) * ALIGN


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


@dataclass(frozen=True)
class Shared:
    """An argument: a shard's part of a room that all shards can read."""

    first: Fixed
    stride: int


@dataclass(frozen=True)
class OfFirstShard:
    """An argument: the place of a parameter's gradient in the first shard, for every shard."""

    place: Place


class GradientStride:
    """An argument: floats from a parameter's gradient in one shard to that in the next."""


class ShardStride:
    """An argument: floats from a value or gradient of one shard to that of the next."""


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

    def __init__(self, node: Node, parameter: Parameter) -> None:
        super().__init__(parameter.size)
        self.parameter = parameter
        self.learns = parameter.trainable and not node.frozen
        self.rate_factor = node.rate_factor
        self.whole = False  # its gradient is computed whole, into that of the first shard
        self.grad = Fixed(parameter.size)


@dataclass
class Row:
    """One operation: a kernel and its arguments, still symbolic.

    Without a kernel it is a meeting point: no shard goes on before all have come here.
    """

    kernel: Kernel | None
    arguments: tuple[Any, ...] = ()
    inputs: tuple[Tensor, ...] = ()


class Planner:
    """Collects what layers, loss and optimizer lower themselves to."""

    def __init__(
        self, network: Network, batch: int, *, training: bool, differentiate: bool, shards: int
    ) -> None:
        network.check()
        self.network = network
        self.batch = batch
        self.training = training
        self.differentiate = differentiate
        self.input_gradient = False
        self.shards = shards
        self.examples = -(-batch // shards)
        self.first = PerShard(0, self.examples)
        self.forward_rows: list[Row] = []
        self.backward_rows: list[Row] = []
        self.places: list[Place] = []
        self.shared_places: list[Fixed] = []
        self.rate_place: Fixed | None = None
        self.constants: dict[float, Fixed] = {}
        self.stored: list[tuple[int, float]] = []  # offsets of constants, and their values
        outputs = math.prod(network.output_shape or ())  # a loss may keep a number for each
        self.constant_room = align(64 + 8 * len(network.nodes) + outputs)
        self.tensors: dict[str, Tensor] = {}
        self.parameters: dict[tuple[str, str], ParameterPlace] = {}
        self.node = ""
        self._needs_gradient = False

    # --- what layers call (core/contracts.py: Plan) ---

    def parameter(self, name: str) -> ParameterPlace:
        """The current node's parameter."""
        return self.parameters[self.node, name]

    def tensor(self, shape: Shape) -> Tensor:
        """A new value."""
        tensor = Tensor(shape, self._needs_gradient)
        tensor.place = self.place(tensor.size * self.examples)
        return tensor

    def reshaped(self, x: Tensor, shape: Shape) -> Tensor:
        """The same value under another shape."""
        view = Tensor(shape, x.needs_gradient, x.place)
        view.root = x.root
        return view

    def scratch(self, size: int) -> Place:
        """Room for ``size`` floats an example, kept from forward to backward."""
        return self.place(size * self.examples)

    def workspace(self, size: int) -> Place:
        """Room for ``size`` floats in all, used within one row."""
        return self.place(size)

    def place(self, size: int) -> Place:
        """Room for ``size`` floats in each shard."""
        place = Place(align(size + SLACK))
        self.places.append(place)
        return place

    def constant(self, value: float) -> Fixed:
        """A place that holds a float; equal ones share it."""
        if value not in self.constants:
            self.constants[value] = self.array([value])
        return self.constants[value]

    def array(self, values: Sequence[float]) -> Fixed:
        """A place that holds several floats in a row."""
        place = Fixed(len(values))
        place.offset = HYPER_SIZE + len(self.stored)
        self.stored += [(place.offset + i, value) for i, value in enumerate(values)]
        assert len(self.stored) <= self.constant_room
        return place

    def stream(self) -> int:
        """A number for the current node's random numbers, stable across edits elsewhere."""
        return zlib.crc32(self.node.encode())

    @property
    def frozen(self) -> bool:
        """Whether the current node's parameters must not change."""
        return self.node in self.network and self.network[self.node].frozen

    def hyper(self, name: str) -> Fixed:
        """A number that changes while training, such as ``"learning_rate"``."""
        if name == "learning_rate" and self.rate_place is not None:
            return self.rate_place
        place = Fixed(1)
        place.offset = HYPER.index(name)
        return place

    @property
    def shard(self) -> PerShard:
        """The number of the shard, an argument."""
        return PerShard(0, 1)

    def shared(self, size: int) -> Shared:
        """Room for ``size`` floats of each shard, which all shards can read after a meeting: an
        argument that becomes the shard's own part. ``first`` is the first shard's part, and the
        others follow at distances of ``stride``."""
        stride = align(size + SLACK)
        room = Fixed(stride * self.shards)
        self.shared_places.append(room)
        return Shared(room, stride)

    def of_first_shard(self, place: Place) -> OfFirstShard:
        """A parameter's gradient in the first shard, as an argument for every shard."""
        return OfFirstShard(place)

    def whole_gradient(self, parameter: ParameterPlace) -> OfFirstShard:
        """The place of a parameter's gradient that the shards compute in common, each a part of
        it, as an argument: there will be no sum over shards."""
        parameter.whole = True
        return OfFirstShard(parameter.grad)

    @property
    def shard_stride(self) -> ShardStride:
        """Floats from a value or gradient of one shard to that of the next, as an argument."""
        return ShardStride()

    @property
    def gradient_stride(self) -> GradientStride:
        """Floats from one shard's gradient of a parameter to the next's, as an argument."""
        return GradientStride()

    def meet(self) -> None:
        """No shard goes on with the next forward row before all shards have come here."""
        if self.shards > 1:
            self.forward_rows.append(Row(None))

    def meet_backward(self) -> None:
        """The same for the backward rows (which run in reverse order of these calls)."""
        if self.shards > 1 and self.differentiate:
            self.backward_rows.append(Row(None))

    def forward(self, kernel: Kernel, *arguments: Any) -> None:
        """Append a forward row."""
        self.forward_rows.append(Row(kernel, arguments))

    def backward(self, kernel: Kernel, *arguments: Any, inputs: Sequence[Tensor] = ()) -> None:
        """Append a backward row; they run in reverse order of this call."""
        if self.differentiate:
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
                self.parameters[node.id, parameter.name] = ParameterPlace(node, parameter)
        for node in self.network.nodes:
            inputs = [self.tensors[name] for name in node.inputs]
            self.node = node.id
            parameters = self.network.facts[node.id].parameters
            trained = any(self.parameters[node.id, p.name].learns for p in parameters)
            self._needs_gradient = self.differentiate and (
                trained
                or any(x.needs_gradient for x in inputs)
                or (self.input_gradient and node is self.network.input)
            )
            self.tensors[node.id] = node.layer.lower(self, *inputs)  # type: ignore[arg-type]
        return self.tensors[self.network.output.id]

    def ordered_backward(self) -> list[Row]:
        """The backward rows as they run, with gradients resolved to places or −1."""
        parameter_gradients = {place.grad for place in self.parameters.values()}
        result: list[Row] = []
        for row in reversed(self.backward_rows):
            if row.kernel is None:
                result.append(row)
                continue
            arriving = {a.tensor for a in row.arguments if isinstance(a, Gradient)} - set(
                row.inputs
            )
            if any(tensor.gradient_place is None for tensor in arriving):
                continue  # no gradient arrives here: the loss does not depend on it
            sums: list[Row] = []
            chosen: dict[Tensor, Place | None] = {}
            for x in row.inputs:
                if not x.needs_gradient:
                    chosen[x] = None
                elif x.gradient_place is None:
                    x.gradient_place = self.place(x.size * self.examples)
                    chosen[x] = x.gradient_place
                else:  # read more than once: compute apart, then add up
                    part = self.place(x.size * self.examples)
                    chosen[x] = part
                    sums.append(Row(common.accumulate, (x.gradient_place, part, x.size)))
            trains = any(a in parameter_gradients for a in row.arguments if isinstance(a, Fixed))
            if row.inputs and not trains and all(p is None for p in chosen.values()):
                continue
            arguments = tuple(
                chosen.get(a.tensor, a.tensor.gradient_place) if isinstance(a, Gradient) else a
                for a in row.arguments
            )
            result.append(Row(row.kernel, arguments))
            result.extend(sums)
        return result
