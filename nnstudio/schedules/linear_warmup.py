"""Linear warm-up: small steps while the first gradients are wild (Goyal et al. 2017, arXiv
1706.02677), then constant, or down to zero."""

from __future__ import annotations

import numpy as np

from nnstudio.core.contracts import Schedule
from nnstudio.core.fields import choice, integer
from nnstudio.core.registry import register
from nnstudio.core.text import mark


@register("LinearWarmup.v1")
class LinearWarmup(Schedule):
    """A straight line up, and what follows it."""

    label = mark("Linear warm-up")
    help = mark("Begins with small steps that grow to the learning rate.")
    formula = "t < T:  η(t) = η · (t + 1) / T"

    steps: int = integer(
        500, minimum=1, maximum=1_000_000_000, label=mark("Length (steps)"),
        help=mark("Steps until the learning rate is reached."),
    )  # fmt: skip
    then: str = choice(
        "constant", ("constant", "linear", "cosine"), label=mark("Then"),
        help=mark("Stay there, or fall to zero by the end of the run, if Epochs sets one."),
        labels={
            "constant": mark("constant"),
            "linear": mark("linear to zero"),
            "cosine": mark("cosine to zero"),
        },
    )  # fmt: skip

    def factors(self, steps: np.ndarray, total: int) -> np.ndarray:
        """(step + 1) / steps, so that the first step already moves; then the decay."""
        rising = np.minimum((steps + 1) / self.steps, 1.0)
        if self.then == "constant" or total <= self.steps:
            return rising
        place = np.clip((steps - self.steps) / (total - self.steps), 0.0, 1.0)
        falling = 1 - place if self.then == "linear" else 0.5 * (1 + np.cos(np.pi * place))
        return rising * falling
