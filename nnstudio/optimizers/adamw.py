"""AdamW: Adam with weight decay that is not mixed into the gradient (Loshchilov and Hutter 2019,
arXiv 1711.05101, Algorithm 2, with the decay scaled by the learning rate as PyTorch does)."""

from __future__ import annotations

import math
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
def adamw(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: parameter, gradient, count, rate's place, first and second moment, β1's, β2's, ε's and
    the decay's places."""
    w, g, count, rate = row[1], row[2], row[3], mem[row[4]]
    m, v = row[5], row[6]
    beta1, beta2, epsilon = mem[row[7]], mem[row[8]], mem[row[9]]
    keep = f32(1.0) - rate * mem[row[10]]
    t = f64(state[UPDATES] + 1)
    step = f32(f64(rate) / (1.0 - f64(beta1) ** t))
    scale = f32(1.0 / math.sqrt(1.0 - f64(beta2) ** t))
    rest1 = f32(1.0) - beta1
    rest2 = f32(1.0) - beta2
    for i in range(count):
        gradient = mem[g + i]
        first = beta1 * mem[m + i] + rest1 * gradient
        second = beta2 * mem[v + i] + rest2 * gradient * gradient
        mem[m + i] = first
        mem[v + i] = second
        mem[w + i] = keep * mem[w + i] - step * first / (math.sqrt(second) * scale + epsilon)


@register("AdamW.v1")
class AdamW(Optimizer):
    """Adam, while every weight (no bias) shrinks by the same share a step."""

    label = mark("AdamW")
    help = mark("Adam that also shrinks all weights a little at each step.")
    formula = "m ← β₁ m + (1 − β₁) g;  v ← β₂ v + (1 − β₂) g²;  w ← (1 − η λ) w − η m̂ / (√v̂ + ε)"
    slots = 2
    default_rate = 0.001

    weight_decay: float = real(
        0.01, minimum=0.0, maximum=10.0, logarithmic=True, label=mark("Weight decay"),
        help=mark("The share that weights lose at each step, times the learning rate."),
    )  # fmt: skip
    beta1: float = real(
        0.9, minimum=0.0, maximum=0.99999, step=0.01, label=mark("β₁"),
        help=mark("How slowly the mean of gradients forgets."),
    )  # fmt: skip
    beta2: float = real(
        0.999, minimum=0.0, maximum=0.999999, step=0.001, label=mark("β₂"),
        help=mark("How slowly the mean of squared gradients forgets."),
    )  # fmt: skip
    epsilon: float = real(
        1e-7, minimum=1e-12, maximum=1.0, logarithmic=True, label=mark("ε"),
        help=mark("Keeps the division finite."),
    )  # fmt: skip

    def lower(self, plan: Plan, segment: Any) -> None:
        """One row; biases do not decay."""
        decay = self.weight_decay if segment.regularized else 0.0
        plan.forward(
            adamw, segment.parameter, segment.gradient, segment.size,
            plan.hyper("learning_rate"), segment.slots[0], segment.slots[1],
            plan.constant(self.beta1), plan.constant(self.beta2), plan.constant(self.epsilon),
            plan.constant(decay),
        )  # fmt: skip
