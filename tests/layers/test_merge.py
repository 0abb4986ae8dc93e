"""Layers with several inputs: unlike widths, one value read twice, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest

from nnstudio.core.network import Network, Node
from nnstudio.core.text import StudioError
from nnstudio.engine.differentiate import Differentiator
from tests.helpers import layer


def join(subject, shape, *branches):
    """A network whose last node reads the ends of branches; each is a list of layers."""
    nodes, ends = [Node("input", layer("Input.v1", shape=list(shape)))], []
    for b, branch in enumerate(branches):
        before = "input"
        for number, made in enumerate(branch):
            nodes.append(Node(f"b{b}_{number}", made, (before,)))
            before = nodes[-1].id
        ends.append(before)
    return Network((*nodes, Node("it", subject, tuple(ends))))


def run(network, x, weights):
    return Differentiator(network, len(x)).run({}, x, weights)[:2]


def test_concatenate_joins_unlike_channels():
    """A 4 x 2 x 2 image as 4 x 4 x 1, and made twice as wide as 4 x 4 x 2: three channels."""
    network = join(
        layer("Concatenate.v1"), (4, 2, 2), [layer("Reshape.v1", shape=[4, 4, 1])],
        [layer("UpSampling2D.v1", size=[1, 2])],
    )  # fmt: skip
    assert network.output_shape == (4, 4, 3)
    rng = np.random.default_rng(0)
    x = rng.standard_normal((3, 4, 2, 2)).astype(np.float32)
    weights = rng.standard_normal((3, 4, 4, 3)).astype(np.float32)
    y, by_input = run(network, x, weights)
    np.testing.assert_array_equal(y[..., :1], x.reshape(3, 4, 4, 1))
    np.testing.assert_array_equal(y[..., 1:], np.repeat(x, 2, axis=2))
    expected = weights[..., 0].reshape(x.shape) + weights[:, :, ::2, 1:] + weights[:, :, 1::2, 1:]
    np.testing.assert_allclose(by_input, expected, rtol=1e-5, atol=1e-6)


def test_concatenate_joins_unlike_rows():
    network = join(
        layer("Concatenate.v1", axis=1), (4, 3), [], [layer("MaxPool1D.v1", pool_size=4)], []
    )
    x = np.arange(24, dtype=np.float32).reshape(2, 4, 3)
    weights = np.ones((2, 9, 3), np.float32)
    y, by_input = run(network, x, weights)
    np.testing.assert_array_equal(y, np.concatenate([x, x.max(axis=1, keepdims=True), x], axis=1))
    np.testing.assert_array_equal(by_input[:, :3], 2)
    np.testing.assert_array_equal(by_input[:, 3], 3)


@pytest.mark.parametrize(
    ("name", "value", "slope"),
    [
        ("Add.v1", lambda x: 2 * x, lambda x: 2 + 0 * x),
        ("Average.v1", lambda x: x, lambda x: 1 + 0 * x),
        ("Multiply.v1", lambda x: x * x, lambda x: 2 * x),
    ],
)
def test_the_same_value_may_be_read_twice(name, value, slope):
    network = join(layer(name), (5,), [], [])
    x = np.random.default_rng(0).standard_normal((3, 5)).astype(np.float32)
    y, by_input = run(network, x, np.ones_like(x))
    np.testing.assert_allclose(y, value(x), rtol=1e-6)
    np.testing.assert_allclose(by_input, slope(x), rtol=1e-6)


@pytest.mark.parametrize("name", ["Add.v1", "Average.v1", "Multiply.v1", "Concatenate.v1"])
def test_one_input_and_unlike_inputs_are_refused_in_words(name):
    made = layer(name)
    with pytest.raises(StudioError, match="two or more inputs"):
        made.infer((3,))
    with pytest.raises(StudioError, match="3 × 4 × 2 and 3 × 5 × 2"):
        made.infer((3, 4, 2), (3, 4, 2), (3, 5, 2))
    assert join(made, (3,), []).errors[0].node == "it"


def test_concatenate_refuses_an_axis_that_is_not_there():
    with pytest.raises(StudioError, match="from 1 to 2"):
        layer("Concatenate.v1", axis=3).infer((3, 4), (3, 4))


@pytest.mark.parametrize("name", ["Dense.v1", "Tanh.v1", "MaxPool2D.v1"])
def test_a_layer_of_one_input_refuses_two_and_none(name):
    assert "Join them" in str(join(layer(name), (3,), [], [layer("Tanh.v1")]).errors[0])
    assert "reads nothing" in str(join(layer(name), (3,)).errors[0])
