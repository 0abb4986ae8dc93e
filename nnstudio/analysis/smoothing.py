"""Curves made readable: smoothing, and as few points as a screen has columns."""

from __future__ import annotations

import numpy as np


def smooth(values: np.ndarray, width: float) -> np.ndarray:
    """Centred moving average over about ``width`` points, by a triangle; ends are kept honest by
    averaging over what is there. ``values`` holds finite numbers."""
    half = int(width)
    if half < 1 or len(values) < 3:
        return values
    half = min(half, len(values) - 1)
    weights = np.concatenate([np.arange(1, half + 2), np.arange(half, 0, -1)]).astype(float)
    total = np.convolve(values, weights)[half : half + len(values)]
    share = np.convolve(np.ones(len(values)), weights)[half : half + len(values)]
    return total / share


def decimate(x: np.ndarray, y: np.ndarray, columns: int) -> tuple[np.ndarray, np.ndarray]:
    """A curve of at most about twice as many points as columns that looks the same: of each group
    of neighbours the smallest and the largest value, in their order. ``y`` holds finite numbers."""
    columns = max(columns, 2)
    if len(x) <= 2 * columns:
        return x, y
    size = -(-len(x) // columns)
    whole = len(x) // size * size
    groups = y[:whole].reshape(-1, size)
    start = np.arange(0, whole, size)
    low, high = start + groups.argmin(axis=1), start + groups.argmax(axis=1)
    pairs = np.stack([np.minimum(low, high), np.maximum(low, high)], 1).ravel()
    keep = np.unique(np.concatenate([[0], pairs, np.arange(whole, len(x)), [len(x) - 1]]))
    return x[keep], y[keep]
