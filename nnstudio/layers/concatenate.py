"""Concatenate: several inputs side by side along one axis."""

from __future__ import annotations

import math
from typing import Any

from nnstudio.core.compiled.copying import backward_block, block, copy
from nnstudio.core.contracts import Layer, Plan, Shape
from nnstudio.core.fields import integer
from nnstudio.core.merging import need_several
from nnstudio.core.ops import Join, Op
from nnstudio.core.registry import register
from nnstudio.core.shapes import shape_text
from nnstudio.core.text import StudioError, mark


@register("Concatenate.v1")
class Concatenate(Layer):
    """Its inputs one after the other along an axis, by default the channels."""

    label = mark("Concatenate")
    group = mark("Merge")
    help = mark("Puts its inputs side by side, by default along the channels.")
    formula = "y = [x₁, x₂, …]"
    arity = -1
    examples = (
        ({}, ((5,), (5,))),
        ({}, ((3, 2, 3),) * 3),
        ({"axis": 1}, ((3, 2, 3),) * 2),
        ({"axis": 2}, ((3, 4, 2),) * 4),
    )

    axis: int = integer(
        -1, minimum=-1, maximum=8, label=mark("Axis"),
        help=mark("The axis along which the inputs are joined, counted from 1; −1: the last."),
    )  # fmt: skip

    def _axis(self, shape: Shape) -> int:
        return len(shape) - 1 if self.axis == -1 else self.axis - 1

    def infer(self, *shapes: Shape) -> Shape:
        """All inputs' shapes but the axis, which becomes as long as all together."""
        need_several(self, shapes)
        axis = self._axis(shapes[0])
        if not 0 <= axis < len(shapes[0]):
            raise StudioError(
                mark(
                    "{layer} cannot join along axis {axis}: its inputs have {count} axes. "
                    "Choose one from 1 to {count}, or −1."
                ),
                layer=self.label,
                axis=self.axis,
                count=len(shapes[0]),
            )

        def rest(shape: Shape) -> Shape:
            return (*shape[:axis], *shape[axis + 1 :])

        for shape in shapes[1:]:
            if len(shape) != len(shapes[0]) or rest(shape) != rest(shapes[0]):
                raise StudioError(
                    mark(
                        "{layer} needs inputs that agree in all axes but number {axis}, but gets "
                        "{first} and {second}. Change the layers before it so that they agree."
                    ),
                    layer=self.label,
                    axis=axis + 1,
                    first=shape_text(shapes[0]),
                    second=shape_text(shape),
                )
        joined = sum(shape[axis] for shape in shapes)
        return (*shapes[0][:axis], joined, *shapes[0][axis + 1 :])

    def operations(self, *shapes: Shape) -> tuple[Op, ...]:
        """One."""
        return (Join(self._axis(shapes[0])),)

    def lower(self, plan: Plan, *inputs: Any) -> Any:
        """A copy for each input, there and back."""
        y = plan.tensor(self.infer(*(x.shape for x in inputs)))
        axis = self._axis(y.shape)
        rows = math.prod(y.shape[:axis])
        whole = math.prod(y.shape[axis:])
        begin = 0
        for x in inputs:
            width = x.size // rows
            there = block(
                (rows, width), (width, 1), (whole, 1), begin=(0, begin), steps=(x.size, y.size)
            )
            plan.forward(copy, x, y, *there)
            plan.backward(copy, y.grad, x.grad, *backward_block(there), inputs=(x,))
            begin += width
        return y
