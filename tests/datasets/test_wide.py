"""The generated wide data."""

from __future__ import annotations

import numpy as np

from nnstudio.core import registry
from nnstudio.core.contracts import Dataset


def wide(**values):
    return registry.from_json(Dataset, {"type": "Wide.v1", **values}).load()


def test_shapes():
    data = wide(examples=1000)
    assert data.train.x.shape == (800, 1000)
    assert data.valid.x.shape == (200, 1000)
    assert data.train.x.dtype == np.float32
    assert np.bincount(data.train.y[:, 0].astype(int)).tolist() == [80] * 10
    assert data.outputs == 10


def test_equal_specs_give_equal_data():
    np.testing.assert_array_equal(wide(examples=500).train.x, wide(examples=500).train.x)
    assert not np.array_equal(wide(examples=500, seed=2).train.x, wide(examples=500).train.x)


def test_classes_can_be_told_apart():
    data = wide(examples=4000)
    x, y = data.train.x, data.train.y[:, 0]
    means = np.stack([x[y == number].mean(0) for number in range(10)])
    distance = ((data.valid.x[:, None] - means[None]) ** 2).sum(2)
    assert (distance.argmin(1) == data.valid.y[:, 0]).mean() > 0.97
