"""What excites a unit: an input that grows its value, found by gradient ascent (Erhan, Bengio,
Courville and Vincent 2009)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

#: Length of a step, as a share of the inputs' usual spread, and how much is forgotten in each.
RATE, DECAY = 0.25, 0.02


class Ascent:
    """``advance`` some times; ``x`` (1, *shape) is the input so far, ``values`` how the unit
    answered. ``gradient`` gives the unit's value and its gradient by the input."""

    def __init__(
        self,
        shape: tuple[int, ...],
        low: float,
        high: float,
        spread: float,
        random: np.random.Generator,
    ) -> None:
        self.low, self.high, self.spread = low, high, max(spread, 1e-6)
        middle = np.clip(0.0, low, high)
        noise = random.standard_normal((1, *shape)) * 0.1 * self.spread
        self.x = np.clip(middle + noise, low, high).astype(np.float32)
        self.values: list[float] = []

    def advance(self, gradient: Callable[[np.ndarray], tuple[float, np.ndarray]]) -> None:
        """One step uphill, of a length that does not depend on how steep it is."""
        value, slope = gradient(self.x)
        self.values.append(value)
        length = float(np.sqrt((slope.astype(float) ** 2).mean()))
        if length > 0:
            step = slope / length * RATE * self.spread
            x = self.x * (1 - DECAY) + step
            if x.ndim == 4 and min(x.shape[1:3]) > 4:
                x = smooth(x)
            self.x = np.clip(x, self.low, self.high).astype(np.float32)


def smooth(x: np.ndarray, share: float = 0.12) -> np.ndarray:
    """Pictures (n, h, w, c) a little blurred: single pixels that flicker say nothing."""
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), mode="edge")
    around = padded[:, :-2, 1:-1] + padded[:, 2:, 1:-1] + padded[:, 1:-1, :-2] + padded[:, 1:-1, 2:]
    return (1 - share) * x + share * around / 4
