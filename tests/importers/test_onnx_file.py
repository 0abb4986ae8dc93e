"""ONNX in: what was exported comes back and predicts the same; damaged files are refused."""

from __future__ import annotations

import random
import time

import numpy as np
import pytest

from nnstudio.core.exchange.importing import read_content
from nnstudio.core.network import chain
from nnstudio.core.text import StudioError
from nnstudio.exporters.onnx_file import OnnxFile
from tests.exporters.models import of_preset, predictor, trained
from tests.helpers import layer


def exported(model):
    return OnnxFile(prepare=False).files(model, "net")["net.onnx"]


def networks():
    image = layer("Input.v1", shape=[8, 8, 2])
    return [
        chain(layer("Input.v1", shape=[5]), layer("Dense.v1", units=4, activation="tanh"),
              layer("BatchNorm.v1"), layer("PReLU.v1"), layer("LayerNorm.v1"),
              layer("Dense.v1", units=3, activation="softmax")),
        chain(image, layer("Conv2D.v1", filters=3, kernel=[3, 3], padding="same",
                           activation="relu"),
              layer("BatchNorm.v1"), layer("MaxPool2D.v1"), layer("DepthwiseConv2D.v1",
              kernel=[2, 2], multiplier=2), layer("ELU.v1", alpha=0.5), layer("Flatten.v1"),
              layer("Dense.v1", units=2)),
        chain(image, layer("ZeroPadding2D.v1"), layer("Conv2D.v1", filters=4, kernel=[3, 3],
              groups=2, stride=[2, 2]), layer("UpSampling2D.v1"), layer("GlobalAvgPool.v1"),
              layer("Dense.v1", units=1, activation="sigmoid")),
        chain(layer("Input.v1", shape=[9, 3]), layer("Conv1D.v1", filters=4, kernel=[3]),
              layer("AvgPool1D.v1"), layer("Permute.v1", order=[2, 1]), layer("Flatten.v1"),
              layer("Dense.v1", units=2, activation="leaky_relu")),
    ]  # fmt: skip


@pytest.mark.parametrize("number", range(4))
def test_what_was_exported_comes_back(number):
    model = trained(networks()[number])
    reading = read_content(exported(model), "net.onnx")
    assert not reading.remarks
    x = model.data.train.x
    found = predictor(reading.network, dict(reading.parameters))(x)
    np.testing.assert_allclose(found, model.predict(x), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", ["two-spirals", "mnist-lenet", "mnist-resnet"])
def test_presets_come_back(name):
    model = of_preset(name)
    reading = read_content(exported(model), "net.onnx")
    assert not reading.remarks
    x = model.data.prepared(model.data.valid.x[:4])
    found = predictor(reading.network, dict(reading.parameters))(x)
    np.testing.assert_allclose(found, model.predict(x), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("seed", range(3))
def test_damaged_files(seed):
    rng = random.Random(seed)
    contents = [exported(trained(network)) for network in networks()]
    for _ in range(80):
        made = bytearray(rng.choice(contents))
        for _ in range(rng.randint(1, 8)):
            at = rng.randrange(len(made))
            if rng.random() < 0.7:
                made[at] = rng.randrange(256)
            else:
                del made[at : at + rng.randint(1, 40)]
        began = time.process_time()
        try:
            read_content(bytes(made), "net.onnx").network.check()
        except StudioError as error:
            assert str(error)
        assert time.process_time() - began < 2


def test_no_onnx():
    with pytest.raises(StudioError, match="no ONNX"):
        read_content(b"hello", "net.onnx")
