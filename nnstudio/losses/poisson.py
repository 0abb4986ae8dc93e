"""The Poisson loss: for counts of events (the likelihood of a Poisson regression, without the term
log t! that no weight changes)."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnstudio.core.compiled.jit import kernel
from nnstudio.core.compiled.simd import exp, log
from nnstudio.core.compiled.state import BATCH
from nnstudio.core.contracts import Loss, Plan, Shape
from nnstudio.core.data import Data
from nnstudio.core.fields import flag
from nnstudio.core.registry import register
from nnstudio.core.targets import check_numbers
from nnstudio.core.text import StudioError, mark

f32 = np.float32

#: The least expected count; without a logarithm, outputs below it are taken as this.
LEAST = 1e-7


@kernel
def poisson_of_logarithm(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: y (n, size), target (n, size), dy, sums, size; y is the expected count's logarithm."""
    y, t, dy, sums, size = row[1], row[2], row[3], row[4], row[5]
    factor = f32(1.0) / f32(state[BATCH] * size)
    total = f32(0.0)
    for i in range(n * size):
        v = mem[y + i]
        goal = mem[t + i]
        expected = exp(v)
        total += expected - goal * v
        mem[dy + i] = factor * (expected - goal)
    mem[sums] = total / f32(size)
    mem[sums + 1] = f32(0.0)


@kernel
def poisson_of_count(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: as above; y is the expected count itself."""
    y, t, dy, sums, size = row[1], row[2], row[3], row[4], row[5]
    factor = f32(1.0) / f32(state[BATCH] * size)
    least = f32(LEAST)
    total = f32(0.0)
    for i in range(n * size):
        v = mem[y + i]
        goal = mem[t + i]
        expected = least if v < least else v
        total += expected - goal * log(expected)
        slope = f32(1.0) - goal / expected
        mem[dy + i] = f32(0.0) if v < least else factor * slope
    mem[sums] = total / f32(size)
    mem[sums + 1] = f32(0.0)


@register("Poisson.v1")
class Poisson(Loss):
    """How unlikely the counts are if events come independently at the predicted rate."""

    label = mark("Poisson")
    help = mark("For counts of events, such as cars an hour; no target may be negative.")
    formula = "L = mean(λ − t log λ),  λ = eʸ"
    tasks = ("regression",)

    log_output: bool = flag(
        True, label=mark("Output is log λ"),
        help=mark("Off: the output is the expected count itself; end with Softplus then."),
    )  # fmt: skip

    def check(self, output: Shape, data: Data) -> None:
        """One output a target, and no target below 0."""
        check_numbers(self.label, output, data)
        least = float(data.train.y.min(initial=0.0))
        if least < 0:
            raise StudioError(
                mark(
                    "Poisson loss is for counts, but the least target here is {least} (tables "
                    "scale their targets). Choose Huber or mean squared error."
                ),
                least=f"{least:.3g}",
            )

    def lower(self, plan: Plan, output: Any, target: Any, sums: Any, task: str) -> None:
        """One row."""
        kernel_ = poisson_of_logarithm if self.log_output else poisson_of_count
        plan.forward(kernel_, output, target, output.grad, sums, output.size)

    def value(self, output: np.ndarray, target: np.ndarray, task: str, logits: bool) -> float:
        """In float64."""
        y = np.asarray(output, np.float64).reshape(len(output), -1)
        if self.log_output:
            return float((np.exp(y) - target * y).mean())
        expected = np.maximum(y, LEAST)
        return float((expected - target * np.log(expected)).mean())
