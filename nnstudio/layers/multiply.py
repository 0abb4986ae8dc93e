"""Multiply: the product of several inputs, as gates and attention use it."""

from __future__ import annotations

from typing import Any

from nnstudio.core.compiled.jit import kernel
from nnstudio.core.contracts import Plan, Shape
from nnstudio.core.merging import Merge
from nnstudio.core.ops import Combine, Op
from nnstudio.core.registry import register
from nnstudio.core.text import mark


@kernel
def multiply_forward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: a, b, y, numbers an example: y = a b."""
    a, b, y, count = row[1], row[2], row[3], row[4] * n
    for i in range(count):
        mem[y + i] = mem[a + i] * mem[b + i]


@kernel
def multiply_backward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: b, dy, da, numbers an example: da = dy b."""
    b, dy, da, count = row[1], row[2], row[3], row[4] * n
    for i in range(count):
        mem[da + i] = mem[dy + i] * mem[b + i]


@register("Multiply.v1")
class Multiply(Merge):
    """The product of its inputs, number by number."""

    label = mark("Multiply")
    help = mark("Multiplies its inputs number by number: one can open or close the other.")
    formula = "y = x₁ · x₂ · …"

    def operations(self, *shapes: Shape) -> tuple[Op, ...]:
        """One."""
        return (Combine("product"),)

    def lower(self, plan: Plan, *inputs: Any) -> Any:
        """Two factors at a time; each has a row back of its own, for both may be the same."""
        product = inputs[0]
        for x in inputs[1:]:
            y = plan.tensor(x.shape)
            plan.forward(multiply_forward, product, x, y, x.size)
            plan.backward(multiply_backward, x, y.grad, product.grad, x.size, inputs=(product,))
            plan.backward(multiply_backward, product, y.grad, x.grad, x.size, inputs=(x,))
            product = y
        return product
