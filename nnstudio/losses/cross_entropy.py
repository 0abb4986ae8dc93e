"""Cross-entropy, computed from logits: binary for one output, categorical for several.

log(softmax) and log(sigmoid) of the logits never overflow and never take log(0); the gradient by
the logits is simply probability − target (Bridle 1990).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nnstudio.core.contracts import Loss, Plan, Shape
from nnstudio.core.data import Data
from nnstudio.core.jit import kernel
from nnstudio.core.registry import register
from nnstudio.core.simd import exp, log, sigmoid, softplus
from nnstudio.core.state import BATCH
from nnstudio.core.text import StudioError, mark

f32 = np.float32


@kernel
def binary_cross_entropy(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: logits z (n, 1), target (n, 1), dz, sums; loss = softplus(z) − t z."""
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
def categorical_cross_entropy(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: logits z (n, classes), class numbers (n, 1), dz, sums, classes."""
    z, t, dz, sums, classes = row[1], row[2], row[3], row[4], row[5]
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
        norm = f32(0.0)
        for j in range(classes):
            norm += mem[to + j]
        scale = factor / norm
        for j in range(classes):
            mem[to + j] *= scale
        mem[to + wanted] -= factor
        total += log(norm) + top - mem[at + wanted]
        right += 1 if mem[at + wanted] >= top else 0
    mem[sums] = total
    mem[sums + 1] = f32(right)


@register("CrossEntropy.v1")
class CrossEntropy(Loss):
    """How surprised the predicted probabilities are by the right class."""

    label = mark("Cross-entropy")
    help = mark("The negative logarithm of the right class's probability. For classification.")
    formula = mark("L = −log p(right class)")
    tasks = ("classification",)

    def check(self, output: Shape, data: Data) -> None:
        """Classification only; one output (two classes) or one a class."""
        if data.task != "classification":
            raise StudioError(
                mark(
                    "Cross-entropy needs classes, but this data has numbers as targets. "
                    "Choose mean squared error."
                )
            )
        classes = len(data.classes)
        if output != (classes,) and not (classes == 2 and output == (1,)):
            raise StudioError(
                mark(
                    "The network gives {given} numbers, but the data has {wanted} classes. "
                    "Set the units of the last layer to {units}."
                ),
                given=" × ".join(map(str, output)),
                wanted=classes,
                units=data.outputs,
            )

    def lower(self, plan: Plan, output: Any, target: Any, sums: Any, task: str) -> None:
        """One row, on the logits under a softmax or sigmoid; other outputs *are* the logits."""
        binary = output.size == 1
        matching = "sigmoid" if binary else "softmax"
        logits = output
        if output.logits is not None and output.logits[0] == matching:
            logits = output.logits[1]
        if binary:
            plan.forward(binary_cross_entropy, logits, target, logits.grad, sums)
        else:
            plan.forward(categorical_cross_entropy, logits, target, logits.grad, sums, output.size)

    def value(self, output: np.ndarray, target: np.ndarray, task: str, logits: bool) -> float:
        """In float64; ``logits`` says that the output is no probability yet."""
        y = np.asarray(output, np.float64).reshape(len(output), -1)
        t = np.asarray(target)[:, 0].astype(int)
        if logits:
            if y.shape[1] == 1:
                y = 0.5 * (1 + np.tanh(0.5 * y))
            else:
                e = np.exp(y - y.max(axis=1, keepdims=True))
                y = e / e.sum(axis=1, keepdims=True)
        p = np.where(t == 1, y[:, 0], 1 - y[:, 0]) if y.shape[1] == 1 else y[np.arange(len(t)), t]
        # float32 probabilities cannot be below its least normal number.
        return float(-np.log(np.maximum(p, 1.2e-38)).mean())
