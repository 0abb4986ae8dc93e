"""Stochastic gradient descent, with momentum (Polyak 1964) or Nesterov's (1983) form of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnstudio.core.compiled.jit import kernel
from nnstudio.core.contracts import Optimizer, Plan
from nnstudio.core.fields import flag, real
from nnstudio.core.registry import register
from nnstudio.core.text import mark

f32 = np.float32


@kernel
def sgd(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: parameter, gradient, count, learning rate's place."""
    w, g, count, rate = row[1], row[2], row[3], mem[row[4]]
    for i in range(count):
        mem[w + i] -= rate * mem[g + i]


@kernel
def momentum(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: parameter, gradient, count, learning rate's place, velocity, momentum's place."""
    w, g, count, rate, v, beta = row[1], row[2], row[3], mem[row[4]], row[5], mem[row[6]]
    for i in range(count):
        velocity = beta * mem[v + i] + mem[g + i]
        mem[v + i] = velocity
        mem[w + i] -= rate * velocity


@kernel
def nesterov(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: as momentum; the step looks ahead along the velocity (Sutskever et al. 2013)."""
    w, g, count, rate, v, beta = row[1], row[2], row[3], mem[row[4]], row[5], mem[row[6]]
    for i in range(count):
        gradient = mem[g + i]
        velocity = beta * mem[v + i] + gradient
        mem[v + i] = velocity
        mem[w + i] -= rate * (beta * velocity + gradient)


@register("SGD.v1")
class SGD(Optimizer):
    """Each step goes against the gradient, carried on by the momentum of earlier steps."""

    label = mark("SGD")
    help = mark("Steps against the gradient; momentum carries earlier steps on.")
    formula = "v ← μ v + g;  w ← w − η v   (Nesterov: w ← w − η (μ v + g))"
    slots = 1
    default_rate = 0.03

    momentum: float = real(
        0.0, minimum=0.0, maximum=0.9999, step=0.1, label=mark("Momentum"),
        help=mark("The share of the last step that the next one keeps; 0.9 is common."),
    )  # fmt: skip
    nesterov: bool = flag(
        False, label=mark("Nesterov"),
        help=mark("Looks ahead along the velocity before it corrects the course."),
    )  # fmt: skip

    def lower(self, plan: Plan, segment: Any) -> None:
        """Plain descent needs no velocity."""
        arguments = (
            segment.parameter, segment.gradient, segment.size, plan.hyper("learning_rate"),
        )  # fmt: skip
        if self.momentum == 0.0:
            plan.forward(sgd, *arguments)
        else:
            kernel_ = nesterov if self.nesterov else momentum
            plan.forward(kernel_, *arguments, segment.slots[0], plan.constant(self.momentum))
