"""Figures of merit beside the loss: accuracy, F1, ROC AUC, R² and others.

``METRICS`` holds them by name. All take a network's output (n, outputs) and the targets
(n, columns) as the data holds them, and give NaN where a figure means nothing (no examples, a
single class).
Classes are class 0 and 1 for a single output, else one an output; with two classes precision,
recall and F1 are those of class 1, with more the mean over classes ("macro").
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnstudio.core.targets import class_probabilities
from nnstudio.core.text import mark

#: The classes that top-k accuracy lets through.
TOP = 5


@dataclass(frozen=True)
class Metric:
    """One figure: ``label``, ``formula`` and ``help`` are marked texts, ``tasks`` the problems it
    suits, ``higher`` whether more is better."""

    name: str
    label: str
    help: str
    formula: str
    tasks: tuple[str, ...]
    higher: bool
    function: Callable[[np.ndarray, np.ndarray, bool], float]

    def measure(self, output: np.ndarray, target: np.ndarray, logits: bool, task: str) -> float:
        """The figure, NaN for another kind of problem; ``logits``: no softmax or sigmoid has been
        applied to the output yet."""
        if task not in self.tasks or len(output) == 0:
            return math.nan
        return self.function(output, target, logits)

    def better(self, new: float, old: float) -> bool:
        """Whether a new value beats an old one; a number beats NaN, and NaN beats nothing."""
        if math.isnan(old):
            return not math.isnan(new)
        return new > old if self.higher else new < old


# --- classification ---


def predicted_classes(output: np.ndarray, logits: bool) -> np.ndarray:
    """The class (n,) that each output speaks for."""
    flat = np.asarray(output).reshape(len(output), -1)
    if flat.shape[1] == 1:
        return (flat[:, 0] > (0.0 if logits else 0.5)).astype(np.int64)
    return flat.argmax(axis=1)


def true_classes(target: np.ndarray) -> np.ndarray:
    """Class numbers (n, 1) as integers (n,)."""
    return np.asarray(target)[:, 0].astype(np.int64)


def confusion_matrix(output: np.ndarray, target: np.ndarray, logits: bool) -> np.ndarray:
    """How many examples of each class (row) are taken for each class (column); int64."""
    classes = max(2, output.reshape(len(output), -1).shape[1]) if len(output) else 2
    pairs = true_classes(target) * classes + predicted_classes(output, logits)
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)


def accuracy(output: np.ndarray, target: np.ndarray, logits: bool) -> float:
    """The share of examples whose likeliest class is right."""
    return float((predicted_classes(output, logits) == true_classes(target)).mean())


def top_k_accuracy(output: np.ndarray, target: np.ndarray, logits: bool, k: int = TOP) -> float:
    """The share of examples whose class is among the k likeliest; of equally likely ones, those
    with smaller numbers come first."""
    scores = class_probabilities(output, logits)
    truth = true_classes(target)
    own = scores[np.arange(len(scores)), truth][:, None]
    earlier = np.arange(scores.shape[1]) < truth[:, None]
    before = (scores > own) | ((scores == own) & earlier)
    return float((before.sum(axis=1) < k).mean())


def _per_class(
    output: np.ndarray, target: np.ndarray, logits: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Right, predicted and true examples of each class that counts: class 1 of two; of several,
    all that occur among targets or predictions."""
    table = confusion_matrix(output, target, logits).astype(np.float64)
    right, predicted, true = np.diag(table), table.sum(axis=0), table.sum(axis=1)
    counts = np.arange(2) == 1 if len(table) == 2 else (predicted + true) > 0
    return right, predicted, true, counts


def _mean_share(part: np.ndarray, whole: np.ndarray, counts: np.ndarray) -> float:
    """The mean of part / whole; nothing of nothing is 0."""
    return float((part / np.where(whole > 0, whole, 1))[counts].mean())


def precision(output: np.ndarray, target: np.ndarray, logits: bool) -> float:
    """Of the examples taken for a class, the share that is of it."""
    right, predicted, _, counts = _per_class(output, target, logits)
    return _mean_share(right, predicted, counts)


def recall(output: np.ndarray, target: np.ndarray, logits: bool) -> float:
    """Of the examples of a class, the share that is taken for it."""
    right, _, true, counts = _per_class(output, target, logits)
    return _mean_share(right, true, counts)


def f1(output: np.ndarray, target: np.ndarray, logits: bool) -> float:
    """The harmonic mean of precision and recall of a class."""
    right, predicted, true, counts = _per_class(output, target, logits)
    return _mean_share(2 * right, predicted + true, counts)


def roc_auc(output: np.ndarray, target: np.ndarray, logits: bool) -> float:
    """The probability that an example of a class scores higher than one of another class (a tie
    counts half); with more than two classes, the mean over each against the rest."""
    flat = np.asarray(output, np.float64).reshape(len(output), -1)
    truth = true_classes(target)
    if flat.shape[1] == 1:
        return _area(flat[:, 0], truth == 1)
    if flat.shape[1] == 2:
        return _area(flat[:, 1] - flat[:, 0], truth == 1)
    scores = class_probabilities(flat, logits)
    areas = np.array([_area(scores[:, c], truth == c) for c in range(scores.shape[1])])
    known = areas[~np.isnan(areas)]
    return float(known.mean()) if len(known) else math.nan


def _area(scores: np.ndarray, positive: np.ndarray) -> float:
    """By ranks (Mann and Whitney 1947); equal scores share the mean of their ranks."""
    ups, downs = int(positive.sum()), int((~positive).sum())
    if ups == 0 or downs == 0 or np.isnan(scores).any():
        return math.nan
    _, group, sizes = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(sizes) - (sizes - 1) / 2)[group]
    return float((ranks[positive].sum() - ups * (ups + 1) / 2) / (ups * downs))


# --- regression ---


def _differences(output: np.ndarray, target: np.ndarray) -> np.ndarray:
    flat = np.asarray(output, np.float64).reshape(len(output), -1)
    return flat - np.asarray(target, np.float64)


def mean_absolute_error(output: np.ndarray, target: np.ndarray, logits: bool) -> float:
    """The mean distance between prediction and target."""
    return float(np.abs(_differences(output, target)).mean())


def root_mean_squared_error(output: np.ndarray, target: np.ndarray, logits: bool) -> float:
    """The root of the mean squared distance, in the targets' unit."""
    return float(np.sqrt((_differences(output, target) ** 2).mean()))


def r_squared(output: np.ndarray, target: np.ndarray, logits: bool) -> float:
    """The share of the targets' variance that is explained, the mean over targets that vary."""
    left = (_differences(output, target) ** 2).sum(axis=0)
    y = np.asarray(target, np.float64)
    spread = ((y - y.mean(axis=0)) ** 2).sum(axis=0)
    varies = spread > 0
    return float((1 - left[varies] / spread[varies]).mean()) if varies.any() else math.nan


CLASSES, NUMBERS = ("classification",), ("regression",)

METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric(
            "accuracy", mark("Accuracy"), mark("The share of right answers."),
            mark("accuracy = right answers / all answers"),
            CLASSES, True, accuracy,
        ),
        Metric(
            "top_k_accuracy", mark("Top-5 accuracy"),
            mark("How often the right class is among the five likeliest."),
            mark("top-5 = answers with the right class among five / all answers"),
            CLASSES, True, top_k_accuracy,
        ),
        Metric(
            "precision", mark("Precision"),
            mark("Of the examples taken for a class, the share that is of it."),
            mark("P = TP / (TP + FP): true positives / all taken for the class"),
            CLASSES, True, precision,
        ),
        Metric(
            "recall", mark("Recall"),
            mark("Of the examples of a class, the share that is found."),
            mark("R = TP / (TP + FN): true positives / all of the class"),
            CLASSES, True, recall,
        ),
        Metric(
            "f1", mark("F1"), mark("The harmonic mean of precision and recall."),
            "F1 = 2 P R / (P + R)",
            CLASSES, True, f1,
        ),
        Metric(
            "roc_auc", mark("ROC AUC"),
            mark("How often an example of a class scores higher than one of another class."),
            mark("AUC = P(score of the class > score of another class)"),
            CLASSES, True, roc_auc,
        ),
        Metric(
            "mae", mark("Mean absolute error"),
            mark("The mean distance between prediction and target."),
            "MAE = Σ |y − t| / n",
            NUMBERS, False, mean_absolute_error,
        ),
        Metric(
            "rmse", mark("Root mean squared error"),
            mark("The root of the mean squared distance; large errors count most."),
            "RMSE = √(Σ (y − t)² / n)",
            NUMBERS, False, root_mean_squared_error,
        ),
        Metric(
            "r2", mark("R²"),
            mark("The share of the targets' variance that is explained; 1 is perfect."),
            "R² = 1 − Σ (y − t)² / Σ (t − t̄)²",
            NUMBERS, True, r_squared,
        ),
    )
}  # fmt: skip


def metrics_for(task: str) -> list[Metric]:
    """Those that suit a kind of problem, in their usual order."""
    return [metric for metric in METRICS.values() if task in metric.tasks]
