"""Many numbers an example in two: principal components (Pearson 1901), by singular values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: More columns than this are first mixed into so many random ones (Johnson and Lindenstrauss).
MOST_COLUMNS = 4096
EXPLAINED_LEAST = 1e-12


@dataclass(frozen=True)
class Projection:
    """``points`` (n, k), the ``axes`` (k, columns) they lie on, the ``mean`` (columns,), and the
    share of the variance that each axis explains (k,)."""

    points: np.ndarray
    axes: np.ndarray
    mean: np.ndarray
    explained: np.ndarray

    def project(self, x: np.ndarray) -> np.ndarray:
        """Other rows on the same axes."""
        return (x - self.mean) @ self.axes.T


def principal_components(x: np.ndarray, count: int = 2) -> Projection:
    """The ``count`` directions in which rows (n, columns) differ most.

    Signs are fixed so that each axis' largest entry is positive: the picture does not flip. Axes
    that do not exist (too few columns) are zero.
    """
    x = np.asarray(x, np.float64)
    mean = x.mean(0)
    centred = x - mean
    n, columns = centred.shape
    if n >= columns:
        values, vectors = np.linalg.eigh(centred.T @ centred)
        order = np.argsort(-values)[:count]
        axes, variance = vectors[:, order].T, np.maximum(values[order], 0)
    else:
        values, vectors = np.linalg.eigh(centred @ centred.T)
        order = np.argsort(-values)[:count]
        variance = np.maximum(values[order], 0)
        axes = (vectors[:, order] / np.sqrt(np.maximum(variance, EXPLAINED_LEAST))).T @ centred
    axes = axes * np.where(variance > EXPLAINED_LEAST, 1.0, 0.0)[:, None]
    signs = np.sign(np.take_along_axis(axes, np.abs(axes).argmax(1)[:, None], 1))
    axes = axes * np.where(signs == 0, 1, signs)
    if len(axes) < count:
        axes = np.concatenate([axes, np.zeros((count - len(axes), columns))])
        variance = np.concatenate([variance, np.zeros(count - len(variance))])
    total = max(float((centred**2).sum()), EXPLAINED_LEAST)
    return Projection(centred @ axes.T, axes, mean, variance / total)


def aligned(points: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Points (n, 2) turned or mirrored to lie as near as possible to others (n, 2), as Procrustes
    did with his guests; their own size is kept."""
    a, b = points - points.mean(0), before - before.mean(0)
    u, _, v = np.linalg.svd(a.T @ b)
    return a @ (u @ v) + points.mean(0)
