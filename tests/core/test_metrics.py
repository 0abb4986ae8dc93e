"""Metrics against references that count pair by pair."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nnstudio.core.metrics import (
    METRICS,
    confusion_matrix,
    metrics_for,
    predicted_classes,
    top_k_accuracy,
)
from nnstudio.core.targets import class_probabilities

NAN = math.nan


def naive_class(row, logits):
    if len(row) == 1:
        return int(row[0] > (0 if logits else 0.5))
    return max(range(len(row)), key=lambda j: (row[j], -j))


def naive_counts(output, target, logits):
    """For each class: right, wrongly taken for it, and missed."""
    classes = max(2, output.shape[1])
    right, false, missed = ([0] * classes for _ in range(3))
    for row, (t,) in zip(output, target, strict=True):
        said, truth = naive_class(row, logits), int(t)
        if said == truth:
            right[truth] += 1
        else:
            false[said] += 1
            missed[truth] += 1
    return right, false, missed


def naive_mean(output, target, logits, share):
    right, false, missed = naive_counts(output, target, logits)
    found = [share(*three) for three in zip(right, false, missed, strict=True) if any(three)]
    if len(right) == 2:
        return share(right[1], false[1], missed[1])
    return sum(found) / len(found)


def divide(a, b):
    return a / b if b else 0.0


def naive_precision(output, target, logits):
    return naive_mean(output, target, logits, lambda r, f, m: divide(r, r + f))


def naive_recall(output, target, logits):
    return naive_mean(output, target, logits, lambda r, f, m: divide(r, r + m))


def naive_f1(output, target, logits):
    def share(r, f, m):
        p, q = divide(r, r + f), divide(r, r + m)
        return divide(2 * p * q, p + q)

    return naive_mean(output, target, logits, share)


def naive_accuracy(output, target, logits):
    return np.mean(
        [naive_class(row, logits) == t[0] for row, t in zip(output, target, strict=True)]
    )


def naive_top(output, target, logits, k=5):
    if output.shape[1] == 1:
        output = np.concatenate([-output, output], axis=1)
    hits = 0
    for row, (t,) in zip(output, target, strict=True):
        order = sorted(range(len(row)), key=lambda j: (-row[j], j))
        hits += int(t) in order[:k]
    return hits / len(output)


def naive_area(scores, positive):
    pairs = [(a, b) for a, p in zip(scores, positive, strict=True) if p
             for b, q in zip(scores, positive, strict=True) if not q]  # fmt: skip
    if not pairs:
        return NAN
    return sum(1.0 if a > b else 0.5 if a == b else 0.0 for a, b in pairs) / len(pairs)


def naive_auc(output, target, logits):
    t = target[:, 0]
    if output.shape[1] == 1:
        return naive_area(output[:, 0], t == 1)
    if output.shape[1] == 2:
        return naive_area(output[:, 1] - output[:, 0], t == 1)
    output = class_probabilities(output, logits)  # its own rounding decides what is a tie
    areas = [naive_area(output[:, c], t == c) for c in range(output.shape[1])]
    known = [area for area in areas if not math.isnan(area)]
    return sum(known) / len(known) if known else NAN


def naive_mae(output, target, logits):
    return np.mean([abs(a - b) for a, b in zip(output.ravel(), target.ravel(), strict=True)])


def naive_rmse(output, target, logits):
    pairs = zip(output.ravel(), target.ravel(), strict=True)
    return math.sqrt(np.mean([(a - b) ** 2 for a, b in pairs]))


def naive_r2(output, target, logits):
    shares = []
    for c in range(target.shape[1]):
        y, mean = target[:, c], sum(target[:, c]) / len(target)
        spread = sum((v - mean) ** 2 for v in y)
        if spread:
            left = sum((a - b) ** 2 for a, b in zip(output[:, c], y, strict=True))
            shares.append(1 - left / spread)
    return sum(shares) / len(shares) if shares else NAN


NAIVE = {
    "accuracy": naive_accuracy,
    "top_k_accuracy": naive_top,
    "precision": naive_precision,
    "recall": naive_recall,
    "f1": naive_f1,
    "roc_auc": naive_auc,
    "mae": naive_mae,
    "rmse": naive_rmse,
    "r2": naive_r2,
}


def case(task, outputs, logits, examples, seed):
    """Outputs, rounded so that many are equal, and targets that they have something to do with."""
    rng = np.random.default_rng(seed)
    if task == "regression":
        target = rng.standard_normal((examples, outputs)).astype(np.float32)
        return target + 0.5 * rng.standard_normal(target.shape).astype(np.float32), target
    target = rng.integers(0, max(2, outputs), (examples, 1))
    score = np.round(2 * rng.standard_normal((examples, outputs))) / 2
    own = target == (np.arange(outputs) if outputs > 1 else 1)
    score = score + own
    if not logits and outputs == 1:
        score = 1 / (1 + np.exp(-score))
    elif not logits:
        score = np.exp(score) / np.exp(score).sum(axis=1, keepdims=True)
    return score.astype(np.float32), target.astype(np.float32)


@pytest.mark.parametrize("outputs", [1, 2, 3, 8])
@pytest.mark.parametrize("logits", [False, True])
@pytest.mark.parametrize("examples", [1, 4, 60])
@pytest.mark.parametrize("task", ["classification", "regression"])
def test_equals_the_naive_count(task, outputs, logits, examples):
    for seed in range(5):
        output, target = case(task, outputs, logits, examples, seed)
        for metric in metrics_for(task):
            expected = NAIVE[metric.name](output.astype(float), target.astype(float), logits)
            value = metric.measure(output, target, logits, task)
            assert value == pytest.approx(expected, rel=1e-6, nan_ok=True), (metric.name, seed)


def test_every_metric_has_words_and_a_reference():
    assert set(METRICS) == set(NAIVE)
    for metric in METRICS.values():
        assert metric.label and metric.help and metric.tasks
    names = [metric.name for metric in metrics_for("classification")]
    assert names[0] == "accuracy" and "r2" not in names


def test_worked_by_hand():
    output = np.array([[2.0, 1.0, 0.0], [0.0, 3.0, 1.0], [1.0, 2.0, 0.0], [0.0, 1.0, 4.0]])
    target = np.array([[0], [1], [0], [2]])
    matrix = confusion_matrix(output, target, True)
    np.testing.assert_array_equal(matrix, [[1, 1, 0], [0, 1, 0], [0, 0, 1]])
    values = {m.name: m.measure(output, target, True, "classification") for m in METRICS.values()}
    assert values["accuracy"] == 0.75
    assert values["precision"] == pytest.approx((1 + 0.5 + 1) / 3)
    assert values["recall"] == pytest.approx((0.5 + 1 + 1) / 3)
    assert values["f1"] == pytest.approx((2 / 3 + 2 / 3 + 1) / 3)
    assert math.isnan(values["mae"])
    assert top_k_accuracy(output, target, True, k=2) == 1.0
    assert top_k_accuracy(output, target, True, k=1) == 0.75


def test_classes_of_a_single_output():
    np.testing.assert_array_equal(predicted_classes(np.array([[0.4], [0.6]]), False), [0, 1])
    np.testing.assert_array_equal(predicted_classes(np.array([[-0.1], [0.1]]), True), [0, 1])


def test_auc_tells_apart_logits_whose_probabilities_are_all_1():
    output, target = np.array([[100.0], [200.0], [300.0]]), np.array([[0], [0], [1]])
    assert METRICS["roc_auc"].measure(output, target, True, "classification") == 1.0


def test_what_means_nothing_is_nan():
    one_class = np.ones((4, 1)), np.ones((4, 1))
    assert math.isnan(METRICS["roc_auc"].measure(*one_class, False, "classification"))
    assert math.isnan(METRICS["r2"].measure(*one_class, False, "regression"))
    for metric in METRICS.values():
        nothing = np.empty((0, 3)), np.empty((0, 1))
        assert math.isnan(metric.measure(*nothing, True, metric.tasks[0]))


def test_better_knows_its_direction_and_nan():
    accuracy, error = METRICS["accuracy"], METRICS["mae"]
    assert accuracy.better(0.9, 0.8) and not accuracy.better(0.8, 0.8)
    assert error.better(0.1, 0.2) and not error.better(0.3, 0.2)
    assert error.better(0.1, NAN) and not error.better(NAN, 0.1) and not error.better(NAN, NAN)
