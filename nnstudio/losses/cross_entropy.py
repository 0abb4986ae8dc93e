"""Cross-entropy, computed from logits: binary for one output, categorical for several.

log(softmax) and log(sigmoid) of the logits never overflow and never take log(0); the gradient by
the logits is simply probability − target (Bridle 1990). Label smoothing takes a share from the
right class and spreads it over all (Szegedy et al. 2016); a class's weight multiplies the loss of
its examples, and the sum is divided by the number of examples, as in Keras.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from nnstudio.core.compiled.jit import kernel
from nnstudio.core.compiled.simd import exp, log, sigmoid, softplus
from nnstudio.core.compiled.state import BATCH
from nnstudio.core.contracts import Loss, Plan, Shape
from nnstudio.core.data import Data
from nnstudio.core.fields import real, text
from nnstudio.core.registry import register
from nnstudio.core.targets import check_classes, log_probabilities
from nnstudio.core.text import StudioError, mark

f32 = np.float32

#: Class weights by how seldom a class is in the training data.
BALANCED = "balanced"


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


@kernel
def weighted_binary(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: as binary_cross_entropy, then the smoothing's place and those of two weights."""
    z, t, dz, sums, smoothing, weights = row[1], row[2], row[3], row[4], mem[row[5]], row[6]
    factor = f32(1.0) / f32(state[BATCH])
    total = f32(0.0)
    right = f32(0.0)
    for i in range(n):
        v = mem[z + i]
        goal = mem[t + i]
        smooth = goal + smoothing * (f32(0.5) - goal)
        weight = mem[weights] + goal * (mem[weights + 1] - mem[weights])
        total += weight * (softplus(v) - smooth * v)
        mem[dz + i] = weight * (sigmoid(v) - smooth) * factor
        says = f32(1.0) if v > f32(0.0) else f32(0.0)
        right += f32(1.0) if says == goal else f32(0.0)
    mem[sums] = total
    mem[sums + 1] = right


@kernel
def weighted_categorical(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: as categorical_cross_entropy, then the smoothing's place and those of the weights.

    The target of class j is smoothing / classes, and 1 − smoothing more for the right class.
    """
    z, t, dz, sums, classes = row[1], row[2], row[3], row[4], row[5]
    smoothing, weights = mem[row[6]], row[7]
    factor = f32(1.0) / f32(state[BATCH])
    share = smoothing / f32(classes)
    rest = f32(1.0) - smoothing
    total = f32(0.0)
    right = 0
    for i in range(n):
        at = z + i * classes
        to = dz + i * classes
        wanted = np.int64(mem[t + i])
        weight = mem[weights + wanted]
        top = mem[at]
        for j in range(1, classes):
            top = max(top, mem[at + j])
        norm = f32(0.0)
        below = f32(0.0)  # Σ (top − z), of which smoothing takes its share
        for j in range(classes):
            power = exp(mem[at + j] - top)
            mem[to + j] = power
            norm += power
            below += top - mem[at + j]
        scale = weight * factor
        for j in range(classes):
            mem[to + j] = scale * (mem[to + j] / norm - share)
        mem[to + wanted] -= scale * rest
        total += weight * (log(norm) + share * below + rest * (top - mem[at + wanted]))
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

    label_smoothing: float = real(
        0.0, minimum=0.0, maximum=0.9, step=0.05, label=mark("Label smoothing"),
        help=mark("The share of certainty given to all classes alike; 0.1 is common."),
    )  # fmt: skip
    class_weights: str = text(
        "", label=mark("Class weights"),
        help=mark("“balanced”, or a number for each class such as “1, 2.5”; empty: all alike."),
    )  # fmt: skip

    def check(self, output: Shape, data: Data) -> None:
        """Classification only; one output (two classes) or one a class; a weight a class."""
        check_classes(self.label, output, data)
        if self.class_weights.strip() != BALANCED:
            self._weights(len(data.classes))

    def prepared(self, data: Data) -> CrossEntropy:
        """Balanced weights as numbers: examples / (classes · examples of the class), so that all
        classes count alike and the mean weight is 1; a class without examples has weight 1."""
        if self.class_weights.strip() != BALANCED:
            return self
        classes = len(data.classes)
        counts = np.bincount(data.train.y[:, 0].astype(np.int64), minlength=classes)
        fair = len(data.train) / (classes * np.maximum(counts, 1))
        weights = np.where(counts > 0, fair, 1.0)
        numbers = ", ".join(map(repr, weights.tolist()))
        return dataclasses.replace(self, class_weights=numbers)  # type: ignore[type-var]

    def lower(self, plan: Plan, output: Any, target: Any, sums: Any, task: str) -> None:
        """One row, on the logits under a softmax or sigmoid; other outputs *are* the logits."""
        binary = output.size == 1
        matching = "sigmoid" if binary else "softmax"
        logits = output
        if output.logits is not None and output.logits[0] == matching:
            logits = output.logits[1]
        arguments = [logits, target, logits.grad, sums]
        if not binary:
            arguments.append(output.size)
        if self.label_smoothing == 0.0 and not self.class_weights.strip():
            plan.forward(binary_cross_entropy if binary else categorical_cross_entropy, *arguments)
        else:
            plan.forward(
                weighted_binary if binary else weighted_categorical, *arguments,
                plan.constant(self.label_smoothing), plan.array(self._weights(max(output.size, 2))),
            )  # fmt: skip

    def value(self, output: np.ndarray, target: np.ndarray, task: str, logits: bool) -> float:
        """In float64; ``logits`` says that the output is no probability yet."""
        p = log_probabilities(output, logits)
        t = np.asarray(target)[:, 0].astype(int)
        own = p[np.arange(len(t)), t]
        smooth = (1 - self.label_smoothing) * own + self.label_smoothing * p.mean(axis=1)
        return float(-(np.asarray(self._weights(p.shape[1]))[t] * smooth).mean())

    def _weights(self, classes: int) -> list[float]:
        """The class weights as numbers."""
        if not self.class_weights.strip():
            return [1.0] * classes
        try:
            weights = [float(part) for part in self.class_weights.replace("，", ",").split(",")]
            if len(weights) != classes or not all(0 <= weight < 1e6 for weight in weights):
                raise ValueError
        except ValueError:
            raise StudioError(
                mark(
                    "Class weights cannot be “{value}”. Give “balanced”, or {count} numbers "
                    "separated by commas, one for each class."
                ),
                value=self.class_weights[:60],
                count=classes,
            ) from None
        return weights
