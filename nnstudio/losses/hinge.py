"""Hinge loss, plain and squared: a margin between the classes, as in support vector machines
(Cortes and Vapnik 1995)."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from nnstudio.core.compiled.jit import kernel
from nnstudio.core.compiled.state import BATCH
from nnstudio.core.contracts import Loss, Plan, Shape
from nnstudio.core.data import Data
from nnstudio.core.registry import register
from nnstudio.core.targets import check_classes, one_hot
from nnstudio.core.text import mark

f32 = np.float32


@kernel
def hinge(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: y (n, size), class numbers (n, 1), dy, sums, size, scale's and shift's places, whether
    the gap is squared (1) or not (0).

    The score of an output is y · scale + shift; its target is 1 for the example's class (class 1,
    if there is one output), −1 for the others. The gap is what a score misses its margin by.
    """
    y, t, dy, sums, size = row[1], row[2], row[3], row[4], row[5]
    scale, shift, squared = mem[row[6]], mem[row[7]], row[8] == 1
    factor = scale / f32(state[BATCH] * size)
    total = f32(0.0)
    right = 0
    for i in range(n):
        wanted = np.int64(mem[t + i])
        own = wanted if size > 1 else wanted - 1
        at = i * size
        best = 0
        for j in range(size):
            goal = f32(1.0) if j == own else f32(-1.0)
            gap = f32(1.0) - goal * (mem[y + at + j] * scale + shift)
            gap = f32(0.0) if gap <= f32(0.0) else gap
            slope = f32(0.0) if gap == f32(0.0) else f32(1.0)
            total += gap * gap if squared else gap
            mem[dy + at + j] = -factor * goal * (f32(2.0) * gap if squared else slope)
            if mem[y + at + j] > mem[y + at + best]:
                best = j
        if size == 1:
            best = 1 if mem[y + at] * scale + shift > f32(0.0) else 0
        right += 1 if best == wanted else 0
    mem[sums] = total / f32(size)
    mem[sums + 1] = f32(right)


@register("Hinge.v1")
class Hinge(Loss):
    """Only examples that are wrong or too close to the border count.

    Each output is a score: the example's own class should have 1 or more, every other class −1 or
    less (one against the rest; a single output scores class 1). A linear output is a score as it
    is. A probability p of a sigmoid or softmax output counts as the score 2 p − 1.
    """

    label = mark("Hinge")
    help = mark("Wants a margin: the right class's score above 1, the others below −1.")
    formula = mark("L = mean(max(0, 1 − t y)),  t = 1 for the right class, −1 for the others")
    tasks = ("classification",)
    squared: ClassVar[bool] = False

    def check(self, output: Shape, data: Data) -> None:
        """One output (two classes) or one a class."""
        check_classes(self.label, output, data)

    def lower(self, plan: Plan, output: Any, target: Any, sums: Any, task: str) -> None:
        """One row; probabilities become scores from −1 to 1."""
        scale, shift = (1.0, 0.0) if output.logits is None else (2.0, -1.0)
        plan.forward(
            hinge, output, target, output.grad, sums, output.size,
            plan.constant(scale), plan.constant(shift), int(self.squared),
        )  # fmt: skip

    def value(self, output: np.ndarray, target: np.ndarray, task: str, logits: bool) -> float:
        """In float64."""
        y = np.asarray(output, np.float64).reshape(len(output), -1)
        goal = 2 * one_hot(target, max(2, y.shape[1])) - 1
        goal = goal[:, 1:] if y.shape[1] == 1 else goal
        score = y if logits else 2 * y - 1
        gap = np.maximum(0, 1 - goal * score)
        return float((gap * gap if self.squared else gap).mean())


@register("SquaredHinge.v1")
class SquaredHinge(Hinge):
    """The hinge loss squared, as in L2 support vector machines: no corner."""

    label = mark("Squared hinge")
    help = mark("The hinge loss squared: no corner, and large mistakes count most.")
    formula = mark("L = mean(max(0, 1 − t y)²),  t = 1 for the right class, −1 for the others")
    squared = True
