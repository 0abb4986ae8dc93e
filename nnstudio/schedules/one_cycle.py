"""The one-cycle policy: up to a large learning rate and far down again (Smith and Topin 2018, arXiv
1708.07120), both along half a cosine wave. The momentum stays as it is."""

from __future__ import annotations

import numpy as np

from nnstudio.core.contracts import Schedule
from nnstudio.core.fields import integer, real
from nnstudio.core.registry import register
from nnstudio.core.text import mark


@register("OneCycle.v1")
class OneCycle(Schedule):
    """The learning rate is the peak; it may be several times the usual one."""

    label = mark("One cycle")
    help = mark("Rises to the learning rate and falls far below it, once over the run.")
    formula = mark("η(t): from s η up to η over the share p of the run, then down to e η")

    steps: int = integer(
        0, minimum=0, maximum=1_000_000_000, label=mark("Length (steps)"),
        help=mark("0: the whole run, if Epochs sets an end; without one the rate stays."),
    )  # fmt: skip
    rise: float = real(
        0.3, minimum=0.01, maximum=0.99, step=0.1, label=mark("Rising share"),
        help=mark("The share of the steps that it rises for."),
    )  # fmt: skip
    first: float = real(
        0.04, minimum=0.0, maximum=1.0, step=0.01, label=mark("First factor"),
        help=mark("The share of the learning rate to begin with."),
    )  # fmt: skip
    end: float = real(
        0.0, minimum=0.0, maximum=1.0, step=0.1, label=mark("Final factor"),
        help=mark("The share of the learning rate that remains at the end."),
    )  # fmt: skip

    def factors(self, steps: np.ndarray, total: int) -> np.ndarray:
        """Two half waves; the end from there on."""
        length = self.steps or total
        if length == 0:
            return np.ones(len(steps))
        place = np.minimum(steps / length, 1.0)
        up = 0.5 * (1 - np.cos(np.pi * np.minimum(place / self.rise, 1.0)))
        down = 0.5 * (1 + np.cos(np.pi * np.maximum((place - self.rise) / (1 - self.rise), 0.0)))
        rising = self.first + (1 - self.first) * up
        falling = self.end + (1 - self.end) * down
        return np.where(place < self.rise, rising, falling)
