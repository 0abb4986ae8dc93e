"""Probabilities and scores of predictions."""

import numpy as np
import pytest

from nnstudio.analysis.probability import class_accuracies, class_probabilities, determination


def test_one_output_becomes_two_classes():
    np.testing.assert_allclose(class_probabilities(np.array([[0.2]]), False), [[0.8, 0.2]])
    logit = np.log(0.2 / 0.8)
    np.testing.assert_allclose(class_probabilities(np.array([[logit]]), True), [[0.8, 0.2]])
    assert class_probabilities(np.array([[900.0], [-900.0]]), True).tolist() == [[0, 1], [1, 0]]


def test_logits_of_many_classes():
    found = class_probabilities(np.array([[1.0, 2.0, 1000.0], [0.0, 0.0, 0.0]]), True)
    np.testing.assert_allclose(found, [[0, 0, 1], [1 / 3] * 3])


def test_accuracy_of_each_class():
    probabilities = np.array([[0.9, 0.1, 0], [0.2, 0.8, 0], [0.4, 0.6, 0]])
    shares, counts = class_accuracies(probabilities, np.array([0.0, 1.0, 0.0]), 3)
    assert counts.tolist() == [2, 1, 0]
    assert shares[:2].tolist() == [0.5, 1.0] and np.isnan(shares[2])


def test_determination():
    actual = np.array([1.0, 2.0, 3.0])
    assert determination(actual, actual) == 1
    assert determination(np.full(3, 2.0), actual) == 0
    assert np.isnan(determination(actual, np.ones(3)))
    assert determination(np.array([1.0, 2.0, 4.0]), actual) == pytest.approx(0.5)
