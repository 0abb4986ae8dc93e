"""Rprop: only the gradient's sign counts, every weight has a step size of its own (Riedmiller and
Braun 1993), in the form that does not step back, iRprop− (Igel and Hüsken 2000), as in PyTorch."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnstudio.core.compiled.jit import device, kernel
from nnstudio.core.contracts import Optimizer, Plan
from nnstudio.core.fields import real
from nnstudio.core.registry import register
from nnstudio.core.text import mark

f32 = np.float32


@device
def sign(x):  # type: ignore[no-untyped-def]
    """−1, 0 or 1."""
    return f32(1.0) if x > f32(0.0) else f32(-1.0) if x < f32(0.0) else f32(0.0)


@kernel
def rprop(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: parameter, gradient, count, rate's place, last gradient's sign, step size, and the
    places of growth, shrinkage, least and largest step.

    The step size is kept as a multiple of the learning rate, so that a change of the rate changes
    all steps; 0 means that this weight has taken none yet.
    """
    w, g, count, rate = row[1], row[2], row[3], mem[row[4]]
    last, size = row[5], row[6]
    growth, shrinkage = mem[row[7]], mem[row[8]]
    by_rate = f32(1.0) / rate if rate > f32(0.0) else f32(1.0)
    least = mem[row[9]] * by_rate
    most = mem[row[10]] * by_rate
    for i in range(count):
        now = sign(mem[g + i])
        agreement = now * mem[last + i]
        factor = mem[size + i]
        factor = f32(1.0) if factor == f32(0.0) else factor
        factor = factor * growth if agreement > f32(0.0) else factor
        factor = factor * shrinkage if agreement < f32(0.0) else factor
        factor = min(max(factor, least), most)
        now = f32(0.0) if agreement < f32(0.0) else now
        mem[last + i] = now
        mem[size + i] = factor
        mem[w + i] -= rate * factor * now


@register("Rprop.v1")
class Rprop(Optimizer):
    """Steps grow while the gradient keeps its sign, and shrink when it turns.

    A single batch's sign is mostly chance, so a step looks at the whole training set.
    """

    label = mark("Rprop")
    help = mark("Steps grow while the gradient keeps its sign. Each looks at all the data.")
    formula = mark("same sign: Δ ← η⁺ Δ;  other sign: Δ ← η⁻ Δ, wait;  w ← w − Δ sign(g)")
    slots = 2
    default_rate = 0.01
    whole_set = True

    growth: float = real(
        1.2, minimum=1.0, maximum=10.0, step=0.1, label=mark("η⁺"),
        help=mark("How a step grows while the gradient keeps its sign."),
    )  # fmt: skip
    shrinkage: float = real(
        0.5, minimum=0.01, maximum=1.0, step=0.1, label=mark("η⁻"),
        help=mark("How a step shrinks when the gradient changes its sign."),
    )  # fmt: skip
    least: float = real(
        1e-6, minimum=1e-12, maximum=1.0, logarithmic=True, label=mark("Smallest step"),
        help=mark("No weight moves by less."),
    )  # fmt: skip
    most: float = real(
        50.0, minimum=1e-6, maximum=1000.0, logarithmic=True, label=mark("Largest step"),
        help=mark("No weight moves by more."),
    )  # fmt: skip

    def lower(self, plan: Plan, segment: Any) -> None:
        """One row."""
        plan.forward(
            rprop, segment.parameter, segment.gradient, segment.size,
            plan.hyper("learning_rate"), segment.slots[0], segment.slots[1],
            plan.constant(self.growth), plan.constant(self.shrinkage),
            plan.constant(self.least), plan.constant(max(self.least, self.most)),
        )  # fmt: skip
