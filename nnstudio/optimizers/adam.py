"""Adam: momentum and RMSprop's division, both corrected for their start (Kingma and Ba 2015), with
AMSGrad's step sizes that never grow again as an option (Reddi, Kale and Kumar 2018)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nnstudio.core.compiled.jit import kernel
from nnstudio.core.compiled.state import UPDATES
from nnstudio.core.contracts import Optimizer, Plan
from nnstudio.core.fields import flag, real
from nnstudio.core.registry import register
from nnstudio.core.text import mark

f32 = np.float32
f64 = np.float64


@kernel
def adam(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: parameter, gradient, count, rate's place, first and second moment, β1's, β2's, ε's.

    The corrections 1 − β^t are computed in float64 once a row.
    """
    w, g, count, rate = row[1], row[2], row[3], mem[row[4]]
    m, v = row[5], row[6]
    beta1, beta2, epsilon = mem[row[7]], mem[row[8]], mem[row[9]]
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
        mem[w + i] -= step * first / (math.sqrt(second) * scale + epsilon)


@kernel
def amsgrad(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: as adam, then the largest second moment. The largest is taken before the correction
    for the start, as in Keras and PyTorch (the paper has no correction)."""
    w, g, count, rate = row[1], row[2], row[3], mem[row[4]]
    m, v = row[5], row[6]
    beta1, beta2, epsilon = mem[row[7]], mem[row[8]], mem[row[9]]
    most = row[10]
    t = f64(state[UPDATES] + 1)
    step = f32(f64(rate) / (1.0 - f64(beta1) ** t))
    scale = f32(1.0 / math.sqrt(1.0 - f64(beta2) ** t))
    rest1 = f32(1.0) - beta1
    rest2 = f32(1.0) - beta2
    for i in range(count):
        gradient = mem[g + i]
        first = beta1 * mem[m + i] + rest1 * gradient
        second = beta2 * mem[v + i] + rest2 * gradient * gradient
        largest = max(mem[most + i], second)
        mem[m + i] = first
        mem[v + i] = second
        mem[most + i] = largest
        mem[w + i] -= step * first / (math.sqrt(largest) * scale + epsilon)


@register("Adam.v1")
class Adam(Optimizer):
    """Steps of similar size for every weight, in the direction of the gradients' mean."""

    label = mark("Adam")
    help = mark("Follows the mean gradient, each weight at a step size of its own.")
    formula = "m ← β₁ m + (1 − β₁) g;  v ← β₂ v + (1 − β₂) g²;  w ← w − η m̂ / (√v̂ + ε)"
    slots = 3
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
    amsgrad: bool = flag(
        False, label=mark("AMSGrad"),
        help=mark("Divides by the largest mean square so far, so that steps do not grow again."),
    )  # fmt: skip

    def lower(self, plan: Plan, segment: Any) -> None:
        """One row."""
        plan.forward(
            amsgrad if self.amsgrad else adam,
            segment.parameter, segment.gradient, segment.size,
            plan.hyper("learning_rate"), segment.slots[0], segment.slots[1],
            plan.constant(self.beta1), plan.constant(self.beta2), plan.constant(self.epsilon),
            segment.slots[2],
        )  # fmt: skip
