"""Kullback–Leibler divergence: how far the predicted distribution is from the true one (Kullback
and Leibler 1951), computed from logits like cross-entropy."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnstudio.core.compiled.jit import kernel
from nnstudio.core.compiled.simd import exp, log, sigmoid, softplus
from nnstudio.core.compiled.state import BATCH
from nnstudio.core.contracts import Loss, Plan, Shape
from nnstudio.core.data import Data
from nnstudio.core.registry import register
from nnstudio.core.targets import check_classes, check_values, log_probabilities, one_hot
from nnstudio.core.text import StudioError, mark

f32 = np.float32

#: How far the targets of an example may be from a sum of 1.
SLIGHT = 1e-3


@kernel
def kl_binary(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: logits z (n, 1), classes (n, 1), dz, sums; of a certain class it is −log p."""
    z, t, dz, sums = row[1], row[2], row[3], row[4]
    factor = f32(1.0) / f32(state[BATCH])
    total = f32(0.0)
    right = f32(0.0)
    for i in range(n):
        v = mem[z + i]
        goal = mem[t + i]
        total += softplus(v) - goal * v
        mem[dz + i] = (sigmoid(v) - goal) * factor
        says = f32(1.0) if v > f32(0.0) else f32(0.0)
        right += f32(1.0) if says == goal else f32(0.0)
    mem[sums] = total
    mem[sums + 1] = right


@kernel
def kl_distributions(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: logits z (n, size), target, dz, sums, size, width of a target: ``size`` for
    distributions, 1 for class numbers. loss = Σ t (log t − log p), slope p − t."""
    z, t, dz, sums, size, width = row[1], row[2], row[3], row[4], row[5], row[6]
    factor = f32(1.0) / f32(state[BATCH])
    total = f32(0.0)
    right = 0
    for i in range(n):
        at = z + i * size
        to = dz + i * size
        goals = t + i * width
        top = mem[at]
        for j in range(1, size):
            top = max(top, mem[at + j])
        norm = f32(0.0)
        for j in range(size):
            power = exp(mem[at + j] - top)
            mem[to + j] = power
            norm += power
        floor = top + log(norm)  # log p = z − floor
        for j in range(size):
            mem[to + j] *= factor / norm
        if width == 1:
            wanted = np.int64(mem[goals])
            total += floor - mem[at + wanted]
            mem[to + wanted] -= factor
            right += 1 if mem[at + wanted] >= top else 0
        else:
            for j in range(size):
                goal = mem[goals + j]
                information = goal * log(max(goal, f32(1.2e-38)))
                total += information - goal * (mem[at + j] - floor)
                mem[to + j] -= factor * goal
    mem[sums] = total
    mem[sums + 1] = f32(right)


@register("KLDivergence.v1")
class KLDivergence(Loss):
    """The information that is lost when the prediction stands for the truth.

    Targets are distributions (a regression whose targets are shares of 1), or classes, each a
    distribution that is certain; for those it equals cross-entropy.
    """

    label = mark("KL divergence")
    help = mark("How far the predicted distribution is from the true one. Targets are shares of 1.")
    formula = "L = Σ t log(t / p)"
    tasks = ("regression", "classification")

    def check(self, output: Shape, data: Data) -> None:
        """Targets must be classes, or distributions: none negative, each example's sum 1."""
        if data.task == "classification":
            check_classes(self.label, output, data)
            return
        check_values(output, data)
        y = data.train.y
        sums = y.sum(axis=1, dtype=np.float64)
        if y.shape[1] < 2 or (y < 0).any() or np.abs(sums - 1).max(initial=0) > SLIGHT:
            raise StudioError(
                mark(
                    "KL divergence compares distributions, but the targets of this data are not "
                    "shares that sum to 1. Choose mean squared error."
                )
            )

    def lower(self, plan: Plan, output: Any, target: Any, sums: Any, task: str) -> None:
        """One row, on the logits under a softmax or sigmoid; other outputs *are* the logits."""
        binary = output.size == 1
        logits = output
        if output.logits is not None and output.logits[0] == ("sigmoid" if binary else "softmax"):
            logits = output.logits[1]
        if binary:
            plan.forward(kl_binary, logits, target, logits.grad, sums)
        else:
            width = output.size if task == "regression" else 1
            plan.forward(
                kl_distributions, logits, target, logits.grad, sums, output.size, width
            )  # fmt: skip

    def value(self, output: np.ndarray, target: np.ndarray, task: str, logits: bool) -> float:
        """In float64; ``logits`` says that the output is no probability yet."""
        p = log_probabilities(output, logits)
        t = np.asarray(target, np.float64)
        t = t if task == "regression" else one_hot(t, p.shape[1])
        return float((t * (np.log(np.maximum(t, 1.2e-38)) - p)).sum(axis=1).mean())
