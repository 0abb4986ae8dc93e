"""A canvas with a document, and a view that runs networks in plain NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from nnstudio.core.contracts import Activation, activations
from nnstudio.core.data import Data, Part, plane_features
from nnstudio.core.text import StudioError
from nnstudio.engine.view import Snapshot, View
from tests.helpers import layer, mlp, setup

FEATURES = ("x1", "x2", "sin(x1)", "sin(x2)")


def plane_data(features=FEATURES):
    rng = np.random.default_rng(3)
    points = rng.uniform(-6, 6, (40, 2))
    x = plane_features(points, features)
    y = (points[:, :1] > 0).astype(np.float32)
    return Data(
        "plane", "classification", Part(x[:30], y[:30]), Part(x[30:], y[30:]), ("a", "b"),
        plane=features, points=points[:30], valid_points=points[30:],
    )  # fmt: skip


def image_data():
    rng = np.random.default_rng(4)
    x = rng.integers(0, 255, (12, 8, 8, 1), dtype=np.uint8)
    y = (np.arange(12) % 10).astype(np.float32)[:, None]
    digits = tuple(map(str, range(10)))
    return Data(
        "digits", "classification", Part(x, y), Part(x[::-1].copy(), y[::-1].copy()), digits,
        scale=1 / 255,
    )  # fmt: skip


def spirals():
    """The network of the 2-D picture: 4 features, 8 and 6 tanh units, one sigmoid."""
    return setup(mlp(4, 8, 6, 1))


def parameters_of(network, seed=0):
    rng = np.random.default_rng(seed)
    return {
        (node, p.name): rng.standard_normal(p.shape).astype(np.float32)
        for node, facts in network.facts.items()
        for p in facts.parameters
    }


def snapshot_of(network, sequence=1, running=False, seed=0, **parameters):
    values = parameters_of(network, seed)
    values.update({tuple(key.split("__")): value for key, value in parameters.items()})
    nan = float("nan")
    return Snapshot(
        sequence, 1, 0, 0, running, False, values, nan, nan, nan, nan, 0.0, 0.0, None, None,
        0.03, None,
    )  # fmt: skip


class NaiveProbe:
    """Runs a chain layer by layer with the layers' own reference functions."""

    def __init__(self, network, parameters):
        self.network, self.parameters = network, parameters

    def run(self, x, nodes=None):
        values = {}
        for node in self.network.nodes:
            if not node.inputs:
                values[node.id] = x
                continue
            before = values[node.inputs[0]]
            values[node.id] = self._apply(node, before)
        wanted = [self.network.output.id] if nodes is None else nodes
        return {name: values[name] for name in wanted}

    def _apply(self, node, x):
        kind = node.layer.type_name
        if kind == "Dense.v1":
            z = x @ self.parameters[node.id, "weight"] + self.parameters[node.id, "bias"]
            return activations()[node.layer.activation]().value(z).astype(np.float32)
        if kind == "Flatten.v1":
            return x.reshape(len(x), -1)
        if isinstance(node.layer, Activation):
            return node.layer.value(x).astype(np.float32)
        if kind == "Dropout.v1":
            return x
        raise StudioError("no naive {kind}", kind=kind)


def view_of(document, snapshot=None):
    network = document.setup.network
    snapshot = snapshot or snapshot_of(network)
    probe = NaiveProbe(network, snapshot.parameters)
    return View(document.setup, document.data, snapshot, probe, None)


@pytest.fixture
def make_canvas(qtbot):
    """Make a shown canvas on a setup and data, fed once."""
    from nnstudio.app.canvas.canvas import NetworkCanvas
    from nnstudio.app.document import Document

    def make(setup_, data, size=(880, 500), fed=True):
        document = Document(setup_, data)
        canvas = NetworkCanvas(document, None)
        document.setParent(canvas)
        qtbot.addWidget(canvas)
        canvas.resize(*size)
        with qtbot.waitExposed(canvas):
            canvas.show()
        if fed:
            feed(canvas)
        return canvas

    return make


def feed(canvas, snapshot=None):
    """What the bridge does: request, measure, display."""
    result = canvas.measure(view_of(canvas.document, snapshot), canvas.request())
    canvas.display(result)
    return result


@pytest.fixture
def canvas(make_canvas):
    return make_canvas(spirals(), plane_data())


@pytest.fixture
def image_canvas(make_canvas):
    network = mlp(64, 20, 10, activation="relu", last="softmax")
    network = network.replace("input", layer("Input.v1", shape=[8, 8, 1]))
    network, _ = network.insert_after("input", layer("Flatten.v1"))
    return make_canvas(setup(network), image_data())
