"""The confusion matrix: how often each class is taken for each."""

from __future__ import annotations

import numpy as np


def confusion(truth: np.ndarray, said: np.ndarray, classes: int) -> np.ndarray:
    """Counts (classes, classes): rows are the true class, columns what was said."""
    at = truth.astype(np.int64) * classes + said.astype(np.int64)
    return np.bincount(at, minlength=classes * classes).reshape(classes, classes)
