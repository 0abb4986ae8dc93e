"""Network outputs as probabilities of classes, and how often the likeliest class is right."""

from __future__ import annotations

import numpy as np

from nnstudio.core.targets import class_probabilities as class_probabilities


def class_accuracies(
    probabilities: np.ndarray, truth: np.ndarray, classes: int
) -> tuple[np.ndarray, np.ndarray]:
    """For each class the share of its examples that are recognised (recall; NaN without
    examples), and how many examples it has. ``truth`` (n,) holds class numbers."""
    truth = truth.astype(np.int64)
    right = probabilities.argmax(axis=1) == truth
    counts = np.bincount(truth, minlength=classes)
    hits = np.bincount(truth[right], minlength=classes)
    with np.errstate(invalid="ignore"):
        return np.where(counts > 0, hits / np.maximum(counts, 1), np.nan), counts


def determination(predicted: np.ndarray, actual: np.ndarray) -> float:
    """R²: 1 is perfect, 0 is as good as always guessing the mean; NaN if all are alike."""
    spread = float(((actual - actual.mean()) ** 2).sum())
    if spread == 0:
        return float("nan")
    return 1 - float(((predicted - actual) ** 2).sum()) / spread
