"""A network that no longer fits the data: its views rest until it does, and none of them fails."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from nnstudio.app.data.data_change import change_dataset
from nnstudio.app.settings import Settings
from nnstudio.app.studio import Studio
from nnstudio.core import registry
from nnstudio.core.contracts import Layer
from nnstudio.core.fitting import check_fit
from nnstudio.core.model import Model
from nnstudio.core.network import chain
from nnstudio.core.setup import preset
from nnstudio.core.text import StudioError
from nnstudio.datasets.moons import Moons
from nnstudio.datasets.painted import PaintedPoints, Painting
from nnstudio.engine.exporting import trained
from nnstudio.engine.keyframe import initial_parameters
from nnstudio.engine.predicting import Predictor
from nnstudio.exporters.html_report import HtmlReport

PLACES = np.random.default_rng(0).uniform(-6, 6, (90, 2))


def made(name, **values):
    return registry.from_json(Layer, {"type": name, **values})


def test_three_answers_for_two_classes(qtbot, look):
    """The last layer is no Dense one, so new data finds nothing to fit."""
    studio = Studio("xor", None, Settings())
    studio.start()
    document, session = studio.document, studio.session
    qtbot.waitUntil(lambda: session.ready, timeout=60_000)
    painting = Painting().with_points(PLACES, [float(at % 3) for at in range(90)])
    change_dataset(document, PaintedPoints(painting=painting, classes=3), "three classes")
    network = document.setup.network
    last = network.output.id
    network = network.replace(last, made("Dense.v1", units=3, activation="linear"))
    network, softmax = network.insert_after(last, made("Softmax.v1"))
    document.edit("softmax", document.setup.with_network(network))
    studio.window.actions_by_name["most_wrong"].trigger()
    page = studio.window.stage.pages["wrong"].content
    QTest.keyClick(studio.window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: session.latest.step > 5 and page.found is not None, timeout=20_000)
    change_dataset(document, Moons(features=document.setup.dataset.features), "two classes")
    assert document.setup.network.output.id == softmax
    qtbot.wait(700)
    assert not studio.bridge.failures
    document.stack.undo()
    qtbot.waitUntil(lambda: page.found is not None, timeout=20_000)
    assert not studio.bridge.failures
    studio.close()


def test_what_it_says_is_not_taken_for_an_answer(tmp_path):
    data = Moons().load()
    dense = made("Dense.v1", units=3, activation="linear")
    network = chain(made("Input.v1", shape=[2]), dense, made("Softmax.v1"))
    setup = preset("xor").with_dataset(Moons()).with_network(network)
    with pytest.raises(StudioError):
        check_fit(setup, data)
    parameters = initial_parameters(network, 1)
    with pytest.raises(StudioError, match="3 answers an example where the data wants 2"):
        Predictor(Model.of(setup, data, parameters)).of_inputs(data.valid.x)
    HtmlReport().write(trained(setup, data, parameters, 5), tmp_path / "report.html")
    assert (tmp_path / "report.html").stat().st_size > 1000


def test_weights_and_output_show_nothing_of_a_network_that_cannot_run(qtbot, look):
    studio = Studio("circle", None, Settings())
    studio.start()
    window, document = studio.window, studio.document
    qtbot.waitUntil(lambda: studio.session.ready, timeout=60_000)
    window.show()
    weights, output = window.area.panel("weights"), window.area.panel("output")
    waiting = "This appears when there is a network with data."
    qtbot.waitUntil(lambda: weights.numbers() is not None and output.numbers() is not None)
    assert waiting not in (weights.summary(), output.summary())
    last = document.setup.network.output.id
    bad = document.setup.network.replace(last, made("Dense.v1", units=3, activation="softmax"))
    document.edit("three answers", document.setup.with_network(bad))
    assert weights.numbers() is None and output.numbers() is None
    assert weights.summary() == output.summary() == waiting
    document.stack.undo()
    qtbot.waitUntil(lambda: weights.numbers() is not None and output.numbers() is not None)
    assert waiting not in (weights.summary(), output.summary())
    studio.close()
