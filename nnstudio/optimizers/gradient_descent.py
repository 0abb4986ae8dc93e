"""Gradient descent: each step looks at the whole training set (Cauchy 1847)."""

from __future__ import annotations

from typing import Any

from nnstudio.core.compiled.jit import kernel
from nnstudio.core.contracts import Optimizer, Plan
from nnstudio.core.registry import register
from nnstudio.core.text import mark


@kernel
def gradient_descent(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: parameter, gradient, count, learning rate's place."""
    w, g, count, rate = row[1], row[2], row[3], mem[row[4]]
    for i in range(count):
        mem[w + i] -= rate * mem[g + i]


@register("GradientDescent.v1")
class GradientDescent(Optimizer):
    """The true gradient of the training loss: nothing about the way down is left to chance."""

    label = mark("Gradient descent")
    help = mark("Steps straight downhill; each step looks at the whole training set.")
    formula = mark("w ← w − η g, with g over all training examples")
    slots = 0
    default_rate = 0.1
    whole_set = True

    def lower(self, plan: Plan, segment: Any) -> None:
        """One row."""
        plan.forward(
            gradient_descent, segment.parameter, segment.gradient, segment.size,
            plan.hyper("learning_rate"),
        )  # fmt: skip
