"""Flatten: the same numbers as one row."""

from __future__ import annotations

import math
from typing import Any

from nnstudio.core.contracts import Layer, Plan, Shape
from nnstudio.core.ops import Op, Reshape
from nnstudio.core.registry import register
from nnstudio.core.text import mark


@register("Flatten.v1")
class Flatten(Layer):
    """An image or a sequence becomes a plain row of numbers."""

    label = mark("Flatten")
    group = mark("Shape")
    help = mark("Lays an image out as one row of numbers, for the Dense layers after it.")
    formula = "y = x"
    examples = (({}, ((3, 4, 2),)), ({}, ((5,),)))

    def infer(self, *shapes: Shape) -> Shape:
        """(a, b, ...) -> (a b ...,)."""
        return (math.prod(shapes[0]),)

    def operations(self, *shapes: Shape) -> tuple[Op, ...]:
        """One."""
        return (Reshape(self.infer(*shapes)),)

    def lower(self, plan: Plan, *inputs: Any) -> Any:
        """The same memory under another shape."""
        return plan.reshaped(inputs[0], (inputs[0].size,))
