"""Views of small networks with random weights, so that panels can be tested without training."""

from __future__ import annotations

import numpy as np

from nnstudio.app.document import Document
from nnstudio.core import registry
from nnstudio.core.contracts import Dataset
from nnstudio.core.data import Data, Part
from nnstudio.core.network import Network, chain
from nnstudio.core.setup import Setup, Training
from nnstudio.engine.history import Curves
from nnstudio.engine.probe import Probe
from nnstudio.engine.view import Snapshot, View
from tests.helpers import layer, loss, optimizer


def parameters_of(network: Network, seed: int = 0, size: float = 0.8):
    random = np.random.default_rng(seed)
    return {
        (name, p.name): (random.standard_normal(p.shape) * size).astype(np.float32)
        for name, facts in network.facts.items()
        for p in facts.parameters
    }


def curves_of(train=(), valid=(), step=None, accuracy=0.5):
    train = np.asarray(train, float)
    valid = np.asarray(valid, float) if len(valid) else np.full(len(train), np.nan)
    step = np.arange(1.0, len(train) + 1) if step is None else np.asarray(step, float)
    shares = np.full(len(train), accuracy)
    return Curves(step, step / 10, train, valid, shares, shares)


def loaded(network, parameters):
    probe = Probe(network, 256)
    probe.load(parameters)
    return probe


def view_of(setup, data, parameters=None, curves=None, **snapshot):
    parameters = parameters or parameters_of(setup.network)
    values = {
        "sequence": 1, "generation": 1, "step": 7, "epoch": 0, "running": False,
        "finished": False, "parameters": parameters, "train_loss": 0.5, "valid_loss": 0.6,
        "train_accuracy": 0.9, "valid_accuracy": 0.8, "steps_per_second": 0.0,
        "examples_per_second": 0.0, "progress": None, "seconds_left": None,
        "learning_rate": 0.1, "error": None,
    }  # fmt: skip
    made = Snapshot(**(values | snapshot))
    curves = curves if curves is not None else curves_of()
    return View(setup, data, made, loaded(setup.network, parameters), curves)


def training(task="classification"):
    name = "CrossEntropy.v1" if task == "classification" else "MSE.v1"
    return Training(loss=loss(name), optimizer=optimizer("SGD.v1"))


def plane_case(kind="Circle.v1", features=("x1", "x2"), last="sigmoid", **values):
    """(setup, data) of a 2-D data set with a small network."""
    dataset = registry.from_json(Dataset, {"type": kind, "features": list(features), **values})
    data = dataset.load()
    network = chain(
        layer("Input.v1", shape=[len(features)]),
        layer("Dense.v1", units=4, activation="tanh"),
        layer("Dense.v1", units=1, activation=last),
    )
    return Setup(dataset, network, training(data.task)), data


def image_case(side=28, classes=10, units=12, examples=20):
    """(setup, data) of random small pictures."""
    random = np.random.default_rng(1)

    def part(n):
        x = random.integers(0, 256, (n, side, side, 1)).astype(np.uint8)
        return Part(x, random.integers(0, classes, (n, 1)).astype(np.float32))

    names = tuple(str(i) for i in range(classes))
    data = Data("pictures", "classification", part(examples), part(examples), names, scale=1 / 255)
    network = chain(
        layer("Input.v1", shape=[side, side, 1]),
        layer("Flatten.v1"),
        layer("Dense.v1", units=units, activation="relu"),
        layer("Dense.v1", units=classes, activation="softmax"),
    )
    dataset = registry.from_json(Dataset, {"type": "Mnist.v1"})
    return Setup(dataset, network, training()), data


def conv_case(side=8, classes=3, examples=20):
    """(setup, data) of random small pictures, with a convolutional network."""
    setup, data = image_case(side, classes, 5, examples)
    network = chain(
        layer("Input.v1", shape=[side, side, 1]),
        layer("Conv2D.v1", filters=4, kernel=[3, 3], activation="tanh"),
        layer("Flatten.v1"),
        layer("Dense.v1", units=classes, activation="softmax"),
    )
    return Setup(setup.dataset, network, setup.training), data


def table_case(task="regression", examples=60, classes=3):
    """(setup, data) of a random table with four columns."""
    random = np.random.default_rng(2)

    def part(n):
        x = random.standard_normal((n, 4)).astype(np.float32)
        if task == "regression":
            return Part(x, random.standard_normal((n, 1)).astype(np.float32))
        return Part(x, random.integers(0, classes, (n, 1)).astype(np.float32))

    names = tuple("abcdefgh"[:classes]) if task == "classification" else ()
    data = Data(
        "table", task, part(examples), part(examples), names,
        feature_names=("width", "height", "depth", "mass"),
        target_scale=1.0 if task == "classification" else 10.0,
        target_shift=0.0 if task == "classification" else 50.0,
    )  # fmt: skip
    network = chain(
        layer("Input.v1", shape=[4]),
        layer("Dense.v1", units=5, activation="relu"),
        layer(
            "Dense.v1",
            units=data.outputs,
            activation="linear" if task == "regression" else "softmax",
        ),
    )
    dataset = registry.from_json(Dataset, {"type": "Circle.v1"})
    return Setup(dataset, network, training(task)), data


def shown(qtbot, cls, case, size=(300, 300)):
    """A panel of a class in a window, with its document."""
    setup, data = case
    panel = cls(Document(setup, data), None)
    qtbot.addWidget(panel)
    panel.resize(*size)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def feed(panel, view):
    """What the bridge does: request, measure, display."""
    result = panel.measure(view, panel.request())
    if result is not None:
        panel.display(result)
    return result
