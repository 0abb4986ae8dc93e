"""Keras source, written and read again, is the same network, and the same training settings."""

from __future__ import annotations

import ast

import pytest

from nnstudio.core import registry
from nnstudio.core.contracts import Loss, Optimizer, Schedule
from nnstudio.exporters.keras_source import KerasSource as Out
from nnstudio.importers.keras_source import KerasSource as In
from tests.exporters.models import case_name, layer_cases, layer_network, trained
from tests.exporters.random_networks import random_network


def back(network, **training):
    source = Out().source(trained(network, **training), "demo")
    ast.parse(source)
    return In().read(source.encode(), "demo.py")


@pytest.mark.parametrize("case", layer_cases(), ids=case_name)
def test_every_layer(case):
    network = layer_network(case)
    found = back(network)
    assert found.network == network
    assert not found.remarks


@pytest.mark.parametrize("seed", range(40))
def test_random_networks(seed):
    network = random_network(seed)
    found = back(network)
    assert found.network == network
    assert not found.remarks


@pytest.mark.parametrize("name", ["SGD.v1", "Adam.v1", "AdamW.v1", "RMSprop.v1", "Nadam.v1",
                                  "Adamax.v1", "Adagrad.v1", "Adadelta.v1", "Lion.v1"])  # fmt: skip
def test_optimizers(name):
    optimizer = registry.find(Optimizer, name)()
    found = back(random_network(1), optimizer=optimizer, learning_rate=0.0123)
    assert found.training["optimizer"] == optimizer
    assert found.training["learning_rate"] == 0.0123


@pytest.mark.parametrize(
    "values",
    [
        {"type": "Exponential.v1", "every": 300, "factor": 0.9},
        {"type": "Step.v1", "every": 50, "factor": 0.5},
        {"type": "Cosine.v1", "period": 400, "multiplier": 2, "end": 0.1},
        {"type": "Polynomial.v1", "steps": 100, "power": 2.0, "end": 0.25},
        {"type": "ReduceOnPlateau.v1", "factor": 0.3, "patience": 4, "least": 0.01},
        {"type": "LinearWarmup.v1", "steps": 40, "then": "cosine"},
        {"type": "OneCycle.v1", "steps": 70, "rise": 0.2, "first": 0.1, "end": 0.01},
        {"type": "Cosine.v1", "end": 0.1},
    ],
    ids=lambda values: values["type"],
)
def test_schedules(values):
    schedule = registry.from_json(Schedule, values)
    found = back(random_network(2), schedule=schedule, learning_rate=0.01)
    assert found.training["schedule"] == schedule
    assert found.training["learning_rate"] == 0.01
    assert not found.remarks


@pytest.mark.parametrize(
    "values",
    [
        {"type": "CrossEntropy.v1", "label_smoothing": 0.1, "class_weights": "0.5, 1.0, 2.0"},
        {"type": "Focal.v1", "gamma": 1.5},
        {"type": "Hinge.v1"},
        {"type": "SquaredHinge.v1"},
        {"type": "KLDivergence.v1"},
        {"type": "MSE.v1"},
    ],
    ids=lambda values: values["type"],
)
@pytest.mark.parametrize("activation", ["linear", "softmax"])
def test_losses_of_classes(values, activation):
    loss = registry.from_json(Loss, values)
    network = layer_network(("Dense.v1", {"units": 3, "activation": activation}, ((4,),)))
    model = trained(network, "classification", loss=loss)
    found = In().read(Out().source(model, "demo").encode(), "demo.py")
    assert found.training["loss"] == loss
    assert not found.remarks


@pytest.mark.parametrize("log_output", [False, True])
def test_counts(log_output):
    loss = registry.from_json(Loss, {"type": "Poisson.v1", "log_output": log_output})
    found = back(layer_network(("Dense.v1", {"units": 3}, ((4,),))), loss=loss)
    assert found.training["loss"] == loss


def test_settings_of_training():
    given = {
        "l1": 0.001, "l2": 0.002, "epochs": 12, "batch_size": 64, "patience": 5,
        "keep_best": True, "clip_norm": 1.5, "clip_value": 0.5, "averaging": 0.99,
        "max_norm": 2.5,
    }  # fmt: skip
    network = layer_network(("Dense.v1", {"units": 3}, ((4,),)))
    loss = registry.from_json(Loss, {"type": "Huber.v1", "delta": 0.5})
    found = back(network, loss=loss, **given)
    assert {name: found.training[name] for name in given} == given
    assert found.training["loss"] == loss
