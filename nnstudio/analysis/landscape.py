"""The loss around the present weights, on a plane of two directions.

Random directions are scaled filter by filter to the size of the weights (Li, Xu, Taylor, Studer
and Goldstein 2018), so that flat and steep mean the same in all layers; or the plane is that of
the path's two principal components.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from nnstudio.analysis.projection import principal_components

Key = tuple[str, str]
Parameters = Mapping[Key, np.ndarray]


def flat(parameters: Parameters, keys: Sequence[Key]) -> np.ndarray:
    """Some parameters in a row."""
    return np.concatenate([np.ravel(parameters[key]) for key in keys])


def shaped(row: np.ndarray, parameters: Parameters, keys: Sequence[Key]) -> dict[Key, np.ndarray]:
    """Back in their shapes; parameters that are not among the keys stay as they are."""
    made = dict(parameters)
    at = 0
    for key in keys:
        size = parameters[key].size
        made[key] = row[at : at + size].reshape(parameters[key].shape).astype(np.float32)
        at += size
    return made


def filter_normalised(
    parameters: Parameters, keys: Sequence[Key], random: np.random.Generator
) -> np.ndarray:
    """A random direction whose part for each unit (last axis) is as long as the unit's weights;
    vectors such as biases stay where they are."""
    parts = []
    for key in keys:
        weight = np.asarray(parameters[key], np.float64)
        if weight.ndim < 2:
            parts.append(np.zeros(weight.size))
            continue
        direction = random.standard_normal(weight.shape)
        axes = tuple(range(weight.ndim - 1))
        own = np.sqrt((weight**2).sum(axes, keepdims=True))
        length = np.sqrt((direction**2).sum(axes, keepdims=True))
        parts.append((direction * own / np.maximum(length, 1e-12)).ravel())
    return np.concatenate(parts)


def path_plane(path: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The two directions (columns,) in which a path (n, columns) through the weights, seen from
    its end, extends most, and the path on them (n, 2), its end at (0, 0)."""
    found = principal_components(path)
    points = found.points - found.points[-1]
    return found.axes[0], found.axes[1], points
