"""Which parts of an input an answer rests on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nnstudio.analysis.centring import resample


def score_gradient(
    probabilities: np.ndarray, number: int, outputs: int, logits: bool
) -> np.ndarray:
    """The gradient (1, outputs) of the score of a class by the network's output: of its logit, or
    of its log-probability where the output is a probability. Of two classes with one output the
    first one's is the opposite."""
    if outputs == 1:
        sign = 1.0 if number == 1 else -1.0
        factor = 1.0 if logits else 1.0 / max(float(probabilities[number]), 1e-30)
        return np.array([[sign * factor]], np.float32)
    gradient = np.zeros((1, outputs), np.float32)
    gradient[0, number] = 1.0 if logits else 1.0 / max(float(probabilities[number]), 1e-30)
    return gradient


def grad_cam(values: np.ndarray, gradients: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """Grad-CAM (Selvaraju et al. 2017): where a convolution's channels (h, w, c) that speak for
    the class are active, as a picture (rows, columns) of numbers from 0."""
    weights = gradients.mean(axis=(0, 1))
    heat = np.maximum((values * weights).sum(2), 0)
    return resample(heat.astype(float), rows, columns)


def occlusion(
    score: Callable[[np.ndarray], np.ndarray], x: np.ndarray, patch: int, cover: float
) -> np.ndarray:
    """How much a score falls when a square of a picture (h, w, c) is covered (Zeiler and Fergus
    2014): the mean fall (h, w) over all squares that cover a pixel. ``score`` takes (n, h, w, c).
    """
    rows, columns = x.shape[:2]
    stride = max(1, patch // 2)
    places = [
        (top, left)
        for top in _starts(rows, patch, stride)
        for left in _starts(columns, patch, stride)
    ]
    covered = np.repeat(x[None], len(places) + 1, 0)
    for at, (top, left) in enumerate(places):
        covered[at, top : top + patch, left : left + patch] = cover
    scores = score(covered)
    fall, times = np.zeros((rows, columns)), np.zeros((rows, columns))
    for at, (top, left) in enumerate(places):
        part = np.s_[top : top + patch, left : left + patch]
        fall[part] += scores[-1] - scores[at]
        times[part] += 1
    return fall / np.maximum(times, 1)


def _starts(length: int, patch: int, stride: int) -> list[int]:
    last = max(0, length - patch)
    return sorted({*range(0, last + 1, stride), last})


def replacement(
    score: Callable[[np.ndarray], np.ndarray], x: np.ndarray, usual: np.ndarray
) -> np.ndarray:
    """The same for numbers (columns,): how much the score falls when one is the usual one."""
    changed = np.repeat(x[None], len(x) + 1, 0)
    changed[np.arange(len(x)), np.arange(len(x))] = usual
    scores = score(changed)
    return scores[-1] - scores[:-1]
