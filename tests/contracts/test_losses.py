"""Losses and their gradients, through one step of training, against naive references."""

from __future__ import annotations

import numpy as np
import pytest

from nnstudio.core.data import Data, Part
from nnstudio.core.network import chain
from nnstudio.core.text import StudioError
from nnstudio.engine.trainer import Trainer
from tests import naive
from tests.helpers import layer, loss, mlp, random_data, setup

CASES = {
    "mse-regression": ("MSE.v1", 3, "linear", "regression", naive.mse),
    "mse-classes": ("MSE.v1", 3, "softmax", "classification", None),
    "mse-two-classes": ("MSE.v1", 1, "sigmoid", "classification", None),
    "binary": ("CrossEntropy.v1", 1, "sigmoid", "classification", naive.binary_cross_entropy),
    "categorical": (
        "CrossEntropy.v1",
        3,
        "softmax",
        "classification",
        naive.categorical_cross_entropy,
    ),
    "logits": ("CrossEntropy.v1", 3, "linear", "classification", naive.categorical_cross_entropy),
}


def reference(case, outputs, last, x, w, b, y, task, function):
    """The mean loss of one Dense layer in float64."""
    z = x @ w + b
    if function in (naive.binary_cross_entropy, naive.categorical_cross_entropy):
        return function(z, y)
    out = naive.activation(last, z)
    if task == "classification" and outputs > 1:
        y = np.eye(outputs)[y[:, 0].astype(int)]
    return naive.mse(out, y)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("examples", [7, 1])
def test_one_step_follows_the_gradient_of_the_naive_loss(case, examples):
    name, outputs, last, task, function = CASES[case]
    classes = outputs if task == "regression" else max(outputs, 2)
    data = random_data(4, classes, examples, task=task)
    network = chain(layer("Input.v1", shape=[4]), layer("Dense.v1", units=outputs, activation=last))
    trainer = Trainer(setup(network, name, learning_rate=1.0, batch_size=7), data, 1)
    before = {key[1]: v.astype(np.float64) for key, v in trainer.parameters.items()}
    x, y = data.train.x.astype(np.float64), data.train.y.astype(np.float64)
    losses, _ = trainer.run(1)

    def at(w, b):
        return reference(case, outputs, last, x, w, b, y, task, function)

    assert losses[0] == pytest.approx(at(before["weight"], before["bias"]), rel=1e-5)
    for parameter in ("weight", "bias"):
        value = {**before}

        def changed(v, parameter=parameter, value=value):
            p = {**value, parameter: v}
            return np.array(at(p["weight"], p["bias"]))

        gradient = naive.differences(changed, before[parameter], 1.0)
        moved = before[parameter] - trainer.parameters["dense_1", parameter]
        np.testing.assert_allclose(moved, gradient, rtol=1e-3, atol=1e-6)
    trainer.close()


@pytest.mark.parametrize("case", CASES)
def test_value_equals_the_naive_loss(case):
    name, outputs, last, task, function = CASES[case]
    rng = np.random.default_rng(3)
    z = rng.standard_normal((9, outputs))
    classes = max(outputs, 2)
    y = (
        rng.standard_normal((9, outputs))
        if task == "regression"
        else rng.integers(0, classes, (9, 1))
    )
    value = loss(name).value(naive.activation(last, z), y, task, last == "linear")
    identity = np.eye(outputs)
    expected = reference(case, outputs, last, z, identity, np.zeros(outputs), y, task, function)
    assert value == pytest.approx(expected, rel=1e-6)


def test_cross_entropy_of_huge_logits_is_finite():
    x = np.full((4, 1), 300.0, np.float32)
    part = Part(x, np.zeros((4, 1), np.float32))
    data = Data("far", "classification", part, part, ("a", "b"))
    trainer = Trainer(setup(mlp(1, 1), batch_size=4, learning_rate=0.001), data, 1)
    trainer.parameters["dense_1", "weight"][...] = 1.0
    losses, _ = trainer.run(1)
    assert losses[0] == pytest.approx(300.0, rel=1e-5)
    trainer.close()


def test_loss_that_does_not_fit_is_refused_in_words():
    with pytest.raises(StudioError, match="mean squared error"):
        Trainer(setup(mlp(4, 2)), random_data(4, 2, task="regression"), 1)
    with pytest.raises(StudioError, match="5 classes"):
        Trainer(setup(mlp(4, 3, last="softmax")), random_data(4, 5), 1)
    with pytest.raises(StudioError, match="2 targets"):
        Trainer(setup(mlp(4, 3), "MSE.v1"), random_data(4, 2, task="regression"), 1)
