"""Optimizers against the formulas of their papers, written out, for 100 steps."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from nnstudio.core import fields, registry
from nnstudio.core.contracts import Optimizer
from nnstudio.core.text import StudioError
from nnstudio.engine import program as program_module
from nnstudio.engine.plan import plan
from nnstudio.engine.trainer import Trainer
from tests import naive
from tests.helpers import layer, mlp, optimizer, random_data, setup

VARIANTS = [
    ("SGD.v1", {}),
    ("SGD.v1", {"momentum": 0.9}),
    ("SGD.v1", {"momentum": 0.9, "nesterov": True}),
    ("RMSprop.v1", {}),
    ("RMSprop.v1", {"momentum": 0.5, "rho": 0.99}),
    ("Adam.v1", {}),
    ("Adam.v1", {"beta1": 0.8, "beta2": 0.99}),
    ("Adam.v1", {"amsgrad": True, "beta2": 0.9}),
    ("RMSprop.v1", {"centred": True}),
    ("RMSprop.v1", {"centred": True, "momentum": 0.5}),
    ("GradientDescent.v1", {}),
    ("Adagrad.v1", {}),
    ("Adadelta.v1", {}),
    ("Adadelta.v1", {"rho": 0.8, "epsilon": 1e-4}),
    ("AdamW.v1", {"weight_decay": 0.5}),
    ("AdamW.v1", {"beta1": 0.8, "beta2": 0.99}),
    ("Adamax.v1", {}),
    ("Adamax.v1", {"beta1": 0.8, "beta2": 0.9}),
    ("Nadam.v1", {}),
    ("Nadam.v1", {"beta1": 0.99, "beta2": 0.99}),
    ("RAdam.v1", {}),
    ("RAdam.v1", {"beta2": 0.9}),
    ("RAdam.v1", {"beta2": 0.5}),
    ("Lion.v1", {}),
    ("Lion.v1", {"beta1": 0.5, "weight_decay": 0.3}),
    ("Rprop.v1", {}),
    ("Rprop.v1", {"growth": 1.5, "shrinkage": 0.3, "least": 1e-3, "most": 0.01}),
]


def test_every_optimizer_has_a_reference():
    assert set(registry.table(Optimizer)) == set(naive.OPTIMIZERS) == {n for n, _ in VARIANTS}


@pytest.mark.parametrize(("name", "values"), VARIANTS)
def test_hundred_steps_equal_the_written_out_formula(name, values):
    """Linear regression on its whole data: the gradient is known in closed form."""
    data = random_data(3, 2, 20, task="regression")
    rate = 0.002
    made = setup(
        mlp(3, 2, last="linear"), "MSE.v1", optimizer=optimizer(name, **values),
        learning_rate=rate, batch_size=20,
    )  # fmt: skip
    trainer = Trainer(made, data, 1)
    x, y = data.train.x.astype(np.float64), data.train.y.astype(np.float64)
    w = trainer.parameters["dense_1", "weight"].astype(np.float64)
    b = trainer.parameters["dense_1", "bias"].astype(np.float64)
    steps_w = naive.OPTIMIZERS[name](w, rate, **values)
    decays = "weight_decay" in fields.fields_of(registry.find(Optimizer, name))
    never = {"weight_decay": 0.0} if decays else {}  # biases do not decay
    steps_b = naive.OPTIMIZERS[name](b, rate, **{**values, **never})
    next(steps_w), next(steps_b)
    for _ in range(100):
        error = 2 * (x @ w + b - y) / y.size
        w, b = steps_w.send(x.T @ error), steps_b.send(error.sum(axis=0))
        trainer.run(1)
    np.testing.assert_allclose(trainer.parameters["dense_1", "weight"], w, atol=1e-5, rtol=1e-5)
    np.testing.assert_allclose(trainer.parameters["dense_1", "bias"], b, atol=1e-5, rtol=1e-5)
    trainer.close()


@pytest.mark.parametrize(("l1", "l2"), [(0.1, 0.0), (0.0, 0.2), (0.1, 0.2)])
def test_l1_and_l2_pull_weights_but_not_biases(l1, l2):
    data = random_data(3, 2, 20, task="regression")
    made = setup(mlp(3, 2, last="linear"), "MSE.v1", learning_rate=0.1, batch_size=20)
    plain = Trainer(made, data, 1)
    pulled = Trainer(made.with_training(l1=l1, l2=l2), data, 1)
    w = plain.parameters["dense_1", "weight"].copy()
    plain.run(1)
    pulled.run(1)
    difference = plain.parameters["dense_1", "weight"] - pulled.parameters["dense_1", "weight"]
    np.testing.assert_allclose(difference, 0.1 * (l1 * np.sign(w) + l2 * w), atol=1e-6)
    np.testing.assert_array_equal(
        plain.parameters["dense_1", "bias"], pulled.parameters["dense_1", "bias"]
    )
    plain.close()
    pulled.close()


@pytest.mark.parametrize("name", ["GradientDescent.v1", "Rprop.v1"])
def test_whole_set_is_the_batch_whatever_the_batch_size_says(name):
    data = random_data(3, 2, 50, task="regression")
    made = setup(mlp(3, 2, last="linear"), "MSE.v1", optimizer=optimizer(name), batch_size=7)
    trainer = Trainer(made, data, 1)
    assert (trainer.program.batch, trainer.steps_per_epoch) == (50, 1)
    trainer.run(2)
    assert trainer.epoch == 2
    trainer.replace(made.with_training(optimizer=optimizer("SGD.v1")), data)
    assert (trainer.program.batch, trainer.steps_per_epoch) == (7, 8)
    trainer.close()


def test_a_whole_set_that_needs_too_much_memory_is_refused_with_a_way_out(monkeypatch):
    monkeypatch.setattr(program_module, "plan", partial(plan, memory_limit=10_000))
    made = setup(mlp(3, 2, last="linear"), "MSE.v1", optimizer=optimizer("GradientDescent.v1"))
    data = random_data(3, 2, 500, task="regression")
    with pytest.raises(StudioError, match="all 500 examples in one step"):
        Trainer(made, data, 1)


@pytest.mark.parametrize("name", sorted(registry.table(Optimizer)))
def test_layer_that_joins_late_begins_with_empty_slots(name):
    """Slots of zero are a sound beginning at any step, not only at the first."""
    data = random_data(3, 2, 50, task="regression")
    made = setup(
        mlp(3, 4, 2, last="linear"), "MSE.v1", optimizer=optimizer(name), learning_rate=0.01
    )
    trainer = Trainer(made, data, 1)
    trainer.run(60)
    network, added = made.network.insert_after("dense_1", layer("Dense.v1", units=4))
    trainer.replace(made.with_network(network), data)
    before = trainer.parameters[added, "weight"].copy()
    losses, _ = trainer.run(60)
    assert np.isfinite(losses).all()
    moved = np.abs(trainer.parameters[added, "weight"] - before).max()
    assert 0 < moved < 5
    trainer.close()
