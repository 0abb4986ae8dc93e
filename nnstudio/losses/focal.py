"""Focal loss: cross-entropy that looks away from what is already right (Lin et al. 2017, arXiv
1708.02002), computed from logits."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnstudio.core.compiled.jit import device, kernel
from nnstudio.core.compiled.simd import exp, log, log1p, sigmoid, softplus
from nnstudio.core.compiled.state import BATCH
from nnstudio.core.contracts import Loss, Plan, Shape
from nnstudio.core.data import Data
from nnstudio.core.fields import real
from nnstudio.core.registry import register
from nnstudio.core.targets import check_classes, log_probabilities
from nnstudio.core.text import mark

f32 = np.float32


@device
def focus(q, log_q, gamma):  # type: ignore[no-untyped-def]
    """q^γ, and 1 for γ = 0 whatever q is; q = 1 − p of the right class."""
    return exp(gamma * max(log_q, f32(-87.0))) if q > f32(0.0) or gamma == f32(0.0) else f32(0.0)


@device
def slope(q, surprise, power, gamma):  # type: ignore[no-untyped-def]
    """−p dL/dp = q^γ (1 + γ p (−log p) / q), which stays finite as q goes to 0."""
    ratio = surprise / q if q > f32(1e-30) else f32(1.0)
    return power * (f32(1.0) + gamma * (f32(1.0) - q) * ratio)


@kernel
def focal_binary(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: logits z (n, 1), classes (n, 1), dz, sums, γ's place; dL/dz = ∓ slope · (1 − p)."""
    z, t, dz, sums, gamma = row[1], row[2], row[3], row[4], mem[row[5]]
    factor = f32(1.0) / f32(state[BATCH])
    total = f32(0.0)
    right = f32(0.0)
    for i in range(n):
        goal = mem[t + i]
        side = f32(2.0) * goal - f32(1.0)
        margin = side * mem[z + i]
        surprise = softplus(-margin)  # −log p
        q = sigmoid(-margin)
        power = focus(q, -softplus(margin), gamma)
        total += power * surprise
        mem[dz + i] = -side * factor * q * slope(q, surprise, power, gamma)
        says = f32(1.0) if mem[z + i] > f32(0.0) else f32(0.0)
        right += f32(1.0) if says == goal else f32(0.0)
    mem[sums] = total
    mem[sums + 1] = right


@kernel
def focal_categorical(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: logits z (n, classes), class numbers (n, 1), dz, sums, classes, γ's place;
    dL/dz = slope · (probabilities − one-hot)."""
    z, t, dz, sums, classes, gamma = row[1], row[2], row[3], row[4], row[5], mem[row[6]]
    factor = f32(1.0) / f32(state[BATCH])
    total = f32(0.0)
    right = 0
    for i in range(n):
        at = z + i * classes
        to = dz + i * classes
        wanted = np.int64(mem[t + i])
        top = mem[at]
        for j in range(1, classes):
            top = max(top, mem[at + j])
        for j in range(classes):
            mem[to + j] = exp(mem[at + j] - top)
        own = mem[to + wanted]
        mem[to + wanted] = f32(0.0)
        others = f32(0.0)
        for j in range(classes):
            others += mem[to + j]
        norm = own + others
        q = others / norm
        # −log p: where p is near 1, log(norm) would have lost what q still has.
        surprise = log1p(others / own) if own > others else top - mem[at + wanted] + log(norm)
        power = focus(q, log(max(q, f32(1.2e-38))), gamma)
        total += power * surprise
        scale = factor * slope(q, surprise, power, gamma)
        for j in range(classes):
            mem[to + j] *= scale / norm
        mem[to + wanted] = -scale * q
        right += 1 if mem[at + wanted] >= top else 0
    mem[sums] = total
    mem[sums + 1] = f32(right)


@register("Focal.v1")
class Focal(Loss):
    """Examples that are right with confidence weigh next to nothing; hard and rare ones remain."""

    label = mark("Focal")
    help = mark("Cross-entropy that counts easy examples less; for rare classes.")
    formula = "L = −(1 − p)^γ log p"
    tasks = ("classification",)

    gamma: float = real(
        2.0, minimum=0.0, maximum=10.0, step=0.5, label=mark("γ"),
        help=mark("How little easy examples count; 0 is cross-entropy, 2 is common."),
    )  # fmt: skip

    def check(self, output: Shape, data: Data) -> None:
        """One output (two classes) or one a class."""
        check_classes(self.label, output, data)

    def lower(self, plan: Plan, output: Any, target: Any, sums: Any, task: str) -> None:
        """One row, on the logits under a softmax or sigmoid; other outputs *are* the logits."""
        binary = output.size == 1
        logits = output
        if output.logits is not None and output.logits[0] == ("sigmoid" if binary else "softmax"):
            logits = output.logits[1]
        gamma = plan.constant(self.gamma)
        if binary:
            plan.forward(focal_binary, logits, target, logits.grad, sums, gamma)
        else:
            plan.forward(
                focal_categorical, logits, target, logits.grad, sums, output.size, gamma
            )  # fmt: skip

    def value(self, output: np.ndarray, target: np.ndarray, task: str, logits: bool) -> float:
        """In float64; ``logits`` says that the output is no probability yet."""
        p = log_probabilities(output, logits)
        own = p[np.arange(len(p)), np.asarray(target)[:, 0].astype(int)]
        return float((-((-np.expm1(own)) ** self.gamma) * own).mean())
