"""What the pointer reads: gradients and last changes, against finite differences of the loss."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint

from nnstudio.app.canvas import slopes
from tests.app.canvas.conftest import feed, image_data, plane_data, snapshot_of, spirals
from tests.app.canvas.pointer import at, card, hover, link
from tests.app.panels import fakes
from tests.helpers import layer, mlp, setup

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def cross_entropy(parameters, data):
    """The mean loss of the plane network over all training examples, in plain float64."""
    x = data.prepared(data.train.x).astype(float)
    for node in ("dense_1", "dense_2", "dense_3"):
        z = x @ parameters[node, "weight"] + parameters[node, "bias"]
        x = np.tanh(z)
    p = 1 / (1 + np.exp(-z))
    y = data.train.y
    return float(-(y * np.log(p) + (1 - y) * np.log(1 - p)).mean())


def slope(parameters, data, key, index, size=1e-5):
    """Its central difference by one number."""
    ends = []
    for sign in (1, -1):
        moved = {name: value.astype(float) for name, value in parameters.items()}
        moved[key][index] += sign * size
        ends.append(cross_entropy(moved, data))
    return (ends[0] - ends[1]) / (2 * size)


def look(canvas, sequence=1, **snapshot):
    """What the bridge does for a hint that shows; gives the parameters."""
    document = canvas.document
    made = snapshot_of(document.setup.network, sequence)
    view = fakes.view_of(document.setup, document.data, made.parameters, **snapshot)
    feed(canvas, replace(made, step=view.snapshot.step))
    canvas.hint.display(canvas.hint.measure(view, canvas.hint.request()))
    return made.parameters


def told(words, pattern):
    found = re.search(pattern + r" ([+−±][\d.e−-]+)", words.text)
    assert found is not None, words.text
    return float(found[1].replace("−", "-").lstrip("±"))


def test_a_link_tells_its_gradient(canvas):
    for i, j in ((0, 2), (3, 7)):
        hover(canvas, link(canvas, "dense_1", i, j))
        parameters = look(canvas)
        expected = slope(parameters, canvas.document.data, ("dense_1", "weight"), (i, j))
        assert told(canvas.hint.words, "Gradient") == pytest.approx(expected, rel=0.06)
        assert "over 30 examples" in canvas.hint.words.text


def test_a_unit_tells_the_gradient_of_its_bias(canvas):
    hover(canvas, at(canvas, canvas.layout_now.units["dense_2"][4]))
    parameters = look(canvas)
    expected = slope(parameters, canvas.document.data, ("dense_2", "bias"), (4,))
    assert told(canvas.hint.words, "Gradient") == pytest.approx(expected, rel=0.06)


def test_a_card_tells_how_large_weights_and_gradients_are(canvas):
    canvas.toggle_fold("dense_1")
    hover(canvas, card(canvas, "dense_1"))
    parameters = look(canvas)
    weight = parameters["dense_1", "weight"]
    all_slopes = [
        slope(parameters, canvas.document.data, ("dense_1", "weight"), index)
        for index in np.ndindex(weight.shape)
    ]
    words = canvas.hint.words
    assert told(words, "gradient") == pytest.approx(
        np.sqrt(np.mean(np.square(all_slopes))), rel=0.06
    )
    assert told(words, "Weights") == pytest.approx(np.sqrt(np.mean(weight**2)), rel=0.06)


def test_the_last_change_is_told_with_its_steps(canvas):
    def shown(sequence, step, value):
        weight = np.full((4, 8), value, np.float32)
        made = snapshot_of(canvas.document.setup.network, sequence, dense_1__weight=weight)
        feed(canvas, replace(made, step=step))

    shown(1, 10, 0.5)
    hover(canvas, link(canvas, "dense_1", 0, 2))
    shown(2, 11, 0.484)
    assert "−0.016 in 1 step" in canvas.hint.words.text
    shown(3, 31, 0.534)
    assert "+0.05 in 20 steps" in canvas.hint.words.text


def test_maps_of_a_convolution_tell_bias_and_gradients(make_canvas):
    network = mlp(64, 10, last="softmax")
    network = network.replace("input", layer("Input.v1", shape=[8, 8, 1]))
    network, _ = network.insert_after("input", layer("Flatten.v1"))
    network, conv = network.insert_after("input", layer("Conv2D.v1", filters=3, kernel=(3, 3)))
    canvas = make_canvas(setup(network), image_data(), fed=False)
    parameters = fakes.parameters_of(network)
    view = fakes.view_of(canvas.document.setup, canvas.document.data, parameters)
    canvas.display(canvas.measure(view, canvas.request()))
    block = canvas.layout_now.blocks[conv]
    hover(canvas, at(canvas, block._replace(width=8, height=8)))
    canvas.hint.display(canvas.hint.measure(view, canvas.hint.request()))
    x, y = canvas.document.data.prepared(view.data.train.x), view.data.train.y
    rule = canvas.document.setup.training.loss

    def loss(key, index, by):
        moved = {name: value.copy() for name, value in parameters.items()}
        moved[key][index] += by
        output = fakes.view_of(canvas.document.setup, view.data, moved).predict(x)
        return rule.value(output, y, "classification", False)

    def difference(name, index):
        key = (conv, name)
        return (loss(key, index, 0.01) - loss(key, index, -0.01)) / 0.02

    words = canvas.hint.words
    assert told(words, "Bias") == pytest.approx(float(parameters[conv, "bias"][0]), abs=0.01)
    assert told(words, "Gradient") == pytest.approx(difference("bias", (0,)), rel=0.1)
    shape = parameters[conv, "weight"].shape[:-1]
    each = [difference("weight", (*index, 0)) for index in np.ndindex(shape)]
    size = float(np.sqrt(np.mean(np.square(each))))
    assert told(words, "Gradient of its weights") == pytest.approx(size, rel=0.1)


def test_a_frozen_layer_says_so_instead(canvas):
    canvas.freeze("dense_1")
    feed(canvas)
    hover(canvas, link(canvas, "dense_1", 0, 2))
    look(canvas)
    assert "frozen" in canvas.hint.words.text and "Gradient" not in canvas.hint.words.text


def test_gradients_of_an_earlier_network_are_not_shown(canvas):
    hover(canvas, link(canvas, "dense_1", 0, 2))
    look(canvas)
    assert "Gradient" in canvas.hint.words.text
    canvas.change_units(1, "dense_2")
    canvas.hint.slopes = slopes.Slopes(spirals().network, 30)
    hover(canvas, link(canvas, "dense_1", 0, 3))
    assert "Gradient" not in canvas.hint.words.text


def test_nothing_is_asked_while_nothing_is_pointed_at(canvas):
    hover(canvas, link(canvas, "dense_1", 0, 2))
    assert canvas.hint.request() == ("dense_1",)
    hover(canvas, QPoint(4, canvas.height() - 4))
    assert not canvas.hint.isVisible() and canvas.hint.request() == ()
    view = fakes.view_of(spirals(), plane_data())
    assert canvas.hint.measure(view, canvas.hint.request()) is None


def test_a_large_net_is_looked_at_with_few_examples():
    assert slopes.example_count(spirals().network, 200) == 200
    assert slopes.example_count(mlp(784, 512, 512, 10), 60_000) < 60


def test_the_window_tells_gradients_while_it_trains(qapp, qtbot):
    from nnstudio.app.settings import Settings
    from nnstudio.app.studio import Studio

    studio = Studio("two-spirals", None, Settings())
    studio.start()
    try:
        canvas = studio.window.canvas
        qtbot.waitUntil(lambda: studio.session.ready and canvas.picture is not None, timeout=60_000)
        studio.session.play()
        node = canvas.columns[1].id
        hover(canvas, link(canvas, node, 0, 1))
        qtbot.waitUntil(
            lambda: canvas.hint.words is not None and "Gradient" in canvas.hint.words.text,
            timeout=20_000,
        )
        before = canvas.hint.slopes
        qtbot.waitUntil(lambda: canvas.hint.slopes is not before, timeout=20_000)
        assert not studio.bridge.failures
    finally:
        studio.close()
