"""Permute: the same numbers with their axes in another order."""

from __future__ import annotations

from typing import Any

from nnstudio.core.compiled.copying import MOST_AXES, backward_block, block, copy, strides
from nnstudio.core.contracts import Layer, Plan, Shape
from nnstudio.core.fields import sizes
from nnstudio.core.ops import Op, Transpose
from nnstudio.core.registry import register
from nnstudio.core.shapes import shape_text
from nnstudio.core.text import StudioError, mark


@register("Permute.v1")
class Permute(Layer):
    """Axis k of the output is axis ``order[k]`` of the input, counted from 1."""

    label = mark("Permute")
    group = mark("Shape")
    help = mark("Puts the axes in another order; 2, 1 turns rows into columns.")
    formula = mark("y = x with its axes in another order")
    examples = (
        ({"order": [2, 1]}, ((3, 5),)),
        ({"order": [3, 1, 2]}, ((4, 2, 3),)),
        ({"order": [2, 1, 3]}, ((3, 4, 9),)),
        ({"order": [4, 2, 1, 3]}, ((2, 3, 2, 2),)),
        ({"order": [1]}, ((3,),)),
    )

    order: tuple[int, ...] = sizes(
        (2, 1), maximum=MOST_AXES, label=mark("Order"),
        help=mark("The input's axes, counted from 1, in the order they shall have."),
    )  # fmt: skip

    def infer(self, *shapes: Shape) -> Shape:
        """The input's sizes in the new order."""
        (shape,) = shapes
        if sorted(self.order) != list(range(1, len(shape) + 1)):
            raise StudioError(
                mark(
                    "{layer}: the order {order} does not fit an input of {shape}. "
                    "Name each axis from 1 to {count} once (at most 4)."
                ),
                layer=self.label,
                order=", ".join(map(str, self.order)),
                shape=shape_text(shape),
                count=len(shape),
            )
        return tuple(shape[axis - 1] for axis in self.order)

    def summary(self) -> str:
        """The order."""
        return ", ".join(map(str, self.order))

    def operations(self, *shapes: Shape) -> tuple[Op, ...]:
        """One."""
        return (Transpose(tuple(axis - 1 for axis in self.order)),)

    def lower(self, plan: Plan, *inputs: Any) -> Any:
        """One copy there, one back."""
        (x,) = inputs
        y = plan.tensor(self.infer(x.shape))
        before = strides(x.shape)
        there = block(
            y.shape, [before[axis - 1] for axis in self.order], strides(y.shape),
            steps=(x.size, y.size),
        )  # fmt: skip
        plan.forward(copy, x, y, *there)
        plan.backward(copy, y.grad, x.grad, *backward_block(there), inputs=(x,))
        return y
