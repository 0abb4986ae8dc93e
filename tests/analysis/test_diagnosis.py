"""Verdicts on curves."""

import numpy as np
import pytest

from nnstudio.analysis.diagnosis import diagnose, guessing_loss
from nnstudio.core.data import Data, Part
from tests.helpers import loss

N = 300
STEP = np.arange(N) * 10.0
FALL = 0.69 * np.exp(-np.arange(N) / 150)


def noisy(values, size=0.05, seed=0):
    random = np.random.default_rng(seed)
    return values * np.exp(size * random.standard_normal(len(values)))


def verdict(train, valid, **values):
    n = len(train)
    return diagnose(STEP[:n], np.asarray(train), np.asarray(valid), **({"guessing": 0.69} | values))


@pytest.mark.parametrize("seed", range(5))
def test_falling_together_is_healthy(seed):
    found = verdict(noisy(FALL, seed=seed), noisy(FALL * 1.1, seed=seed + 50))
    assert (found.kind, found.level) == ("healthy", "good")


@pytest.mark.parametrize("seed", range(5))
def test_rising_validation_is_overfitting(seed):
    valid = np.concatenate([FALL[:150], FALL[150] + np.linspace(0, 0.5, N - 150)])
    found = verdict(noisy(FALL, seed=seed), noisy(valid, seed=seed + 50))
    assert found.kind == "overfitting"
    headline, detail = found.sentence()
    assert headline == "Overfitting." and "has risen from 0.2" in detail


def test_validation_may_be_sparse():
    valid = np.concatenate([FALL[:150], FALL[150] + np.linspace(0, 0.5, N - 150)])
    valid[np.arange(N) % 20 > 0] = np.nan
    assert verdict(FALL, valid).kind == "overfitting"


def test_rising_training_is_unstable():
    train = np.concatenate([FALL[:200], np.linspace(FALL[200], 3.0, 100)])
    assert verdict(noisy(train), noisy(train)).kind == "unstable"


def test_tiny_values_do_not_matter():
    train = np.concatenate([FALL[:100], np.full(200, 1e-6)])
    valid = np.concatenate([FALL[:100], np.geomspace(1e-8, 1e-5, 200)])
    assert verdict(train, valid).kind == "level"


def test_no_better_than_guessing_is_stuck():
    flat = noisy(np.full(N, 0.69), 0.01)
    assert verdict(flat, flat).kind == "stuck"


def test_level_but_high_is_underfitting():
    train = np.maximum(FALL, 0.5)
    assert verdict(noisy(train, 0.01), noisy(train, 0.01)).kind == "underfitting"


def test_a_wide_gap():
    valid = np.maximum(FALL, 0.4)
    assert verdict(noisy(FALL, 0.01), noisy(valid, 0.01)).kind == "ahead"


def test_validation_that_stays_is_only_learning():
    valid = np.maximum(FALL, 0.255)
    assert verdict(np.maximum(FALL, 0.18), valid).kind == "falling"


def test_dropout_explains_better_validation():
    found = verdict(FALL, FALL * 0.8, dropout=True)
    assert "dropout" in found.detail
    assert "dropout" not in verdict(FALL, FALL * 0.8).detail


def test_beginnings_and_ends():
    assert verdict([], []).kind == "idle"
    sparse = np.full(N, np.nan)
    sparse[[100, 250]] = FALL[[100, 250]]
    assert verdict(FALL, sparse).kind == "healthy"
    assert verdict([0.7] * 5, [0.7] * 5).kind == "starting"
    assert verdict(FALL, np.full(N, np.nan)).kind == "learning"
    quick = verdict([1.0, 0.1], [np.nan, 0.2], finished=True)
    assert quick.kind == "quick" and "0.2000" in quick.sentence()[1]
    assert verdict(FALL, FALL, failed=True).kind == "diverged"
    assert verdict([0.7, np.inf], [0.7, np.inf]).kind == "diverged"
    assert verdict([np.nan], [np.nan]).kind == "idle"


def test_before_the_first_validation_training_is_judged_alone():
    none = np.full(N, np.nan)
    found = verdict(noisy(FALL), none)
    assert (found.kind, found.level) == ("learning", "good")
    assert found.values["guessing"] == "0.6900"
    assert verdict(noisy(np.full(N, 0.69), 0.01), none).kind == "stuck"
    assert verdict(noisy(np.concatenate([FALL[:200], np.full(100, 3.0)])), none).kind == "unstable"


@pytest.mark.parametrize("seed", range(5))
def test_single_batches_are_noisy(seed):
    """The first points of a run stand for a batch each: nothing bad is seen in their noise."""
    slow = 0.7 * np.exp(-np.arange(N) / 600)
    for count in range(10, N, 5):
        found = verdict(noisy(slow, 0.4, seed)[:count], slow[:count])
        assert found.level in ("neutral", "good"), (count, found)


def test_little_is_said_of_few_points():
    flat = noisy(np.full(60, 0.7), 0.1)
    assert verdict(flat, flat).kind == "starting"
    fast = 0.69 * np.exp(-np.arange(60) / 20)
    assert verdict(noisy(fast), noisy(fast)).level == "good"


def test_without_a_reference_the_start_is_taken():
    assert verdict(FALL, FALL, guessing=float("nan")).kind == "healthy"


def data(task, y, classes=()):
    part = Part(np.zeros((len(y), 1), np.float32), np.array(y, np.float32)[:, None])
    return Data("d", task, part, part, classes)


def test_guessing():
    two = data("classification", [0, 1, 1, 1], ("a", "b"))
    entropy = -(0.25 * np.log(0.25) + 0.75 * np.log(0.75))
    assert guessing_loss(two, loss("CrossEntropy.v1")) == pytest.approx(entropy)
    assert guessing_loss(two, loss("MSE.v1")) == pytest.approx(0.75 * 0.25)
    three = data("classification", [0, 1, 2], ("a", "b", "c"))
    assert guessing_loss(three, loss("CrossEntropy.v1")) == pytest.approx(np.log(3))
    assert guessing_loss(three, loss("MSE.v1")) == pytest.approx(2 / 9)
    assert guessing_loss(data("regression", [1.0, 3.0]), loss("MSE.v1")) == pytest.approx(1.0)
    skewed = data("regression", [0.0, 0.0, 5.0])
    assert guessing_loss(skewed, loss("MAE.v1")) == pytest.approx(5 / 3)  # the median's
    mean = 5 / 3
    poisson = mean - mean * np.log(mean)
    assert guessing_loss(skewed, loss("Poisson.v1")) == pytest.approx(poisson)
    assert guessing_loss(two, loss("Hinge.v1")) == pytest.approx(0.5)
    assert guessing_loss(three, loss("SquaredHinge.v1")) == pytest.approx(8 / 9)
    balanced = loss("CrossEntropy.v1", class_weights="balanced")
    assert guessing_loss(two, balanced) == pytest.approx(np.log(2))
    assert np.isnan(guessing_loss(data("regression", []), loss("MSE.v1")))


def test_guessing_on_many_examples_takes_a_sample():
    many = data("classification", np.arange(100_000) % 10 // 9, ("a", "b"))
    entropy = -(0.9 * np.log(0.9) + 0.1 * np.log(0.1))
    assert guessing_loss(many, loss("CrossEntropy.v1")) == pytest.approx(entropy, rel=1e-3)
    wave = data("regression", np.sin(np.arange(100_000)))
    assert guessing_loss(wave, loss("MSE.v1")) == pytest.approx(0.5, rel=0.02)
