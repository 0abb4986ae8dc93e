"""What each kind of concept must offer. One concept, one file, registered by name.

Layers, losses and optimizers *lower* themselves to rows of a tape (``engine/plan.py``); everything
else about them (form, JSON, command line, documentation, tests) follows from what they declare.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np

from nnstudio.core.fields import values_of
from nnstudio.core.ops import Activate, Op
from nnstudio.core.registry import contract
from nnstudio.core.text import StudioError, mark

if TYPE_CHECKING:
    from nnstudio.core.data import Data
    from nnstudio.core.jit import Kernel

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Parameter:
    """Numbers that a layer learns or keeps.

    ``fan_in`` and ``fan_out`` scale the initial values. ``regularized`` weights feel L1, L2 and
    weight decay (biases do not). A parameter that is not ``trainable`` is kept by the layer itself
    (running statistics) and never touched by the optimizer.
    """

    name: str
    shape: Shape
    initializer: str
    fan_in: int = 1
    fan_out: int = 1
    regularized: bool = False
    trainable: bool = True

    @property
    def size(self) -> int:
        """How many numbers."""
        return math.prod(self.shape)


class Tensor(Protocol):
    """A value on the tape: one array of ``shape`` an example. ``grad`` is its gradient's place."""

    shape: Shape

    @property
    def size(self) -> int:
        """Numbers an example."""
        ...


class Plan(Protocol):
    """What a layer, loss or optimizer sees of the planner while it lowers itself."""

    training: bool

    def parameter(self, name: str) -> Any:
        """The current node's parameter; ``.grad`` is its gradient."""
        ...

    def tensor(self, shape: Shape) -> Any:
        """A new value an example of the given shape."""
        ...

    def scratch(self, size: int) -> Any:
        """Room for ``size`` floats an example, kept from forward to backward."""
        ...

    def workspace(self, size: int) -> Any:
        """Room for ``size`` floats in all (not an example), used within one row only."""
        ...

    def constant(self, value: float) -> Any:
        """A place that holds a float; kernels read ``memory[offset]``."""
        ...

    def array(self, values: Sequence[float]) -> Any:
        """A place that holds several floats in a row, such as a weight for each class."""
        ...

    def stream(self) -> int:
        """A number that keys this node's random numbers."""
        ...

    @property
    def frozen(self) -> bool:
        """Whether the current node's parameters must not change."""
        ...

    @property
    def shards(self) -> int:
        """Into how many parts the batch is cut; each runs the rows on its own examples."""
        ...

    @property
    def shard(self) -> Any:
        """The number of the shard, an argument."""
        ...

    def shared(self, size: int) -> Any:
        """Room for ``size`` floats of each shard that all shards can read after a meeting: an
        argument that becomes the shard's own part; ``.first`` is the first part, ``.stride`` the
        distance to the next."""
        ...

    def of_first_shard(self, place: Any) -> Any:
        """A parameter's gradient in the first shard, as an argument for every shard."""
        ...

    def whole_gradient(self, parameter: Any) -> Any:
        """The place of a parameter's gradient that the shards compute in common, each a part of
        it, as an argument: there will be no sum over shards."""
        ...

    @property
    def shard_stride(self) -> Any:
        """Floats from a value or gradient of one shard to that of the next, as an argument."""
        ...

    @property
    def gradient_stride(self) -> Any:
        """Floats from one shard's gradient of a parameter to the next's, as an argument."""
        ...

    def meet(self) -> None:
        """No shard goes on with the next forward row before all shards have come here."""
        ...

    def meet_backward(self) -> None:
        """The same for backward rows, which run in the reverse order of these calls."""
        ...

    @property
    def examples(self) -> int:
        """The most examples that one shard has in a step."""
        ...

    @property
    def first(self) -> Any:
        """The number, within the batch, of the shard's first example; an argument for rows."""
        ...

    def hyper(self, name: str) -> Any:
        """The place of a number that changes while training, such as ``"learning_rate"``."""
        ...

    def reshaped(self, x: Any, shape: Shape) -> Any:
        """The same value under another shape."""
        ...

    def forward(self, kernel: Kernel, *arguments: Any) -> None:
        """Append a forward row; arguments are places or integers, and become ``row[1:]``."""
        ...

    def backward(self, kernel: Kernel, *arguments: Any, inputs: Sequence[Any] = ()) -> None:
        """Append a backward row; they run in the reverse order of these calls.

        A kernel *sets* the gradients that it computes (``x.grad`` of each of ``inputs``); the
        planner adds them up where a value is read more than once, and passes −1 as the place of a
        gradient that nobody needs.
        """
        ...

    def activate(self, name: str, z: Any) -> Any:
        """Append the activation of the given name."""
        ...


@contract
class Layer:
    """A function from the values of earlier nodes to its own, with parameters it may learn.

    Class attributes: ``label`` (the field's standard term), ``group`` (where the palette shows
    it), ``help`` (one line), ``formula`` (plain text mathematics), ``arity`` (how many inputs it
    reads; −1: two or more), ``examples`` (settings and input shapes that the contract tests run).
    """

    type_name: ClassVar[str] = ""
    label: ClassVar[str] = ""
    group: ClassVar[str] = ""
    help: ClassVar[str] = ""
    formula: ClassVar[str] = ""
    arity: ClassVar[int] = 1
    examples: ClassVar[tuple[tuple[dict[str, Any], tuple[Shape, ...]], ...]] = ()

    def infer(self, *shapes: Shape) -> Shape:
        """The shape of the output; raises ``StudioError`` if the inputs do not fit."""
        (shape,) = shapes
        return shape

    def parameters(self, *shapes: Shape) -> tuple[Parameter, ...]:
        """What the layer learns, given its inputs' shapes."""
        return ()

    def flops(self, *shapes: Shape) -> int:
        """Floating-point operations of one example, forward; a multiply-add counts as two."""
        return 0

    def summary(self) -> str:
        """A few words for its card, such as ``tanh``."""
        return ""

    def operations(self, *shapes: Shape) -> tuple[Op, ...]:
        """What predicting consists of, for other programs (core/ops.py); each reads what the one
        before it gave, the first the layer's inputs."""
        raise StudioError(
            mark("{layer} has no counterpart in this format. Take it out, or save a project."),
            layer=self.label,
        )

    def lower(self, plan: Plan, *inputs: Any) -> Any:
        """Append the layer's rows to the plan; gives the output tensor."""
        raise NotImplementedError


class Activation(Layer):
    """A layer without parameters that other layers can apply to their output by ``name``.

    ``value`` and ``derivative`` are the function in NumPy float64: shown in plots, and the
    reference of the tests. ``initial_weights`` names the initializer that suits weights before it.
    """

    name: ClassVar[str] = ""
    group: ClassVar[str] = "Activations"
    initial_weights: ClassVar[str] = "glorot_uniform"

    def value(self, x: np.ndarray) -> np.ndarray:
        """The function itself; arrays of any shape, examples along the first axis."""
        raise NotImplementedError

    def derivative(self, x: np.ndarray) -> np.ndarray:
        """The derivative by each input alone."""
        raise NotImplementedError

    def operations(self, *shapes: Shape) -> tuple[Op, ...]:
        """One, by its name and its declared numbers."""
        return (Activate(self.name, values_of(self)),)


def activations() -> dict[str, type[Activation]]:
    """All activations by their short name, such as ``"tanh"``."""
    from nnstudio.core.registry import table

    found = {
        cls.name: cls for cls in table(Layer).values() if issubclass(cls, Activation) and cls.name
    }
    return dict(sorted(found.items(), key=lambda item: (item[0] != "linear", item[0])))


@contract
class Loss:
    """How far predictions are from targets; the number that training makes small.

    ``tasks``: the kinds of problem it suits. ``lower`` appends the row that computes each shard's
    summed loss and the gradient by the network's output, divided by the number of examples.
    """

    type_name: ClassVar[str] = ""
    label: ClassVar[str] = ""
    help: ClassVar[str] = ""
    formula: ClassVar[str] = ""
    tasks: ClassVar[tuple[str, ...]] = ()

    def check(self, output: Shape, data: Data) -> None:
        """Raise ``StudioError`` if the network's output does not suit this loss and the data."""

    def prepared(self, data: Data) -> Loss:
        """The same loss with what it takes from the data worked out (balanced class weights)."""
        return self

    def lower(self, plan: Plan, output: Any, target: Any, sums: Any, task: str) -> None:
        """Append the loss's row. It writes ``output.grad`` (or that of ``output.logits``), and at
        ``sums`` the shard's summed loss and its number of right answers."""
        raise NotImplementedError

    def value(self, output: np.ndarray, target: np.ndarray, task: str, logits: bool) -> float:
        """The mean loss of predictions, in NumPy float64. ``output`` (n, outputs) is what the
        network gives, ``logits`` whether no softmax or sigmoid has been applied to it, and
        ``target`` (n, targets) is as the data holds it."""
        raise NotImplementedError


@contract
class Optimizer:
    """How a gradient changes the parameters. ``slots`` arrays of the parameters' size are kept.

    Slots begin at zero, also those of a layer that joins later; ``state[UPDATES]`` counts the
    steps since all of them did. An optimizer with ``whole_set`` takes the whole training set as
    its batch.
    """

    type_name: ClassVar[str] = ""
    label: ClassVar[str] = ""
    help: ClassVar[str] = ""
    formula: ClassVar[str] = ""
    slots: ClassVar[int] = 0
    default_rate: ClassVar[float] = 0.01
    whole_set: ClassVar[bool] = False

    def lower(self, plan: Plan, segment: Any) -> None:
        """Append the update of one contiguous run of parameters: ``segment`` has the offsets
        ``parameter`` and ``gradient``, those of its ``slots``, its ``size``, and says whether it
        is ``regularized`` (weights are, biases are not)."""
        raise NotImplementedError


@contract
class Schedule:
    """How the learning rate changes over the steps, as a factor of the learning rate.

    A schedule that ``observes`` is told the validation loss after every epoch. What it remembers
    is a few numbers that begin as ``start``; the first of them is a further factor.
    """

    type_name: ClassVar[str] = ""
    label: ClassVar[str] = ""
    help: ClassVar[str] = ""
    formula: ClassVar[str] = ""
    observes: ClassVar[bool] = False
    start: ClassVar[tuple[float, ...]] = (1.0,)

    def factors(self, steps: np.ndarray, total: int) -> np.ndarray:
        """The factor at each step (counted from 0) of a run of ``total`` steps (0: no end set)."""
        raise NotImplementedError

    def observe(self, memory: tuple[float, ...], loss: float) -> tuple[float, ...]:
        """What to remember after an epoch that ended with this validation loss."""
        return memory


@contract
class Initializer:
    """How parameters begin."""

    type_name: ClassVar[str] = ""
    label: ClassVar[str] = ""
    help: ClassVar[str] = ""
    formula: ClassVar[str] = ""
    name: ClassVar[str] = ""

    def fill(self, parameter: Parameter, random: np.random.Generator) -> np.ndarray:
        """Initial values, float32, of the parameter's shape."""
        raise NotImplementedError


def initializers() -> dict[str, type[Initializer]]:
    """All initializers by their short name, such as ``"glorot_uniform"``, sorted."""
    from nnstudio.core.registry import table

    found = {cls.name: cls for cls in table(Initializer).values()}
    return dict(sorted(found.items()))


def initializer_choices() -> tuple[str, ...]:
    """What a layer's form offers: ``"automatic"``, which suits the activation, and all others."""
    return ("automatic", *initializers())


def initializer(name: str) -> Initializer:
    """An initializer by its short name; raises ``StudioError`` for an unknown one."""
    found = initializers().get(name)
    if found is not None:
        return found()
    raise StudioError(mark("There is no initializer called “{name}”."), name=name)


@contract
class Dataset:
    """Where data comes from; its fields (noise, number of points...) make the form.

    ``group`` is the tab that shows it: ``"2-D"``, ``"Images"`` or ``"Tables"``; ``order`` is its
    place there. ``source`` and ``licence`` are named in the window. ``own`` data is made or opened
    by a person, so lists of what there is leave it out.
    """

    type_name: ClassVar[str] = ""
    label: ClassVar[str] = ""
    help: ClassVar[str] = ""
    group: ClassVar[str] = "2-D"
    order: ClassVar[int] = 100
    task: ClassVar[str] = "classification"
    own: ClassVar[bool] = False
    source: ClassVar[str] = ""
    licence: ClassVar[str] = ""

    def load(self) -> Data:
        """The data, split into training and validation; equal specs give equal data."""
        raise NotImplementedError
