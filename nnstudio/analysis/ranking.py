"""How well scores put one class before the others: ROC and precision-recall curves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Ranking:
    """Curves over all thresholds, from the highest: false and true positive rate, precision and
    recall. ``area`` is that under the ROC curve, ``average_precision`` Σ (Rₖ − Rₖ₋₁) Pₖ. NaN
    where there are no positives or no negatives."""

    threshold: np.ndarray
    false_positive: np.ndarray
    true_positive: np.ndarray
    precision: np.ndarray
    recall: np.ndarray
    area: float
    average_precision: float


def rank(positive: np.ndarray, score: np.ndarray) -> Ranking | None:
    """Rank examples by score (n,); ``positive`` (n,) says which belong to the class. None if all
    or none do."""
    positive = positive.astype(bool)
    positives, negatives = int(positive.sum()), int((~positive).sum())
    if positives == 0 or negatives == 0 or not np.isfinite(score).all():
        return None
    order = np.argsort(-score, kind="stable")
    sorted_score = score[order]
    # Examples with equal scores pass the threshold together.
    last = np.r_[np.flatnonzero(np.diff(sorted_score)), len(score) - 1]
    right = np.cumsum(positive[order])[last].astype(float)
    wrong = last + 1 - right
    true_positive = np.r_[0.0, right / positives]
    false_positive = np.r_[0.0, wrong / negatives]
    recall, precision = right / positives, right / (right + wrong)
    widths = np.diff(false_positive)
    area = float((widths * (true_positive[1:] + true_positive[:-1]) / 2).sum())
    average = float((np.diff(np.r_[0.0, recall]) * precision).sum())
    return Ranking(
        sorted_score[last], false_positive, true_positive, precision, recall, area, average
    )


def thin(x: np.ndarray, y: np.ndarray, most: int = 300) -> tuple[np.ndarray, np.ndarray]:
    """A curve with at most so many points, its ends kept."""
    if len(x) <= most:
        return x, y
    at = np.unique(np.linspace(0, len(x) - 1, most).astype(int))
    return x[at], y[at]
