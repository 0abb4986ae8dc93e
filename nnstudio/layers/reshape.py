"""Reshape: the same numbers in another shape."""

from __future__ import annotations

import math
from typing import Any

from nnstudio.core import ops
from nnstudio.core.contracts import Layer, Plan, Shape
from nnstudio.core.fields import sizes
from nnstudio.core.ops import Op
from nnstudio.core.registry import register
from nnstudio.core.shapes import shape_text
from nnstudio.core.text import StudioError, mark


@register("Reshape.v1")
class Reshape(Layer):
    """Row by row, the numbers fill another shape; one size may be −1: what is left."""

    label = mark("Reshape")
    group = mark("Shape")
    help = mark("Lays the same numbers out in another shape, such as a row as an image.")
    formula = "y = x"
    examples = (
        ({"shape": [4, 3]}, ((12,),)),
        ({"shape": [2, -1, 3]}, ((4, 6),)),
        ({"shape": [-1]}, ((2, 3),)),
    )

    shape: Shape = sizes(
        (-1,), minimum=-1, maximum=16_777_216, label=mark("Target shape"),
        help=mark("The new sizes, separated by commas; one may be −1: as many as there are."),
    )  # fmt: skip

    def infer(self, *shapes: Shape) -> Shape:
        """The target shape, with −1 worked out."""
        count = math.prod(shapes[0])
        known = math.prod(size for size in self.shape if size != -1)
        free = self.shape.count(-1)
        fits = known > 0 and (count % known == 0 if free else count == known)
        if free > 1 or not fits or not self.shape:
            raise StudioError(
                mark(
                    "{layer} cannot lay {count} numbers ({before}) out as {after}. The sizes must "
                    "multiply to {count}; one of them may be −1."
                ),
                layer=self.label,
                count=count,
                before=shape_text(shapes[0]),
                after=shape_text(self.shape),
            )
        return tuple(count // known if size == -1 else size for size in self.shape)

    def summary(self) -> str:
        """The target shape."""
        return shape_text(self.shape)

    def operations(self, *shapes: Shape) -> tuple[Op, ...]:
        """One."""
        return (ops.Reshape(self.infer(*shapes)),)

    def lower(self, plan: Plan, *inputs: Any) -> Any:
        """The same memory under another shape."""
        return plan.reshaped(inputs[0], self.infer(inputs[0].shape))
