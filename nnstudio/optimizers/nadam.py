"""Nadam: Adam with Nesterov's look ahead (Dozat 2016), with the paper's warming momentum
μ(t) = β1 (1 − ½ · 0.96^(t/250)), as in PyTorch; Keras warms 250 times faster, by 0.96^t."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nnstudio.core.compiled.jit import device, kernel
from nnstudio.core.compiled.state import UPDATES
from nnstudio.core.contracts import Optimizer, Plan
from nnstudio.core.fields import real
from nnstudio.core.registry import register
from nnstudio.core.text import mark

f32 = np.float32
f64 = np.float64

#: 0.96^(1/250): how the momentum's warming goes on from step to step.
WARMING = 0.96**0.004


@device
def momentum_product(beta, t):  # type: ignore[no-untyped-def]
    """μ(1) μ(2) ... μ(t), float64. It needs no memory: within some 60 factors it is so small that
    one minus it is one."""
    product = 1.0
    warming = WARMING
    for _ in range(t):
        product *= beta * (1.0 - 0.5 * warming)
        warming *= WARMING
        if product < 1e-18:
            break
    return product


@kernel
def nadam(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: parameter, gradient, count, rate's place, first and second moment, β1's, β2's, ε's."""
    w, g, count, rate = row[1], row[2], row[3], mem[row[4]]
    m, v = row[5], row[6]
    beta1, beta2, epsilon = mem[row[7]], mem[row[8]], mem[row[9]]
    steps = state[UPDATES] + 1
    t = f64(steps)
    now = f64(beta1) * (1.0 - 0.5 * WARMING**t)
    later = f64(beta1) * (1.0 - 0.5 * WARMING ** (t + 1.0))
    product = momentum_product(f64(beta1), steps)
    by_mean = f32(f64(rate) * later / (1.0 - product * later))
    by_gradient = f32(f64(rate) * (1.0 - now) / (1.0 - product))
    scale = f32(1.0 / math.sqrt(1.0 - f64(beta2) ** t))
    rest1 = f32(1.0) - beta1
    rest2 = f32(1.0) - beta2
    for i in range(count):
        gradient = mem[g + i]
        first = beta1 * mem[m + i] + rest1 * gradient
        second = beta2 * mem[v + i] + rest2 * gradient * gradient
        mem[m + i] = first
        mem[v + i] = second
        step = by_mean * first + by_gradient * gradient
        mem[w + i] -= step / (math.sqrt(second) * scale + epsilon)


@register("Nadam.v1")
class Nadam(Optimizer):
    """Adam whose step already uses the momentum of the next one."""

    label = mark("Nadam")
    help = mark("Adam that looks ahead along its momentum, as Nesterov's method does.")
    formula = mark(
        "m, v as in Adam;  μ(t) = β₁ (1 − ½ · 0.96^(t/250));  "
        "w ← w − η (μ(t+1) m / (1 − Π μ) + (1 − μ(t)) g / (1 − Π μ)) / (√v̂ + ε)"
    )
    slots = 2
    default_rate = 0.001

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
        """One row."""
        plan.forward(
            nadam, segment.parameter, segment.gradient, segment.size,
            plan.hyper("learning_rate"), segment.slots[0], segment.slots[1],
            plan.constant(self.beta1), plan.constant(self.beta2), plan.constant(self.epsilon),
        )  # fmt: skip
