"""Every example of every layer, forward and backward, against its naive twin."""

from __future__ import annotations

import json

import numpy as np
import pytest

from nnstudio.core import fields, registry
from nnstudio.core.contracts import Activation, Layer, initializer
from nnstudio.engine.differentiate import Differentiator
from nnstudio.engine.probe import Probe
from tests import naive
from tests.helpers import around, branches

EXAMPLES = [
    pytest.param(name, values, shapes, id=f"{name}-{number}")
    for name, cls in registry.table(Layer).items()
    if name != "Input.v1"
    for number, (values, shapes) in enumerate(cls.examples)
]
BATCH = 5


def make(name, values, shapes, seed=0):
    """The layer in a network, random parameters, and random input away from kinks at zero."""
    subject = fields.build(registry.find(Layer, name), values)
    network = around(subject, shapes)
    rng = np.random.default_rng(seed)
    parameters = {
        ("it", p.name): initializer(p.initializer).fill(p, rng)
        + 0.1 * rng.standard_normal(p.shape).astype(np.float32)
        for p in network.facts["it"].parameters
    }
    x = rng.standard_normal((BATCH, *shapes[0])).astype(np.float32)
    return network, parameters, x + np.copysign(np.float32(0.05), x)


def relative_error(value, reference):
    scale = np.maximum(np.abs(reference), 0.1 * np.abs(reference).max() + 1e-6)
    return float(np.max(np.abs(value - reference) / scale, initial=0.0))


def test_every_layer_has_examples_help_and_a_naive_twin():
    for name, cls in registry.table(Layer).items():
        assert cls.examples, name
        assert cls.label and cls.help and cls.formula and cls.group, name
        if name != "Input.v1":
            assert name in naive.LAYERS, name


@pytest.mark.parametrize(("name", "values", "shapes"), EXAMPLES)
@pytest.mark.parametrize("count", [BATCH, 1])
def test_forward_and_backward_equal_the_naive_twin(name, values, shapes, count):
    network, parameters, x = make(name, values, shapes)
    x = x[:count]
    subject = network["it"].layer
    shape = network.facts["it"].shape
    weights = np.random.default_rng(1).standard_normal((count, *shape)).astype(np.float32)
    output, by_input, by_parameter = Differentiator(network, BATCH, dropping=True).run(
        parameters, x, weights, seed=3, step=4
    )
    assert output.shape == (count, *shape)
    seen = (x.astype(np.float64), output.astype(np.float64))
    plain = {key[1]: value.astype(np.float64) for key, value in parameters.items()}

    def forward(value, **changed):
        inputs = branches(value, len(shapes))
        return naive.LAYERS[name](subject, {**plain, **changed}, inputs, seen)

    assert relative_error(output, forward(x.astype(np.float64))) < 1e-4
    assert relative_error(by_input, naive.differences(forward, x, weights)) < 1e-3
    for (_, parameter), gradient in by_parameter.items():
        some = np.s_[:3] if plain[parameter].size > 600 else np.s_[:]

        def by(value, parameter=parameter, some=some):
            whole = plain[parameter].copy()
            whole[some] = value
            return forward(x.astype(np.float64), **{parameter: whole})

        reference = naive.differences(by, plain[parameter][some], weights)
        assert relative_error(gradient[some], reference) < 1e-3


@pytest.mark.parametrize(("name", "values", "shapes"), EXAMPLES)
def test_prediction_needs_no_training_noise(name, values, shapes):
    network, parameters, x = make(name, values, shapes)
    probe = Probe(network)
    probe.load(parameters)
    plain = {key[1]: value.astype(np.float64) for key, value in parameters.items()}
    subject = network["it"].layer
    inputs = branches(x.astype(np.float64), len(shapes))
    expected = naive.LAYERS[name](subject, plain, inputs, None)
    assert relative_error(probe.run(x)["it"], expected) < 1e-4


@pytest.mark.parametrize(("name", "values", "shapes"), EXAMPLES)
def test_json_round_trip(name, values, shapes):
    subject = fields.build(registry.find(Layer, name), values)
    again = registry.from_json(Layer, json.loads(json.dumps(registry.to_json(subject))))
    assert again == subject


ACTIVATIONS = [cls for cls in registry.table(Layer).values() if issubclass(cls, Activation)]


@pytest.mark.parametrize("cls", ACTIVATIONS, ids=lambda cls: cls.type_name)
def test_derivative_is_that_of_the_value(cls):
    if cls.name == "softmax":
        x = np.random.default_rng(0).standard_normal((1, 4))
        e = 1e-6
        for i in range(4):
            up, down = x.copy(), x.copy()
            up[0, i] += e
            down[0, i] -= e
            slope = (cls().value(up) - cls().value(down))[0, i] / (2 * e)
            assert abs(slope - cls().derivative(x)[0, i]) < 1e-6
        return
    x = np.linspace(-4, 4, 81) + 0.01
    slope = (cls().value(x + 1e-6) - cls().value(x - 1e-6)) / 2e-6
    np.testing.assert_allclose(cls().derivative(x), slope, atol=1e-6)


@pytest.mark.parametrize("cls", ACTIVATIONS, ids=lambda cls: cls.type_name)
def test_nan_and_large_numbers_go_through_activations(cls):
    x = np.array([[np.nan, -60.0, -1.0, 0.0, 1.0, 60.0, 3.0]], np.float32)
    if cls.name == "softmax":
        x[0, 0] = 0.0  # one NaN makes all of them NaN
    network = around(cls(), (x.shape[1:],))
    y, by_input, _ = Differentiator(network, 1).run({}, x, np.ones_like(x))
    assert cls.name == "softmax" or np.isnan(y[0, 0])
    assert np.isfinite(y[0, 1:]).all() and np.isfinite(by_input[0, 1:]).all()
    x[0, 0] = 0.0
    reference = cls().value(x.astype(np.float64))
    np.testing.assert_allclose(y[0, 1:], reference[0, 1:], rtol=1e-5, atol=1e-6)
