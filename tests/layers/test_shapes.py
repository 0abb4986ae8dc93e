"""Output shapes as Keras gives them, and sentences for inputs that do not fit."""

from __future__ import annotations

import numpy as np
import pytest

from nnstudio.core.text import StudioError
from nnstudio.engine.differentiate import Differentiator
from tests.helpers import around, layer

FITTING = [
    ("MaxPool2D.v1", {}, (28, 27, 3), (14, 13, 3)),
    ("MaxPool2D.v1", {"padding": "same"}, (28, 27, 3), (14, 14, 3)),
    ("AvgPool2D.v1", {"pool_size": 3, "stride": [2, 1]}, (7, 7, 4), (3, 5, 4)),
    ("AvgPool1D.v1", {"pool_size": 3, "stride": 2, "padding": "same"}, (10, 4), (5, 4)),
    ("MaxPool1D.v1", {"stride": 1}, (10, 4), (9, 4)),
    ("GlobalAvgPool.v1", {}, (7, 6, 5), (5,)),
    ("GlobalMaxPool.v1", {}, (7, 6), (6,)),
    ("ZeroPadding2D.v1", {"top": 2, "right": 0}, (5, 5, 1), (8, 6, 1)),
    ("UpSampling2D.v1", {"size": [2, 3]}, (5, 4, 2), (10, 12, 2)),
    ("Reshape.v1", {"shape": [7, -1]}, (28, 28, 1), (7, 112)),
    ("Permute.v1", {"order": [3, 1, 2]}, (4, 5, 6), (6, 4, 5)),
]
REFUSED = [
    ("MaxPool2D.v1", {}, (1, 28, 1), "does not fit into 1 × 28"),
    ("MaxPool2D.v1", {}, (784,), "needs an image"),
    ("AvgPool1D.v1", {}, (28, 28, 1), "needs a sequence"),
    ("AvgPool1D.v1", {"pool_size": 5}, (4, 2), "window of 5"),
    ("GlobalMaxPool.v1", {}, (784,), "Put it before Flatten"),
    ("SpatialDropout2D.v1", {}, (10, 4), "needs an image"),
    ("UpSampling2D.v1", {}, (10,), "needs an image"),
    ("ZeroPadding2D.v1", {}, (10,), "needs an image"),
    ("Reshape.v1", {"shape": [5, 2]}, (12,), "multiply to 12"),
    ("Reshape.v1", {"shape": [5, -1]}, (12,), "one of them may be −1"),
    ("Reshape.v1", {"shape": [-1, -1]}, (12,), "one of them may be −1"),
    ("Reshape.v1", {"shape": [0, -1]}, (12,), "multiply to 12"),
    ("Permute.v1", {}, (3, 4, 5), "each axis from 1 to 3"),
    ("Permute.v1", {"order": [1, 1]}, (3, 4), "each axis from 1 to 2"),
]


@pytest.mark.parametrize(("name", "values", "shape", "expected"), FITTING)
def test_output_shape(name, values, shape, expected):
    assert layer(name, **values).infer(shape) == expected


@pytest.mark.parametrize(("name", "values", "shape", "words"), REFUSED)
def test_what_does_not_fit_is_refused_in_words(name, values, shape, words):
    with pytest.raises(StudioError, match=words):
        layer(name, **values).infer(shape)


@pytest.mark.parametrize("name", ["MaxPool2D.v1", "GlobalMaxPool.v1"])
def test_max_pooling_lets_nan_through(name):
    x = np.zeros((1, 4, 4, 3), np.float32)
    x[0, 1, 1, 2] = np.nan
    network = around(layer(name), (x.shape[1:],))
    shape = network.output_shape
    y, *_ = Differentiator(network, 1).run({}, x, np.ones((1, *shape), np.float32))
    assert np.isnan(y).sum() == 1 and np.isnan(y.reshape(-1, 3)[0, 2])


@pytest.mark.parametrize("size", [7, 64, 193])
def test_layer_norm_gives_every_example_mean_0_and_variance_1(size):
    x = 3 + 5 * np.random.default_rng(0).standard_normal((4, size)).astype(np.float32)
    subject = layer("LayerNorm.v1", epsilon=1e-8)
    parameters = {
        ("it", "scale"): np.ones(size, np.float32),
        ("it", "shift"): np.zeros(size, np.float32),
    }
    network = around(subject, ((size,),))
    y, *_ = Differentiator(network, 4).run(parameters, x, np.ones_like(x))
    np.testing.assert_allclose(y.mean(axis=1), 0, atol=1e-6)
    np.testing.assert_allclose(y.var(axis=1), 1, rtol=1e-5)
