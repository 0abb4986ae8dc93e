"""Adamax: Adam with the largest recent gradient in place of their mean square (Kingma and Ba 2015,
section 7.1). The division is kept finite by ε, as in Keras."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnstudio.core.compiled.jit import kernel
from nnstudio.core.compiled.state import UPDATES
from nnstudio.core.contracts import Optimizer, Plan
from nnstudio.core.fields import real
from nnstudio.core.registry import register
from nnstudio.core.text import mark

f32 = np.float32
f64 = np.float64


@kernel
def adamax(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: parameter, gradient, count, rate's place, first moment, largest gradient, β1's, β2's
    and ε's places."""
    w, g, count, rate = row[1], row[2], row[3], mem[row[4]]
    m, u = row[5], row[6]
    beta1, beta2, epsilon = mem[row[7]], mem[row[8]], mem[row[9]]
    step = f32(f64(rate) / (1.0 - f64(beta1) ** f64(state[UPDATES] + 1)))
    rest = f32(1.0) - beta1
    for i in range(count):
        gradient = mem[g + i]
        first = beta1 * mem[m + i] + rest * gradient
        largest = max(beta2 * mem[u + i], abs(gradient))
        mem[m + i] = first
        mem[u + i] = largest
        mem[w + i] -= step * first / (largest + epsilon)


@register("Adamax.v1")
class Adamax(Optimizer):
    """Adam by the largest gradient: calmer where gradients are seldom but large."""

    label = mark("Adamax")
    help = mark("Adam that divides by the largest recent gradient.")
    formula = "m ← β₁ m + (1 − β₁) g;  u ← max(β₂ u, |g|);  w ← w − η m̂ / (u + ε)"
    slots = 2
    default_rate = 0.002

    beta1: float = real(
        0.9, minimum=0.0, maximum=0.99999, step=0.01, label=mark("β₁"),
        help=mark("How slowly the mean of gradients forgets."),
    )  # fmt: skip
    beta2: float = real(
        0.999, minimum=0.0, maximum=0.999999, step=0.001, label=mark("β₂"),
        help=mark("How slowly the largest gradient is forgotten."),
    )  # fmt: skip
    epsilon: float = real(
        1e-7, minimum=1e-12, maximum=1.0, logarithmic=True, label=mark("ε"),
        help=mark("Keeps the division finite."),
    )  # fmt: skip

    def lower(self, plan: Plan, segment: Any) -> None:
        """One row."""
        plan.forward(
            adamax, segment.parameter, segment.gradient, segment.size,
            plan.hyper("learning_rate"), segment.slots[0], segment.slots[1],
            plan.constant(self.beta1), plan.constant(self.beta2), plan.constant(self.epsilon),
        )  # fmt: skip
