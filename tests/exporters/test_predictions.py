"""Every layer, written in another format and run there, predicts what the engine predicts."""

from __future__ import annotations

import runpy

import numpy as np
import pytest

from nnstudio.core.exchange.trained import Trained
from nnstudio.core.opening import load
from nnstudio.core.sources.reading import look
from nnstudio.exporters.numpy_source import NumpySource
from nnstudio.exporters.onnx_file import OnnxFile
from tests.exporters.models import (
    case_name,
    layer_cases,
    layer_network,
    of_preset,
    predictor,
    random_weights,
    trained,
)

CASES = layer_cases()
NEAR = {"rtol": 1e-5, "atol": 1e-5}


def run_onnx(model, x, **options):
    """The exported file's prediction."""
    import onnxruntime

    content = OnnxFile(**options).files(model, "model")["model.onnx"]
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    return session.run(["y"], {"x": np.ascontiguousarray(x, np.float32)})[0]


def run_numpy(model, x, folder):
    """The exported source's prediction."""
    path = folder / "model.py"
    NumpySource().write(model, path)
    found = runpy.run_path(str(path))
    return found["predict"](x, found["read_safetensors"](folder / "model.safetensors"))


@pytest.mark.parametrize("case", CASES, ids=case_name)
def test_every_layer_in_onnx_and_numpy(case, tmp_path):
    model = trained(layer_network(case))
    x = model.data.train.x
    expected = model.predict(x)
    np.testing.assert_allclose(run_onnx(model, x), expected, **NEAR)
    np.testing.assert_allclose(run_numpy(model, x, tmp_path), expected, **NEAR)


@pytest.mark.parametrize("name", ["two-spirals", "regression", "mnist-lenet", "mnist-resnet"])
def test_whole_networks_from_raw_examples(name, tmp_path):
    model = of_preset(name)
    raw = model.raw[1][:8]
    expected = model.data.in_units(model.predict(model.data.prepared(model.data.valid.x[:8])))
    scale = np.abs(expected).max()
    for found in (run_onnx(model, raw), run_numpy(model, raw, tmp_path)):
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5 * scale)


def test_onnx_without_preparation():
    model = of_preset("two-spirals")
    x = model.data.valid.x[:5]
    np.testing.assert_allclose(run_onnx(model, x, prepare=False), model.predict(x), **NEAR)


def test_tables_from_their_own_columns(tmp_path):
    path = tmp_path / "flats.csv"
    rng = np.random.default_rng(3)
    lines = ["area,city,rooms,price"]
    for _ in range(60):
        area, rooms = rng.uniform(20, 900), rng.integers(1, 6)
        city = rng.choice(["Bonn", "Köln", "Jena"])
        shown = "" if rng.random() < 0.1 else f"{area:.2f}"
        lines.append(f"{shown},{city},{rooms},{area * 30 + rooms:.1f}")
    path.write_text("\n".join(lines))
    setup, data = load(str(path), "price")
    parameters = random_weights(setup.network)
    model = Trained(setup, data, parameters, predict=predictor(setup.network, parameters))
    names = [column.name for column in model.columns]
    assert names == ["area", "city", "rooms"]
    places = {name: place for place, name in enumerate(model.columns[1].categories)}
    rows = [line.split(",")[:3] for line in lines[1:9]]
    raw = np.array([[float(a) if a else np.nan, places[c], float(r)] for a, c, r in rows])
    expected = data.in_units(model.predict(data.preparation.prepared(look(path))[:8]))
    scale = np.abs(expected).max()
    for found in (run_onnx(model, raw), run_numpy(model, raw, tmp_path)):
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5 * scale)
