"""Links between cards: smooth curves through knots, with level ends. Pure geometry, no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

#: Points of each curved stretch when a route is looked for.
SAMPLES = 24


@dataclass(frozen=True)
class Route:
    """The link from one node to another (``edge``), through ``knots`` (x, y) from left to right.

    ``source`` and ``target`` are the cards: the nodes themselves, or the blocks that hold them.
    ``words`` is the shape of what flows.
    """

    edge: tuple[str, str]
    source: str
    target: str
    knots: tuple[tuple[float, float], ...]
    words: str = ""

    @cached_property
    def points(self) -> np.ndarray:
        """The curve as a polyline: (points, 2)."""
        t = np.linspace(0.0, 1.0, SAMPLES)
        parts = []
        for (x0, y0), (x1, y1) in zip(self.knots, self.knots[1:], strict=False):
            x = x0 + (x1 - x0) * (1.5 * t * (1 - t) + t**3)
            y = y0 + (y1 - y0) * (3 * t**2 - 2 * t**3)
            parts.append(np.stack([x, y], 1))
        return np.concatenate(parts)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        xs = [x for x, _ in self.knots]
        ys = [y for _, y in self.knots]
        return min(xs), min(ys), max(xs), max(ys)

    @property
    def middle(self) -> tuple[float, float]:
        """The middle of the longest stretch: where the “+” stands."""
        stretches = list(zip(self.knots, self.knots[1:], strict=False))
        (x0, y0), (x1, y1) = max(stretches, key=lambda s: s[1][0] - s[0][0])
        return (x0 + x1) / 2, (y0 + y1) / 2

    def distance(self, x: float, y: float, reach: float) -> float:
        """How far a point is from the curve; infinity if it is clearly out of reach."""
        left, top, right, bottom = self.bounds
        if not (left - reach <= x <= right + reach and top - reach <= y <= bottom + reach):
            return float("inf")
        a, b = self.points[:-1], self.points[1:]
        along = b - a
        length = np.maximum((along**2).sum(1), 1e-12)
        share = np.clip((([x, y] - a) * along).sum(1) / length, 0.0, 1.0)
        nearest = a + share[:, None] * along
        return float(np.sqrt((([x, y] - nearest) ** 2).sum(1).min()))
