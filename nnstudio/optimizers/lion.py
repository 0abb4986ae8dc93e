"""Lion: every weight moves by the same amount, only the direction is learned (Chen et al. 2023,
arXiv 2302.06675)."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnstudio.core.compiled.jit import kernel
from nnstudio.core.contracts import Optimizer, Plan
from nnstudio.core.fields import real
from nnstudio.core.registry import register
from nnstudio.core.text import mark

f32 = np.float32


@kernel
def lion(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: parameter, gradient, count, rate's place, mean gradient, β1's, β2's, the decay's."""
    w, g, count, rate, m = row[1], row[2], row[3], mem[row[4]], row[5]
    beta1, beta2 = mem[row[6]], mem[row[7]]
    keep = f32(1.0) - rate * mem[row[8]]
    rest1 = f32(1.0) - beta1
    rest2 = f32(1.0) - beta2
    for i in range(count):
        gradient = mem[g + i]
        mean = mem[m + i]
        course = beta1 * mean + rest1 * gradient
        mem[m + i] = beta2 * mean + rest2 * gradient
        step = rate if course > f32(0.0) else -rate if course < f32(0.0) else f32(0.0)
        mem[w + i] = keep * mem[w + i] - step


@register("Lion.v1")
class Lion(Optimizer):
    """The sign of the momentum alone; needs half of Adam's memory and a smaller learning rate."""

    label = mark("Lion")
    help = mark("Moves all weights by equal steps, each in its momentum's direction.")
    formula = "c = β₁ m + (1 − β₁) g;  w ← (1 − η λ) w − η sign(c);  m ← β₂ m + (1 − β₂) g"
    slots = 1
    default_rate = 0.0003

    beta1: float = real(
        0.9, minimum=0.0, maximum=0.99999, step=0.01, label=mark("β₁"),
        help=mark("How much the momentum counts in the direction, against the gradient."),
    )  # fmt: skip
    beta2: float = real(
        0.99, minimum=0.0, maximum=0.999999, step=0.001, label=mark("β₂"),
        help=mark("How slowly the mean of gradients forgets."),
    )  # fmt: skip
    weight_decay: float = real(
        0.0, minimum=0.0, maximum=10.0, logarithmic=True, label=mark("Weight decay"),
        help=mark("The share that weights lose at each step, times the learning rate."),
    )  # fmt: skip

    def lower(self, plan: Plan, segment: Any) -> None:
        """One row; biases do not decay."""
        decay = self.weight_decay if segment.regularized else 0.0
        plan.forward(
            lion, segment.parameter, segment.gradient, segment.size,
            plan.hyper("learning_rate"), segment.slots[0],
            plan.constant(self.beta1), plan.constant(self.beta2), plan.constant(decay),
        )  # fmt: skip
