"""Add: the sum of several inputs; what a residual connection ends in (He et al. 2015)."""

from __future__ import annotations

from typing import Any

from nnstudio.core.contracts import Plan, Shape
from nnstudio.core.merging import Merge, lower_sum
from nnstudio.core.ops import Combine, Op
from nnstudio.core.registry import register
from nnstudio.core.text import mark


@register("Add.v1")
class Add(Merge):
    """The sum of its inputs, number by number."""

    label = mark("Add")
    help = mark("Adds its inputs number by number, as at the end of a residual connection.")
    formula = "y = x₁ + x₂ + …"

    def operations(self, *shapes: Shape) -> tuple[Op, ...]:
        """One."""
        return (Combine("sum"),)

    def lower(self, plan: Plan, *inputs: Any) -> Any:
        """One row for each pair, one back to each input."""
        return lower_sum(plan, inputs, 1.0)
