"""Confusion, ROC, precision-recall and calibration, against scikit-learn."""

import numpy as np
import pytest

from nnstudio.analysis.calibration import calibrate
from nnstudio.analysis.confusion import confusion
from nnstudio.analysis.ranking import rank, thin

metrics = pytest.importorskip("sklearn.metrics")


def case(seed, n=300):
    random = np.random.default_rng(seed)
    truth = random.random(n) < 0.3
    score = np.clip(0.3 * truth + random.random(n) * 0.7, 0, 1)
    return truth, np.round(score, 2)  # with ties


def test_confusion():
    random = np.random.default_rng(0)
    truth, said = random.integers(0, 5, 400), random.integers(0, 4, 400)
    expected = metrics.confusion_matrix(truth, said, labels=range(5))
    np.testing.assert_array_equal(confusion(truth, said, 5), expected)


@pytest.mark.parametrize("seed", range(4))
def test_ranking(seed):
    truth, score = case(seed)
    found = rank(truth, score)
    assert found.area == pytest.approx(metrics.roc_auc_score(truth, score))
    assert found.average_precision == pytest.approx(metrics.average_precision_score(truth, score))
    false, true, threshold = metrics.roc_curve(truth, score, drop_intermediate=False)
    np.testing.assert_allclose(found.false_positive, false)
    np.testing.assert_allclose(found.true_positive, true)
    np.testing.assert_allclose(found.threshold, threshold[1:])
    precision, recall, _ = metrics.precision_recall_curve(truth, score)
    np.testing.assert_allclose(found.precision[::-1], precision[:-1])
    np.testing.assert_allclose(found.recall[::-1], recall[:-1])


def test_ranking_needs_both_sides():
    assert rank(np.ones(3, bool), np.arange(3.0)) is None
    assert rank(np.array([True, False]), np.array([0.1, np.nan])) is None


def test_a_thin_curve_keeps_its_ends():
    x, y = thin(np.arange(1000.0), np.arange(1000.0) * 2, 50)
    assert len(x) <= 50 and x[0] == 0 and x[-1] == 999 and (y == 2 * x).all()


@pytest.mark.parametrize("seed", range(3))
def test_calibration(seed):
    curve = pytest.importorskip("sklearn.calibration").calibration_curve
    truth, score = case(seed)
    found = calibrate(truth, score)
    occurred, said = curve(truth, score, n_bins=10)
    known = found.counts > 0
    np.testing.assert_allclose(found.said[known], said)
    np.testing.assert_allclose(found.occurred[known], occurred)
    assert found.brier == pytest.approx(metrics.brier_score_loss(truth, score))
    weights = found.counts[known] / len(truth)
    assert found.error == pytest.approx((np.abs(said - occurred) * weights).sum())


def test_calibration_of_nothing():
    found = calibrate(np.empty(0), np.empty(0))
    assert found.error == 0 and np.isnan(found.brier)
