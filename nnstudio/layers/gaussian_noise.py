"""GaussianNoise: adds normal random numbers while training (Bishop 1995)."""

from __future__ import annotations

from typing import Any

from nnstudio.core.compiled.copying import block, copy
from nnstudio.core.compiled.jit import kernel
from nnstudio.core.compiled.simd import random_key, random_normal
from nnstudio.core.compiled.state import SEED, STEP
from nnstudio.core.contracts import Layer, Plan, Shape
from nnstudio.core.fields import real
from nnstudio.core.ops import Noise, Op
from nnstudio.core.registry import register
from nnstudio.core.text import mark


@kernel
def gaussian_noise_forward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, y, numbers an example, standard deviation's place, stream, first example."""
    x, y, size, stream, first = row[1], row[2], row[3], row[5], row[6]
    deviation = mem[row[4]]
    key = random_key(state[SEED], stream, state[STEP])
    begin = first * size
    for i in range(n * size):
        mem[y + i] = mem[x + i] + deviation * random_normal(key, begin + i)


@register("GaussianNoise.v1")
class GaussianNoise(Layer):
    """Blurs what the network sees in training; does nothing when predicting."""

    label = mark("Gaussian noise")
    group = mark("Regularization")
    help = mark("Adds random noise to every number in each training step, against overfitting.")
    formula = "y = x + ε,  ε ~ N(0, σ²)"
    examples = (({}, ((7,),)), ({"deviation": 2.0}, ((4, 4, 2),)))

    deviation: float = real(
        0.1, minimum=0.0, maximum=100.0, step=0.1, label=mark("Standard deviation"),
        help=mark("How large the noise is."),
    )  # fmt: skip

    def summary(self) -> str:
        """Its size."""
        return f"σ {self.deviation:g}"

    def operations(self, *shapes: Shape) -> tuple[Op, ...]:
        """One, while training."""
        return (Noise("gaussian", self.deviation),)

    def lower(self, plan: Plan, *inputs: Any) -> Any:
        """A row only while training; gradients go through unchanged."""
        (x,) = inputs
        if not plan.training:
            return x
        y = plan.tensor(x.shape)
        plan.forward(
            gaussian_noise_forward, x, y, x.size, plan.constant(self.deviation), plan.stream(),
            plan.first,
        )  # fmt: skip
        whole = block((x.size,), (1,), (1,), steps=(x.size, x.size))
        plan.backward(copy, y.grad, x.grad, *whole, inputs=(x,))
        return y
