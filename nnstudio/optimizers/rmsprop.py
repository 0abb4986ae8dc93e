"""RMSprop: each weight's step is divided by its gradients' size (Hinton 2012, lecture 6e)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nnstudio.core.contracts import Optimizer, Plan
from nnstudio.core.fields import real
from nnstudio.core.jit import kernel
from nnstudio.core.registry import register
from nnstudio.core.text import mark

f32 = np.float32


@kernel
def rmsprop(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: parameter, gradient, count, rate's place, mean square, velocity, ρ's, ε's, μ's."""
    w, g, count, rate = row[1], row[2], row[3], mem[row[4]]
    s, v = row[5], row[6]
    rho, epsilon, beta = mem[row[7]], mem[row[8]], mem[row[9]]
    rest = f32(1.0) - rho
    for i in range(count):
        gradient = mem[g + i]
        square = rho * mem[s + i] + rest * gradient * gradient
        mem[s + i] = square
        velocity = beta * mem[v + i] + gradient / (math.sqrt(square) + epsilon)
        mem[v + i] = velocity
        mem[w + i] -= rate * velocity


@register("RMSprop.v1")
class RMSprop(Optimizer):
    """Weights with large gradients take smaller steps, those with small ones larger."""

    label = mark("RMSprop")
    help = mark("Divides each weight's step by the recent size of its gradients.")
    formula = "s ← ρ s + (1 − ρ) g²;  v ← μ v + g / (√s + ε);  w ← w − η v"
    slots = 2
    default_rate = 0.001

    rho: float = real(
        0.9, minimum=0.0, maximum=0.99999, step=0.01, label=mark("ρ"),
        help=mark("How slowly the mean of squared gradients forgets."),
    )  # fmt: skip
    momentum: float = real(
        0.0, minimum=0.0, maximum=0.9999, step=0.1, label=mark("Momentum"),
        help=mark("The share of the last step that the next one keeps; 0.9 is common."),
    )  # fmt: skip
    epsilon: float = real(
        1e-7, minimum=1e-12, maximum=1.0, logarithmic=True, label=mark("ε"),
        help=mark("Keeps the division finite."),
    )  # fmt: skip

    def lower(self, plan: Plan, segment: Any) -> None:
        """One row."""
        plan.forward(
            rmsprop, segment.parameter, segment.gradient, segment.size,
            plan.hyper("learning_rate"), segment.slots[0], segment.slots[1],
            plan.constant(self.rho), plan.constant(self.epsilon), plan.constant(self.momentum),
        )  # fmt: skip
