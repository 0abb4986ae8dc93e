"""RMSprop: each weight's step is divided by its gradients' size (Hinton 2012, lecture 6e), or by
their spread around their mean, "centred" (Graves 2013, arXiv 1308.0850, section 4)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nnstudio.core.compiled.jit import kernel
from nnstudio.core.contracts import Optimizer, Plan
from nnstudio.core.fields import flag, real
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


@kernel
def rmsprop_centred(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: as rmsprop, then the mean gradient. The first slot holds the variance s − ḡ².

    Following the variance itself, s − ḡ² ← ρ (s − ḡ² + (1 − ρ) (g − ḡ)²), loses no digits.
    """
    w, g, count, rate = row[1], row[2], row[3], mem[row[4]]
    s, v = row[5], row[6]
    rho, epsilon, beta = mem[row[7]], mem[row[8]], mem[row[9]]
    mean = row[10]
    rest = f32(1.0) - rho
    for i in range(count):
        gradient = mem[g + i]
        away = gradient - mem[mean + i]
        variance = rho * (mem[s + i] + rest * away * away)
        mem[s + i] = variance
        mem[mean + i] += rest * away
        velocity = beta * mem[v + i] + gradient / (math.sqrt(variance) + epsilon)
        mem[v + i] = velocity
        mem[w + i] -= rate * velocity


@register("RMSprop.v1")
class RMSprop(Optimizer):
    """Weights with large gradients take smaller steps, those with small ones larger."""

    label = mark("RMSprop")
    help = mark("Divides each weight's step by the recent size of its gradients.")
    formula = mark(
        "s ← ρ s + (1 − ρ) g²;  v ← μ v + g / (√s + ε);  w ← w − η v   (centred: √(s − ḡ²) for √s)"
    )
    slots = 3
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
    centred: bool = flag(
        False, label=mark("Centred"),
        help=mark("Divides by how far gradients scatter around their mean."),
    )  # fmt: skip

    def lower(self, plan: Plan, segment: Any) -> None:
        """One row."""
        plan.forward(
            rmsprop_centred if self.centred else rmsprop,
            segment.parameter, segment.gradient, segment.size,
            plan.hyper("learning_rate"), segment.slots[0], segment.slots[1],
            plan.constant(self.rho), plan.constant(self.epsilon), plan.constant(self.momentum),
            segment.slots[2],
        )  # fmt: skip
