"""t-SNE: neighbours stay neighbours (van der Maaten and Hinton 2008), a few iterations at a time.

Exact, for some hundred points; the picture can be watched as it settles.
"""

from __future__ import annotations

import numpy as np

from nnstudio.analysis.projection import principal_components

EXAGGERATION, EXAGGERATED = 12.0, 100
ITERATIONS = 500


def affinities(x: np.ndarray, perplexity: float = 30.0) -> np.ndarray:
    """Joint probabilities (n, n) of being neighbours, symmetric, summing to 1."""
    n = len(x)
    squares = (x**2).sum(1)
    distance = np.maximum(squares[:, None] - 2 * x @ x.T + squares[None], 0)
    np.fill_diagonal(distance, np.inf)
    wanted = np.log(min(perplexity, max(2.0, (n - 1) / 3)))
    low, high = np.full(n, 0.0), np.full(n, np.inf)
    beta = 1 / np.maximum(np.median(np.where(np.isinf(distance), 0, distance), axis=1), 1e-12)
    p = np.zeros((n, n))
    for _ in range(40):
        nearest = distance.min(1, keepdims=True)
        p = np.exp(-(distance - nearest) * beta[:, None])
        total = p.sum(1)
        mean = (np.where(np.isinf(distance), 0, distance - nearest) * p).sum(1) / total
        entropy = np.log(total) + beta * mean
        too_wide = entropy > wanted
        low, high = np.where(too_wide, beta, low), np.where(too_wide, high, beta)
        beta = np.where(np.isinf(high), beta * 2, (low + high) / 2)
    p /= p.sum(1, keepdims=True)
    p = (p + p.T) / (2 * n)
    return np.maximum(p, 1e-12)


class Tsne:
    """``advance`` until ``done``; ``points`` (n, 2) is how far it has come."""

    def __init__(self, x: np.ndarray, begin: np.ndarray | None = None) -> None:
        x = np.asarray(x, np.float64)
        spread = x.std()
        self._p = affinities(x / (spread if spread > 0 else 1.0))
        start = principal_components(x).points if begin is None else begin
        size = start[:, 0].std()
        warm = begin is not None
        self.points = start if warm else start / (size if size > 0 else 1.0) * 1e-2
        self._speed = np.zeros_like(self.points)
        self._gains = np.ones_like(self.points)
        self.iteration = EXAGGERATED if warm else 0
        self.divergence = float("nan")

    @property
    def done(self) -> bool:
        """Whether it has settled."""
        return self.iteration >= ITERATIONS

    def advance(self, iterations: int = 1) -> None:
        """Some steps of gradient descent with momentum."""
        rate = max(50.0, len(self.points) / EXAGGERATION)
        for _ in range(iterations):
            early = self.iteration < EXAGGERATED
            y = self.points
            squares = (y**2).sum(1)
            near = 1 / (1 + np.maximum(squares[:, None] - 2 * y @ y.T + squares[None], 0))
            np.fill_diagonal(near, 0)
            q = np.maximum(near / near.sum(), 1e-12)
            p = self._p * (EXAGGERATION if early else 1.0)
            pull = (p - q) * near
            gradient = 4 * (pull.sum(1)[:, None] * y - pull @ y)
            same = np.sign(gradient) == np.sign(self._speed)
            self._gains = np.maximum(np.where(same, self._gains * 0.8, self._gains + 0.2), 0.01)
            momentum = 0.5 if early else 0.8
            self._speed = momentum * self._speed - rate * self._gains * gradient
            self.points = y + self._speed
            self.points -= self.points.mean(0)
            self.iteration += 1
        self.divergence = float((self._p * np.log(self._p / q)).sum())
