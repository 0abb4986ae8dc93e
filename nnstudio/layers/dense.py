"""Dense: every unit reads every input, y = f(x W + b)."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnstudio.core.compiled import shared_product
from nnstudio.core.compiled.jit import kernel
from nnstudio.core.compiled.matmul import (
    affine,
    clear_tail,
    input_gradient,
    input_gradient_small,
    multiply_small,
    multiply_transposed_small,
    product_workspace,
    small,
    sum_rows,
    weight_gradient,
)
from nnstudio.core.compiled.shared_product import add_parts, multiply_part, weight_gradient_part
from nnstudio.core.contracts import (
    Layer,
    Parameter,
    Plan,
    Shape,
    activations,
    initializer_choices,
)
from nnstudio.core.fields import choice, flag, integer
from nnstudio.core.lowering import activation_ops
from nnstudio.core.ops import Op, Product
from nnstudio.core.registry import register
from nnstudio.core.text import StudioError, mark

f32 = np.float32


@kernel
def dense_forward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x (n, inputs), weight (inputs, units), bias or −1, y (n, units), inputs, units, room."""
    x, w, b, y, inputs, units, work = row[1], row[2], row[3], row[4], row[5], row[6], row[7]
    affine(mem, n, units, inputs, x, w, b, y, work)


@kernel
def dense_backward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, weight, dy, dx or −1, dweight, dbias or −1, inputs, units, room."""
    x, w, dy, dx, dw, db = row[1], row[2], row[3], row[4], row[5], row[6]
    inputs, units, work = row[7], row[8], row[9]
    weight_gradient(mem, n, units, inputs, x, dy, dw, work)
    if db >= 0:
        sum_rows(mem, n, units, dy, db)
    if dx >= 0:
        input_gradient(mem, n, units, inputs, w, dy, dx, work)


@kernel
def dense_small_forward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """The same where all products are small (core/compiled/matmul.py): without the tiles' code, whose
    registers take longer to save than a small product to compute, a playground net is 7 % faster.
    """
    x, w, b, y, inputs, units = row[1], row[2], row[3], row[4], row[5], row[6]
    multiply_small(mem, n, units, inputs, x, inputs, w, units, y, b)


@kernel
def dense_small_backward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """The same where all products are small."""
    x, w, dy, dx, dw, db = row[1], row[2], row[3], row[4], row[5], row[6]
    inputs, units, work = row[7], row[8], row[9]
    multiply_transposed_small(mem, inputs, units, n, x, dy, dw)
    clear_tail(mem, dw + inputs * units)
    if db >= 0:
        sum_rows(mem, n, units, dy, db)
    if dx >= 0:
        input_gradient_small(mem, n, units, inputs, w, dy, dx, work)


@kernel
def dense_part_forward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, weight, the shard's part of all outputs, inputs, units, room, shard, shards,
    examples of a shard, floats from shard to shard (core/compiled/shared_product.py)."""
    multiply_part(
        mem, state, row[7], row[8], row[9], row[4], row[5], row[1], row[10], row[2], row[3], row[6]
    )


@kernel
def dense_add_parts(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: first part, stride, bias or −1, y, units, shard, shards, examples of a shard."""
    add_parts(mem, n, row[6], row[7], row[8], row[5], row[1], row[2], row[3], row[4])


@kernel
def dense_part_backward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, dy, dweight (of the first shard), inputs, units, room, shard, shards, examples of a
    shard, floats from shard to shard."""
    weight_gradient_part(
        mem, state, row[7], row[8], row[9], row[4], row[5], row[1], row[2], row[10], row[3], row[6]
    )


@kernel
def dense_bias_backward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: dy, dbias, units."""
    sum_rows(mem, n, row[3], row[1], row[2])


@register("Dense.v1")
class Dense(Layer):
    """A fully connected layer of ``units`` units with an activation."""

    label = mark("Dense")
    group = mark("Basic")
    help = mark("Every unit weighs all inputs, adds a bias and applies the activation.")
    formula = "y = f(x W + b)"
    examples = (
        ({"units": 3}, ((4,),)),
        ({"units": 1, "activation": "sigmoid"}, ((6,),)),
        ({"units": 9, "activation": "tanh"}, ((5,),)),
        ({"units": 67, "activation": "relu"}, ((65,),)),
        ({"units": 5, "use_bias": False}, ((7,),)),
    )

    units: int = integer(
        8, minimum=1, maximum=65536, label=mark("Units"),
        help=mark("How many units, that is outputs, the layer has."),
    )  # fmt: skip
    activation: str = choice(
        "linear", lambda: activations(), label=mark("Activation"),
        help=mark("The function that each unit applies to its weighted sum."),
    )  # fmt: skip
    use_bias: bool = flag(
        True, label=mark("Bias"), help=mark("Whether each unit adds a learned constant.")
    )
    initializer: str = choice(
        "automatic", initializer_choices, label=mark("Initial weights"),
        help=mark("How the weights begin; automatic suits the activation."),
        labels={"automatic": mark("automatic")},
    )  # fmt: skip

    def infer(self, *shapes: Shape) -> Shape:
        """(inputs,) -> (units,)."""
        (shape,) = shapes
        if len(shape) != 1:
            raise StudioError(
                mark(
                    "{layer} needs a plain row of numbers, but the layer before it gives {shape}. "
                    "Put a Flatten layer between them."
                ),
                layer=self.label,
                shape=" × ".join(map(str, shape)),
            )
        return (self.units,)

    def parameters(self, *shapes: Shape) -> tuple[Parameter, ...]:
        """weight (inputs, units), bias (units,)."""
        ((inputs,),) = shapes
        how = self.initializer
        if how == "automatic":
            how = activations()[self.activation].initial_weights
        weight = Parameter("weight", (inputs, self.units), how, inputs, self.units, True)
        bias = Parameter("bias", (self.units,), "zeros", inputs, self.units)
        return (weight, bias) if self.use_bias else (weight,)

    def flops(self, *shapes: Shape) -> int:
        """Two a weight, one a bias, one an activation."""
        ((inputs,),) = shapes
        extra = int(self.use_bias) + int(self.activation != "linear")
        return self.units * (2 * inputs + extra)

    def summary(self) -> str:
        """Its activation."""
        return self.activation

    def operations(self, *shapes: Shape) -> tuple[Op, ...]:
        """Product, then the activation."""
        return (Product(self.use_bias), *activation_ops(self.activation))

    def lower(self, plan: Plan, *inputs: Any) -> Any:
        """Product and bias, then the activation."""
        (x,) = inputs
        w = plan.parameter("weight")
        b = plan.parameter("bias") if self.use_bias else None
        z = plan.tensor((self.units,))
        if self._shared(plan, x):
            self._lower_shared(plan, x, w, b, z)
            return plan.activate(self.activation, z)
        room = product_workspace(plan.examples, self.units, x.size)
        forward, backward = dense_forward, dense_backward
        if small(self.units, x.size) and small(x.size, self.units):
            forward, backward = dense_small_forward, dense_small_backward
        plan.forward(forward, x, w, b, z, x.size, self.units, plan.workspace(room))
        plan.backward(
            backward, x, w, z.grad, x.grad, w.grad, b.grad if b else None,
            x.size, self.units, plan.workspace(room), inputs=(x,),
        )  # fmt: skip
        return plan.activate(self.activation, z)

    def _shared(self, plan: Plan, x: Any) -> bool:
        """Whether the shards share the products by inputs: for a first layer, so to say."""
        if plan.shards == 1 or plan.frozen or x.needs_gradient:
            return False
        return shared_product.suits(x.size, self.units, plan.shards * plan.examples)

    def _lower_shared(self, plan: Plan, x: Any, w: Any, b: Any, z: Any) -> None:
        """Each shard's part of the product, and the sum of the parts."""
        batch = plan.shards * plan.examples
        room = shared_product.workspace(self.units, batch)
        shards = (plan.shard, plan.shards, plan.examples)
        part = plan.shared(batch * self.units)
        plan.meet()
        plan.forward(
            dense_part_forward, x, w, part, x.size, self.units, plan.workspace(room), *shards,
            plan.shard_stride,
        )  # fmt: skip
        plan.meet()
        plan.forward(dense_add_parts, part.first, part.stride, b, z, self.units, *shards)
        # Recorded in reverse; the last meeting is because a shard reads what belongs to others.
        plan.meet_backward()
        plan.backward(
            dense_part_backward, x, z.grad, plan.whole_gradient(w), x.size, self.units,
            plan.workspace(room), *shards, plan.shard_stride,
        )  # fmt: skip
        plan.meet_backward()
        if b:
            plan.backward(dense_bias_backward, z.grad, b.grad, self.units)
