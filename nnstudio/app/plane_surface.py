"""What the network says everywhere in the plane: numbers, and the picture of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PySide6.QtGui import QColor, QImage

from nnstudio.app import heatmap
from nnstudio.app.class_colours import class_colour, class_image, class_levels
from nnstudio.core.data import PLANE_LIMIT, Data, plane_features

#: Points along each side of the surface.
GRID = 100
MOST_PIXELS = 640
#: Probabilities nearer to 0 and 1 than this count as equal.
SURE = 1e-7


@dataclass(frozen=True)
class Surface:
    """``values`` (GRID, GRID) float32, the top row first: log(p / (1 − p)) of class 1, else the
    prediction; for three or more classes (GRID, GRID, classes) probabilities. ``levels`` is the
    picture in bytes of colour, of as many pixels as were asked for."""

    values: np.ndarray
    levels: np.ndarray
    data: Data
    heat: bool = False  # the levels are shades of one number, not of classes


@dataclass(frozen=True)
class Request:
    """How the surface is wanted: discretized or not, and its side in pixels."""

    discretize: bool
    pixels: int
    what: str = "classes"


@lru_cache(maxsize=4)
def grid_features(features: tuple[str, ...]) -> np.ndarray:
    """The features (GRID², features) at the middle of each cell of the plane, x₂ = 6 first."""
    at = (np.arange(GRID) + 0.5) / GRID * 2 * PLANE_LIMIT - PLANE_LIMIT
    x1, x2 = np.meshgrid(at, -at)
    return plane_features(np.stack([x1.ravel(), x2.ravel()], 1).astype(np.float32), features)


@lru_cache(maxsize=4)
def stretch(pixels: int) -> np.ndarray:
    """(pixels, GRID) float32: the shares of the grid's points in each pixel, bilinear."""
    at = np.clip((np.arange(pixels) + 0.5) / pixels * GRID - 0.5, 0, GRID - 1)
    return np.maximum(0, 1 - np.abs(at[:, None] - np.arange(GRID))).astype(np.float32)


def value_scale(data: Data) -> float:
    """The value that gets the full colour: 1 for classes, the largest target otherwise."""
    if data.task == "classification":
        return 1.0
    return float(max(np.abs(data.train.y).max(initial=0.0), 1e-6))


def many_classes(probabilities: np.ndarray, request: Request, data: Data) -> Surface:
    """The surface of probabilities (GRID², classes) of three or more classes."""
    shares = probabilities.reshape(GRID, GRID, -1).astype(np.float32)
    weights = stretch(request.pixels)
    fine = np.stack([weights @ shares[..., at] @ weights.T for at in range(shares.shape[2])], 2)
    return Surface(shares, class_levels(fine, discretize=request.discretize), data)


def one_number(probabilities: np.ndarray, request: Request, data: Data) -> Surface:
    """How sure the network is of its answer, or the probability of one class."""
    classes = probabilities.shape[1]
    if request.what == "confidence":
        shade = (probabilities.max(1) - 1 / classes) / (1 - 1 / classes)
    else:
        shade = 2 * probabilities[:, min(int(request.what), classes - 1)] - 1
    weights = stretch(request.pixels)
    fine = weights @ shade.reshape(GRID, GRID).astype(np.float32) @ weights.T
    if classes > 2:
        values = probabilities.reshape(GRID, GRID, -1).astype(np.float32)
    else:
        sure = np.clip(probabilities, SURE, 1.0)
        values = np.log(sure[:, 1] / sure[:, 0]).reshape(GRID, GRID).astype(np.float32)
    return Surface(values, heatmap.quantize(fine, 1.0), data, heat=True)


def picture(surface: Surface) -> QImage:
    """A surface in the present theme's colours."""
    show = class_image if surface.values.ndim == 3 and not surface.heat else heatmap.image
    return show(surface.levels)


def point_colours(values: np.ndarray, data: Data) -> list[QColor]:
    """The colour of each of some points by its class or number (n,)."""
    if len(data.classes) > 2:
        colours = [QColor(class_colour(number)) for number in range(len(data.classes))]
        return [colours[number] for number in values.astype(int).tolist()]
    scaled = 2 * values - 1 if data.task == "classification" else values / value_scale(data)
    return [QColor.fromRgb(colour) for colour in heatmap.colours(scaled, 1.0)]


def between(values: np.ndarray, across: float, down: float) -> float:
    """The value at a place (0 to 1) between the middles of four cells, bilinear."""
    rows, columns = values.shape
    x = float(np.clip(across * columns - 0.5, 0, columns - 1))
    y = float(np.clip(down * rows - 0.5, 0, rows - 1))
    i, j = min(int(y), rows - 2), min(int(x), columns - 2)
    u, v = y - i, x - j
    top = values[i, j] * (1 - v) + values[i, j + 1] * v
    bottom = values[i + 1, j] * (1 - v) + values[i + 1, j + 1] * v
    return float(top * (1 - u) + bottom * u)
