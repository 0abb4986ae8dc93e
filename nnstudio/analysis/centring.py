"""Bring a drawing into the form that MNIST's digits have.

"The original black and white images were size normalized to fit in a 20x20 pixel box while
preserving their aspect ratio ... the images were centered in a 28x28 image by computing the
center of mass of the pixels" (LeCun, Bottou, Bengio and Haffner 1998). Other sizes in proportion.
"""

from __future__ import annotations

import numpy as np

#: The box's part of the picture: 20 of 28.
BOX = 20 / 28
#: Fainter ink than this does not count for the bounding box.
FAINT = 0.05


def resample(picture: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """Scale (h, w) to (rows, columns); every new pixel is the mean over the area it covers."""
    return _weights(picture.shape[0], rows) @ picture @ _weights(picture.shape[1], columns).T


def _weights(old: int, new: int) -> np.ndarray:
    """(new, old): the share that each old pixel has in each new one; rows sum to 1."""
    edges = np.linspace(0, old, new + 1)
    pixel = np.arange(old)
    overlap = np.minimum(edges[1:, None], pixel + 1) - np.maximum(edges[:-1, None], pixel)
    overlap = np.clip(overlap, 0, None)
    return overlap / overlap.sum(axis=1, keepdims=True)


def centre(ink: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """A drawing (h, w), 0 paper to 1 ink, as a (rows, columns) picture like MNIST's, float32.

    Its bounding box is scaled to fit the inner box, and its centre of mass put in the middle.
    A blank drawing stays blank.
    """
    marked = ink > FAINT
    if not marked.any():
        return np.zeros((rows, columns), np.float32)
    down, across = np.flatnonzero(marked.any(axis=1)), np.flatnonzero(marked.any(axis=0))
    cut = ink[down[0] : down[-1] + 1, across[0] : across[-1] + 1]
    scale = min(rows * BOX / cut.shape[0], columns * BOX / cut.shape[1])
    height = max(1, round(cut.shape[0] * scale))
    width = max(1, round(cut.shape[1] * scale))
    small = resample(cut, height, width)
    mass = small.sum()
    y = float((small.sum(axis=1) * (np.arange(height) + 0.5)).sum() / mass)
    x = float((small.sum(axis=0) * (np.arange(width) + 0.5)).sum() / mass)
    top = int(np.clip(round(rows / 2 - y), 0, rows - height))
    left = int(np.clip(round(columns / 2 - x), 0, columns - width))
    placed = np.zeros((rows, columns), np.float32)
    placed[top : top + height, left : left + width] = small
    return np.clip(placed, 0.0, 1.0)
