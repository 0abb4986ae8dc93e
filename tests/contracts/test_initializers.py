"""Initial values: their spread, their shape, and that a seed repeats them."""

from __future__ import annotations

import numpy as np
import pytest

from nnstudio.core import fields, registry
from nnstudio.core.contracts import Initializer, Layer, Parameter, initializer, initializers
from nnstudio.core.text import StudioError

FAN_IN, FAN_OUT = 300, 150
BOTH = 2 / (FAN_IN + FAN_OUT)

#: The variance of each, and whether values have a sharp limit (a uniform distribution).
SPREAD = {
    "glorot_normal": (BOTH, False),
    "glorot_uniform": (BOTH, True),
    "he_normal": (2 / FAN_IN, False),
    "he_uniform": (2 / FAN_IN, True),
    "lecun_normal": (1 / FAN_IN, False),
    "lecun_uniform": (1 / FAN_IN, True),
    "normal": (0.05**2, False),
    "uniform": (0.05**2 / 3, True),
    "orthogonal": (1 / FAN_IN, False),
}
ALIKE = {"zeros": 0.0, "ones": 1.0, "constant": 0.1}


def drawn(name, shape=(FAN_IN, FAN_OUT), seed=0):
    parameter = Parameter("weight", shape, name, FAN_IN, FAN_OUT)
    return initializer(name).fill(parameter, np.random.default_rng(seed))


def test_every_initializer_is_tested_and_has_words():
    assert set(initializers()) == set(SPREAD) | set(ALIKE)
    for name, cls in initializers().items():
        assert cls.label and cls.help and cls.formula and cls.name == name
    assert len(initializers()) == len(registry.table(Initializer))


@pytest.mark.parametrize("name", SPREAD)
def test_spread_is_that_of_the_formula(name):
    values = drawn(name).astype(np.float64)
    variance, limited = SPREAD[name]
    assert abs(values.mean()) < 4 * np.sqrt(variance / values.size)
    assert values.var() == pytest.approx(variance, rel=0.03)
    most = np.abs(values).max() / np.sqrt(variance)
    assert most == pytest.approx(np.sqrt(3), rel=0.01) if limited else most > 3.5


@pytest.mark.parametrize("name", ALIKE)
def test_constant_values(name):
    np.testing.assert_array_equal(drawn(name), np.float32(ALIKE[name]))


@pytest.mark.parametrize("name", sorted(SPREAD))
@pytest.mark.parametrize("shape", [(5, 7), (7,), (3, 3, 4, 6), (1, 1)])
def test_any_shape_in_float32_and_repeatable(name, shape):
    first, again, other = drawn(name, shape), drawn(name, shape), drawn(name, shape, seed=1)
    assert first.shape == shape and first.dtype == np.float32
    np.testing.assert_array_equal(first, again)
    assert name == "orthogonal" or (first != other).any()


@pytest.mark.parametrize("shape", [(40, 30), (30, 40), (20, 20), (3, 3, 4, 8), (6,)])
def test_orthogonal_columns_or_rows_are_orthonormal(shape):
    matrix = drawn("orthogonal", shape).reshape(-1, shape[-1] if len(shape) > 1 else 1)
    tall = matrix if matrix.shape[0] >= matrix.shape[1] else matrix.T
    np.testing.assert_allclose(tall.T @ tall, np.eye(tall.shape[1]), atol=1e-6)


def test_orthogonal_is_uniform_over_rotations():
    """Without the signs' correction the diagonal's mean would be well away from 0."""
    diagonal = [np.diag(drawn("orthogonal", (3, 3), seed)) for seed in range(400)]
    assert np.abs(np.mean(diagonal, axis=0)).max() < 0.1


def test_every_layer_with_weights_to_choose_offers_all_of_them():
    found = [fields.fields_of(cls).get("initializer") for cls in registry.table(Layer).values()]
    offers = [list(field.choices()) for field in found if field is not None]
    assert len(offers) >= 2
    for offer in offers:
        assert offer == ["automatic", *initializers()]


def test_unknown_one_is_refused_in_words():
    with pytest.raises(StudioError, match="no initializer called “xavier”"):
        initializer("xavier")
