"""Adadelta: steps in the units of the weights themselves (Zeiler 2012, arXiv 1212.5701)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nnstudio.core.compiled.jit import kernel
from nnstudio.core.contracts import Optimizer, Plan
from nnstudio.core.fields import real
from nnstudio.core.registry import register
from nnstudio.core.text import mark

f32 = np.float32


@kernel
def adadelta(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: parameter, gradient, count, rate's place, mean square of gradients and of steps, ρ's
    and ε's places. The step's square that is remembered is the one before the learning rate."""
    w, g, count, rate = row[1], row[2], row[3], mem[row[4]]
    s, u = row[5], row[6]
    rho, epsilon = mem[row[7]], mem[row[8]]
    rest = f32(1.0) - rho
    for i in range(count):
        gradient = mem[g + i]
        square = rho * mem[s + i] + rest * gradient * gradient
        step = math.sqrt((mem[u + i] + epsilon) / (square + epsilon)) * gradient
        mem[s + i] = square
        mem[u + i] = rho * mem[u + i] + rest * step * step
        mem[w + i] -= rate * step


@register("Adadelta.v1")
class Adadelta(Optimizer):
    """The size of recent steps over the size of recent gradients: no rate needs to be chosen."""

    label = mark("Adadelta")
    help = mark("Sizes its steps by the steps before. The learning rate can stay at 1.")
    formula = (
        "s ← ρ s + (1 − ρ) g²;  d = g √(u + ε) / √(s + ε);  u ← ρ u + (1 − ρ) d²;  w ← w − η d"
    )
    slots = 2
    default_rate = 1.0

    rho: float = real(
        0.95, minimum=0.0, maximum=0.99999, step=0.01, label=mark("ρ"),
        help=mark("How slowly the mean of squared gradients forgets."),
    )  # fmt: skip
    epsilon: float = real(
        1e-6, minimum=1e-12, maximum=1.0, logarithmic=True, label=mark("ε"),
        help=mark("Gives the first steps their size; a larger one begins faster."),
    )  # fmt: skip

    def lower(self, plan: Plan, segment: Any) -> None:
        """One row."""
        plan.forward(
            adadelta, segment.parameter, segment.gradient, segment.size,
            plan.hyper("learning_rate"), segment.slots[0], segment.slots[1],
            plan.constant(self.rho), plan.constant(self.epsilon),
        )  # fmt: skip
