"""Losses and their gradients, through one step of training, against naive references."""

from __future__ import annotations

import json

import numpy as np
import pytest

from nnstudio.core import registry
from nnstudio.core.contracts import Loss
from nnstudio.core.data import Data, Part
from nnstudio.core.network import chain
from nnstudio.core.text import StudioError
from nnstudio.engine.scoring import score
from nnstudio.engine.trainer import Trainer
from tests import naive
from tests.helpers import layer, loss, mlp, random_data, setup

#: A loss, its settings, the outputs and their activation, and the kind of targets.
CASES = [
    ("MSE.v1", {}, 3, "linear", "numbers"),
    ("MSE.v1", {}, 3, "softmax", "classes"),
    ("MSE.v1", {}, 1, "sigmoid", "classes"),
    ("MAE.v1", {}, 3, "linear", "numbers"),
    ("MAE.v1", {}, 1, "tanh", "numbers"),
    ("Huber.v1", {}, 3, "linear", "numbers"),
    ("Huber.v1", {"delta": 0.3}, 1, "linear", "numbers"),
    ("LogCosh.v1", {}, 3, "linear", "numbers"),
    ("Poisson.v1", {}, 2, "linear", "counts"),
    ("Poisson.v1", {"log_output": False}, 2, "sigmoid", "counts"),
    ("CrossEntropy.v1", {}, 1, "sigmoid", "classes"),
    ("CrossEntropy.v1", {}, 3, "softmax", "classes"),
    ("CrossEntropy.v1", {}, 3, "linear", "classes"),
    ("CrossEntropy.v1", {"label_smoothing": 0.1}, 1, "sigmoid", "classes"),
    ("CrossEntropy.v1", {"label_smoothing": 0.2}, 3, "softmax", "classes"),
    ("CrossEntropy.v1", {"class_weights": "1, 2.5"}, 1, "linear", "classes"),
    ("CrossEntropy.v1", {"class_weights": "0.5,2,0"}, 3, "softmax", "classes"),
    (
        "CrossEntropy.v1",
        {"class_weights": "3, 2, 1, 1", "label_smoothing": 0.1},
        4,
        "softmax",
        "classes",
    ),
    ("Focal.v1", {}, 1, "sigmoid", "classes"),
    ("Focal.v1", {}, 3, "softmax", "classes"),
    ("Focal.v1", {"gamma": 0.0}, 3, "linear", "classes"),
    ("Focal.v1", {"gamma": 0.5}, 1, "linear", "classes"),
    ("Focal.v1", {"gamma": 0.5}, 4, "softmax", "classes"),
    ("KLDivergence.v1", {}, 3, "softmax", "shares"),
    ("KLDivergence.v1", {}, 4, "linear", "shares"),
    ("KLDivergence.v1", {}, 3, "softmax", "classes"),
    ("KLDivergence.v1", {}, 1, "sigmoid", "classes"),
    ("Hinge.v1", {}, 1, "linear", "classes"),
    ("Hinge.v1", {}, 1, "sigmoid", "classes"),
    ("Hinge.v1", {}, 3, "linear", "classes"),
    ("Hinge.v1", {}, 3, "softmax", "classes"),
    ("SquaredHinge.v1", {}, 1, "tanh", "classes"),
    ("SquaredHinge.v1", {}, 4, "linear", "classes"),
    ("SquaredHinge.v1", {}, 3, "softmax", "classes"),
]
IDS = [f"{name}-{outputs}-{last}-{kind}-{n}" for n, (name, _, outputs, last, kind) in
       enumerate(CASES)]  # fmt: skip


def targets(kind, outputs, examples, rng):
    if kind == "classes":
        return rng.integers(0, max(outputs, 2), (examples, 1))
    if kind == "counts":
        return rng.poisson(2.0, (examples, outputs))
    if kind == "shares":
        y = rng.random((examples, outputs))
        y[0, 0] = 0.0
        return y / y.sum(axis=1, keepdims=True)
    return rng.standard_normal((examples, outputs))


def data_for(kind, outputs, examples):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((examples, 4)).astype(np.float32)
    part = Part(x, targets(kind, outputs, examples, rng).astype(np.float32))
    if kind == "classes":
        names = tuple(map(str, range(max(outputs, 2))))
        return Data("random", "classification", part, part, names)
    return Data("random", "regression", part, part)


def test_every_loss_has_cases_a_reference_and_words():
    known = registry.table(Loss)
    assert set(known) == set(naive.LOSSES) == {name for name, *_ in CASES}
    for name, cls in known.items():
        assert cls.label and cls.help and cls.formula and cls.tasks, name
        used = {kind == "classes" for found, *_, kind in CASES if found == name}
        assert used == {task == "classification" for task in cls.tasks}, name


@pytest.mark.parametrize("case", CASES, ids=IDS)
@pytest.mark.parametrize("examples", [7, 1])
def test_one_step_follows_the_gradient_of_the_naive_loss(case, examples):
    name, values, outputs, last, kind = case
    data = data_for(kind, outputs, examples)
    network = chain(layer("Input.v1", shape=[4]), layer("Dense.v1", units=outputs, activation=last))
    spec = loss(name, **values)
    trainer = Trainer(setup(network, loss=spec, learning_rate=1.0, batch_size=7), data, 1)
    before = {key[1]: v.astype(np.float64) for key, v in trainer.parameters.items()}
    x, y = data.train.x.astype(np.float64), data.train.y.astype(np.float64)
    _, accuracy = score(trainer, data.train)
    losses, right = trainer.run(1)

    def at(w, b):
        return naive.LOSSES[name](spec, x @ w + b, last, y, data.task)

    assert losses[0] == pytest.approx(at(before["weight"], before["bias"]), rel=1e-5, abs=1e-7)
    assert right[0] == pytest.approx(accuracy if kind == "classes" else 0.0)
    for parameter in ("weight", "bias"):
        value = {**before}

        def changed(v, parameter=parameter, value=value):
            p = {**value, parameter: v}
            return np.array(at(p["weight"], p["bias"]))

        gradient = naive.differences(changed, before[parameter], 1.0)
        moved = before[parameter] - trainer.parameters["dense_1", parameter]
        np.testing.assert_allclose(moved, gradient, rtol=1e-3, atol=1e-6)
    trainer.close()


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_value_equals_the_naive_loss(case):
    name, values, outputs, last, kind = case
    rng = np.random.default_rng(3)
    z = rng.standard_normal((9, outputs))
    y = targets(kind, outputs, 9, rng)
    task = "classification" if kind == "classes" else "regression"
    spec = loss(name, **values)
    value = spec.value(naive.activation(last, z), y, task, last not in ("sigmoid", "softmax"))
    assert value == pytest.approx(naive.LOSSES[name](spec, z, last, y, task), rel=1e-6)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_json_round_trip(case):
    spec = loss(case[0], **case[1])
    assert registry.from_json(Loss, json.loads(json.dumps(registry.to_json(spec)))) == spec


def trained(spec, weights, x=1.0, outputs=1, wrong=0):
    """A trainer of one Dense layer with the given weights, on four examples of one class."""
    part = Part(np.full((4, 1), x, np.float32), np.full((4, 1), wrong, np.float32))
    names = tuple(map(str, range(max(2, outputs))))
    data = Data("far", "classification", part, part, names)
    last = "sigmoid" if outputs == 1 else "softmax"
    made = setup(mlp(1, outputs, last=last), loss=spec, batch_size=4, learning_rate=0.001)
    trainer = Trainer(made, data, 1)
    trainer.parameters["dense_1", "weight"][...] = weights
    return trainer


@pytest.mark.parametrize(("name", "values"), [
    ("CrossEntropy.v1", {}), ("CrossEntropy.v1", {"class_weights": "1, 1, 1"}), ("Focal.v1", {}),
    ("Focal.v1", {"gamma": 0.5}), ("KLDivergence.v1", {})], ids=str)  # fmt: skip
@pytest.mark.parametrize("outputs", [1, 3])
def test_loss_of_huge_logits_is_finite(name, values, outputs):
    if "class_weights" in values and outputs == 1:
        values = {"class_weights": "1, 1"}
    spec = loss(name, **values)
    wrong = 300.0 if outputs == 1 else [[0.0, 300.0, -5.0]]
    trainer = trained(spec, wrong, outputs=outputs)
    losses, _ = trainer.run(1)
    assert losses[0] == pytest.approx(300.0, rel=1e-5)
    assert np.abs(trainer.parameters["dense_1", "weight"] - wrong).max() == pytest.approx(
        0.001, rel=0.05
    )
    trainer.close()
    right = -300.0 if outputs == 1 else [[300.0, 0.0, -5.0]]
    trainer = trained(spec, right, outputs=outputs)
    losses, _ = trainer.run(1)
    assert losses[0] == 0.0
    np.testing.assert_array_equal(
        trainer.parameters["dense_1", "weight"], np.array(right).reshape(1, -1)
    )
    trainer.close()


def test_focal_gradient_stays_exact_as_the_right_class_becomes_sure():
    """(1 − p)^γ of a probability within 1e-6 of 1: float32 logs of p would be all rounding."""
    for outputs, weights in ((1, -15.0), (3, [[15.0, 0.0, -20.0]])):
        trainer = trained(loss("Focal.v1", gamma=1.0), weights, outputs=outputs)
        losses, _ = trainer.run(1)
        q = float(np.exp(-15.0))
        assert losses[0] == pytest.approx(q * q, rel=1e-3)
        trainer.close()


def test_balanced_class_weights_count_all_classes_alike():
    rng = np.random.default_rng(2)
    y = np.array([0] * 12 + [1] * 3 + [2] * 1, np.float32)[:, None]
    part = Part(rng.standard_normal((16, 4)).astype(np.float32), y)
    data = Data("rare", "classification", part, part, ("a", "b", "c", "none"))
    spec = loss("CrossEntropy.v1", class_weights=" balanced ")
    weights = [16 / (4 * 12), 16 / (4 * 3), 16 / 4, 1.0]
    assert [float(w) for w in spec.prepared(data).class_weights.split(",")] == weights
    trainer = Trainer(setup(mlp(4, 4, last="softmax"), loss=spec, batch_size=16), data, 1)
    w, b = (trainer.parameters["dense_1", name].astype(float) for name in ("weight", "bias"))
    z = part.x.astype(float) @ w + b
    expected = naive.LOSSES["CrossEntropy.v1"](spec, z, "softmax", y, data.task, weights)
    assert score(trainer, data.train)[0] == pytest.approx(expected, rel=1e-5)
    losses, _ = trainer.run(1)
    assert losses[0] == pytest.approx(expected, rel=1e-5)
    trainer.close()


def test_loss_that_does_not_fit_is_refused_in_words():
    numbers = random_data(4, 2, task="regression")
    with pytest.raises(StudioError, match="mean squared error"):
        Trainer(setup(mlp(4, 2)), numbers, 1)
    with pytest.raises(StudioError, match="5 classes"):
        Trainer(setup(mlp(4, 3, last="softmax")), random_data(4, 5), 1)
    with pytest.raises(StudioError, match="2 targets"):
        Trainer(setup(mlp(4, 3), "MSE.v1"), numbers, 1)
    for name in ("MAE.v1", "Huber.v1", "LogCosh.v1", "Poisson.v1"):
        with pytest.raises(StudioError, match="cross-entropy"):
            Trainer(setup(mlp(4, 1), name), random_data(4, 2), 1)
    for name in ("Hinge.v1", "SquaredHinge.v1", "Focal.v1"):
        with pytest.raises(StudioError, match="mean squared error"):
            Trainer(setup(mlp(4, 2), name), numbers, 1)
    with pytest.raises(StudioError, match="for counts"):
        Trainer(setup(mlp(4, 2, last="linear"), "Poisson.v1"), numbers, 1)
    with pytest.raises(StudioError, match="sum to 1"):
        Trainer(setup(mlp(4, 2, last="softmax"), "KLDivergence.v1"), numbers, 1)
    for wrong in ("1, 2, 3", "1; 2", "some", "1, -1", "1, nan"):
        with pytest.raises(StudioError, match="2 numbers"):
            spec = loss("CrossEntropy.v1", class_weights=wrong)
            Trainer(setup(mlp(4, 1), loss=spec), random_data(4, 2), 1)
