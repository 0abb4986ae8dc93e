"""RAdam: Adam that trusts its division only once it has seen enough gradients (Liu et al. 2020,
arXiv 1908.03265). As in the authors' code, that is when the estimate's length is over 5 (the
paper's algorithm says 4, where the correction is still near 0)."""

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


@device
def rectification(beta2, t):  # type: ignore[no-untyped-def]
    """How far the mean of squares can be trusted at step t, float64: 0 not at all, to 1."""
    longest = 2.0 / (1.0 - beta2) - 1.0
    power = beta2**t
    length = longest - 2.0 * t * power / (1.0 - power)
    if length <= 5.0:
        return 0.0
    part = (length - 4.0) * (length - 2.0) * longest
    return math.sqrt(part / ((longest - 4.0) * (longest - 2.0) * length))


@kernel
def radam(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: parameter, gradient, count, rate's place, first and second moment, β1's, β2's, ε's."""
    w, g, count, rate = row[1], row[2], row[3], mem[row[4]]
    m, v = row[5], row[6]
    beta1, beta2, epsilon = mem[row[7]], mem[row[8]], mem[row[9]]
    t = f64(state[UPDATES] + 1)
    step = f64(rate) / (1.0 - f64(beta1) ** t)
    trust = rectification(f64(beta2), t)
    scale = f32(1.0 / math.sqrt(1.0 - f64(beta2) ** t))
    plain = f32(step)
    adaptive = f32(step * trust)
    rest1 = f32(1.0) - beta1
    rest2 = f32(1.0) - beta2
    for i in range(count):
        gradient = mem[g + i]
        mem[m + i] = beta1 * mem[m + i] + rest1 * gradient
        mem[v + i] = beta2 * mem[v + i] + rest2 * gradient * gradient
    if trust > 0.0:
        for i in range(count):
            mem[w + i] -= adaptive * mem[m + i] / (math.sqrt(mem[v + i]) * scale + epsilon)
    else:
        for i in range(count):
            mem[w + i] -= plain * mem[m + i]


@register("RAdam.v1")
class RAdam(Optimizer):
    """Begins as descent with momentum and turns into Adam as its estimates become sound."""

    label = mark("RAdam")
    help = mark("Adam with a warm-up of its own: cautious until it knows the gradients' sizes.")
    formula = mark(
        "m, v as in Adam;  ρ(t) = ρ∞ − 2 t β₂ᵗ / (1 − β₂ᵗ);  "
        "ρ(t) > 5:  w ← w − η r m̂ / (√v̂ + ε),  else  w ← w − η m̂"
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
            radam, segment.parameter, segment.gradient, segment.size,
            plan.hyper("learning_rate"), segment.slots[0], segment.slots[1],
            plan.constant(self.beta1), plan.constant(self.beta2), plan.constant(self.epsilon),
        )  # fmt: skip
