"""Adagrad: each weight's step shrinks with all the gradients it has seen (Duchi, Hazan and Singer
2011, https://doi.org/10.5555/1953048.2021068)."""

from __future__ import annotations

import math
from typing import Any

from nnstudio.core.compiled.jit import kernel
from nnstudio.core.contracts import Optimizer, Plan
from nnstudio.core.fields import real
from nnstudio.core.registry import register
from nnstudio.core.text import mark


@kernel
def adagrad(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: parameter, gradient, count, learning rate's place, sum of squares, ε's place."""
    w, g, count, rate, s, epsilon = row[1], row[2], row[3], mem[row[4]], row[5], mem[row[6]]
    for i in range(count):
        gradient = mem[g + i]
        total = mem[s + i] + gradient * gradient
        mem[s + i] = total
        mem[w + i] -= rate * gradient / (math.sqrt(total) + epsilon)


@register("Adagrad.v1")
class Adagrad(Optimizer):
    """Weights that are seldom used keep large steps; often used ones take ever smaller ones."""

    label = mark("Adagrad")
    help = mark("Divides each weight's step by the size of all its gradients so far.")
    formula = "s ← s + g²;  w ← w − η g / (√s + ε)"
    slots = 1
    default_rate = 0.03

    epsilon: float = real(
        1e-7, minimum=1e-12, maximum=1.0, logarithmic=True, label=mark("ε"),
        help=mark("Keeps the division finite."),
    )  # fmt: skip

    def lower(self, plan: Plan, segment: Any) -> None:
        """One row."""
        plan.forward(
            adagrad, segment.parameter, segment.gradient, segment.size,
            plan.hyper("learning_rate"), segment.slots[0], plan.constant(self.epsilon),
        )  # fmt: skip
