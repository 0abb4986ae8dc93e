"""The examples that a network gets most wrong: where its error is largest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnstudio.core.data import Data, Part

#: Examples that are predicted, at most, and shown.
MOST_PREDICTED, SHOWN = 4000, 60


@dataclass(frozen=True, eq=False)
class Wrong:
    """The worst examples of a part, worst first: their ``places`` in it (k,), their errors (k,) and
    the ``answers`` (k, classes) or (k, targets); ``wrong`` of ``seen`` were misclassified."""

    places: np.ndarray
    errors: np.ndarray
    answers: np.ndarray
    wrong: int
    seen: int


def most_wrong(
    answering: Callable[[np.ndarray], np.ndarray], data: Data, part: Part, shown: int = SHOWN
) -> Wrong:
    """Errors are −log p of the true class, or the distance in deviations of the target.

    ``answering`` maps prepared examples to probabilities, or to numbers as the data holds them.
    For classes only misclassified examples are given.
    """
    count = len(part)
    rows = np.arange(count)
    if count > MOST_PREDICTED:
        rows = np.linspace(0, count - 1, MOST_PREDICTED).astype(np.int64)
    if not len(rows):
        return Wrong(rows, np.zeros(0), np.zeros((0, 1)), 0, 0)
    answers = answering(data.prepared(part.x[rows]))
    order, errors, wrong = worst(answers, part.y[rows], data.task, shown)
    return Wrong(rows[order], errors, answers[order], wrong, len(rows))


def worst(
    answers: np.ndarray, target: np.ndarray, task: str, shown: int = SHOWN
) -> tuple[np.ndarray, np.ndarray, int]:
    """Which of some answers (n, classes) or (n, targets) are worst, worst first (k,), their errors
    (k,), and for classes how many of all are wrong."""
    if task == "classification":
        numbers = target[:, 0].astype(np.int64)
        share = answers[np.arange(len(answers)), numbers]
        errors = -np.log(np.maximum(share, 1e-12))
        missed = answers.argmax(1) != numbers
        errors = np.where(missed, errors, -1.0)
        wrong = int(missed.sum())
    else:
        errors = np.abs(answers - target).max(1).astype(np.float64)
        wrong = 0
    errors = np.where(np.isfinite(errors), errors, -1.0)
    order = np.argsort(-errors, kind="stable")[:shown]
    order = order[errors[order] >= 0]
    return order, errors[order], wrong
