"""Average: the mean of several inputs, as in an ensemble."""

from __future__ import annotations

from typing import Any

from nnstudio.core.contracts import Plan, Shape
from nnstudio.core.merging import Merge, lower_sum
from nnstudio.core.ops import Combine, Op
from nnstudio.core.registry import register
from nnstudio.core.text import mark


@register("Average.v1")
class Average(Merge):
    """The mean of its inputs, number by number."""

    label = mark("Average")
    help = mark("Takes the mean of its inputs number by number.")
    formula = "y = (x₁ + x₂ + …) / k"

    def flops(self, *shapes: Shape) -> int:
        """The sum, and one product a number."""
        return super().flops(*shapes) * len(shapes) // (len(shapes) - 1)

    def operations(self, *shapes: Shape) -> tuple[Op, ...]:
        """One."""
        return (Combine("mean"),)

    def lower(self, plan: Plan, *inputs: Any) -> Any:
        """One row for each pair, one back to each input."""
        return lower_sum(plan, inputs, 1.0 / len(inputs))
