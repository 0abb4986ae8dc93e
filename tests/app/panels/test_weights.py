"""Weight heatmaps."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from nnstudio.app.figures import signed_text
from nnstudio.app.heatmap import NOTHING, ZERO, image, quantize, round_up
from nnstudio.app.mosaic import Source, arrange, image_gap, means, paint
from nnstudio.app.panels.weights import Request, WeightsPanel
from nnstudio.app.weight_sources import extent
from nnstudio.app.weight_sources import shown as shown_weights
from nnstudio.core.network import chain
from tests.app.panels.fakes import feed, image_case, parameters_of, plane_case, shown, view_of
from tests.helpers import layer


def test_bytes_are_symmetric_and_exact_at_zero():
    values = np.array([-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, np.nan, np.inf])
    assert quantize(values, 2.0).tolist() == [0, 0, 63, ZERO, 191, 254, 254, NOTHING, 254]


def test_image_has_the_themes_colours():
    made = image(np.array([[0, ZERO, 254, NOTHING]], np.uint8))
    colours = [made.pixelColor(x, 0).name() for x in range(3)]
    assert colours == ["#f28e2b", "#f7f7f7", "#1f77b4"]
    assert made.pixelColor(3, 0).alpha() == 0


@pytest.mark.parametrize(
    ("value", "scale"),
    [(0.0, 0.1), (0.1, 0.1), (0.11, 0.2), (0.5, 0.5), (0.51, 1), (2.2, 3), (301, 500), (7, 10)],
)
def test_scales_are_round(value, scale):
    assert round_up(value) == scale
    assert round_up(float("nan")) == 0.1


def test_extent_forgives_a_few_of_many():
    few, many = np.zeros(100), np.zeros(10_000)
    few[0] = many[0] = -9.0
    assert extent([few]) == 9.0
    assert extent([many]) == 0.0
    assert extent([np.array([np.nan, 1.0]), np.empty(0)]) == 1.0


def test_the_scale_is_fixed_until_values_leave_it(qtbot):
    case = plane_case()
    panel = shown(qtbot, WeightsPanel, case, (410, 190))
    weights = parameters_of(case[0].network)
    weights["dense_1", "weight"][:] = 0.4
    weights["dense_2", "weight"][:] = 0.4
    feed(panel, view_of(*case, weights))
    note = panel.header_widgets()[0]
    assert note.text() == "scale ±0.5"
    weights["dense_1", "weight"][0, 0] = 0.05
    feed(panel, view_of(*case, weights))
    assert note.text() == "scale ±0.5"
    weights["dense_1", "weight"][0, 0] = -1.7
    feed(panel, view_of(*case, weights))
    assert note.text() == "scale grew to ±2"
    weights["dense_1", "weight"][0, 0] = 0.1
    feed(panel, view_of(*case, weights, step=9))
    assert panel.request().scale == 2
    feed(panel, view_of(*case, weights, step=0))
    feed(panel, view_of(*case, weights, step=0))
    assert panel.request().scale == 0.5


def test_squares_show_the_weights():
    weight = np.random.default_rng(0).standard_normal((4, 8)).astype(np.float32)
    (block,) = arrange([Source("a", "A", weight)], 300, 150, 1.0)
    levels = quantize(weight, 3.0)
    canvas = paint([block], [levels], 300, 150)
    for row in range(4):
        for column in range(8):
            x = int(block.x + (column + 0.5) * block.size)
            y = int(block.y + (row + 0.5) * block.size)
            assert canvas[y, x] == levels[row, column]
            assert block.at(x, y) == (slice(row, row + 1), slice(column, column + 1))
    assert block.at(block.x - 1, block.y) is None


def test_images_show_the_units():
    weight = np.random.default_rng(0).standard_normal((28 * 28, 12)).astype(np.float32)
    (block,) = arrange([Source("a", "A", weight, (28, 28))], 400, 190, 1.0)
    assert block.rows * block.columns >= 12
    levels = quantize(weight, 3.0)
    canvas = paint([block], [levels], 400, 190)
    found = 0
    for y in range(block.y, block.y + block.height, 7):
        for x in range(block.x, block.x + block.width, 7):
            place = block.at(x, y)
            if place is not None:
                assert canvas[y, x] == levels[place][0, 0]
                found += 1
    assert found > 50


def test_too_many_images_show_as_many_as_fit():
    weight = np.zeros((28 * 28, 128), np.float32)
    out = np.zeros((128, 10), np.float32)
    blocks = arrange([Source("a", "A", weight, (28, 28)), Source("b", "B", out)], 350, 190, 1.0)
    assert len(blocks) == 2
    assert 20 < blocks[0].rows * blocks[0].columns < 128
    assert blocks[1].x >= blocks[0].x + blocks[0].width
    assert blocks[1].x + blocks[1].width <= 350


def test_large_matrices_show_means():
    weight = np.random.default_rng(0).standard_normal((500, 300)).astype(np.float32)
    (block,) = arrange([Source("a", "A", weight)], 350, 190, 1.0)
    assert block.width <= 350 and block.height <= 190 - 32
    levels = quantize(weight, 3.0)
    small = means(levels, block.rows, block.columns)
    inputs, units = block.at(block.x + 20, block.y + 30)
    row = [at * 500 // block.rows for at in range(block.rows)].index(inputs.start)
    column = [at * 300 // block.columns for at in range(block.columns)].index(units.start)
    assert small[row, column] == round(levels[inputs, units].mean())


@pytest.mark.parametrize("count", [1, 3, 8, 20])
@pytest.mark.parametrize("size", [(60, 40), (350, 190), (900, 300), (3, 3)])
def test_every_layout_stays_inside(count, size):
    sources = [Source(str(i), str(i), np.zeros((8 + i, 9), np.float32)) for i in range(count)]
    blocks = arrange(sources, *size, 1.0)
    for block in blocks:
        assert block.x + block.width <= size[0] and block.y + block.height <= size[1]
    levels = [quantize(block.source.weight, 1.0) for block in blocks]
    assert paint(blocks, levels, *size).shape == size[::-1]


def test_hover_reads_the_number_and_whose_it_is(qtbot):
    case = plane_case()
    panel = shown(qtbot, WeightsPanel, case, (410, 190))
    weights = parameters_of(case[0].network)
    weights["dense_1", "weight"][1, 2] = 0.825
    weights["dense_2", "weight"][3, 0] = -0.25
    feed(panel, view_of(*case, weights))
    first, last = panel._weights.blocks
    at = QPoint(int(first.x + 2.5 * first.size), int(first.y + 1.5 * first.size))
    qtbot.mouseMove(panel, at - QPoint(1, 1))
    qtbot.mouseMove(panel, at)
    assert panel._readout.isVisible()
    assert panel._readout.text() == "Weight +0.82 · x₂ → unit 3"
    lines = panel.reading(QPointF(last.x + 5, last.y + 3.5 * last.size))
    assert lines == [("Weight", "−0.25"), ("unit 4 → unit 1", "")]
    assert panel.reading(QPointF(1, 1)) == []


def test_a_picture_network(qtbot):
    case = image_case()
    panel = shown(qtbot, WeightsPanel, case, (410, 190))
    view = view_of(*case)
    feed(panel, view)
    assert "Dense 1 12 of 28 × 28, Output 12 × 10" in panel.summary()
    block = panel._weights.blocks[0]
    lines = panel.reading(QPointF(block.x + 0.5, block.y + 0.5))
    assert lines[1] == ("pixel 1, 1 → unit 1", "")
    output = panel._weights.blocks[1]
    lines = panel.reading(QPointF(output.x + 1, output.y + 1))
    assert lines[1] == ("unit 1 → 0", "")


def test_kernels_of_convolutions(qtbot):
    setup, data = image_case()
    network = chain(
        layer("Input.v1", shape=[28, 28, 1]),
        layer("Conv2D.v1", filters=6, kernel=[3, 3]),
        layer("Conv2D.v1", filters=5, kernel=[3, 3]),
        layer("Flatten.v1"),
        layer("Dense.v1", units=10, activation="softmax"),
    )
    case = setup.with_network(network), data
    panel = shown(qtbot, WeightsPanel, case, (700, 190))
    weights = parameters_of(network)
    feed(panel, view_of(*case, weights))
    first, second, _ = panel._weights.blocks
    assert first.image == (3, 3) and first.rows * first.columns >= 6
    x, y = first.x + 2.5 * first.size, first.y + 1.5 * first.size
    value = weights[network.nodes[1].id, "weight"][1, 2, 0, 0]
    assert panel.reading(QPointF(x, y)) == [
        ("Weight", signed_text(value)), ("pixel 2, 3 → filter 1", ""),
    ]  # fmt: skip
    x = second.x + 3 * second.size + image_gap(second.size) + 0.5  # the second kernel
    value = weights[network.nodes[2].id, "weight"][0, 0, 1, 0]
    assert panel.reading(QPointF(x, second.y + 0.5)) == [
        ("Weight", signed_text(value)), ("channel 2 · pixel 1, 1 → filter 1", ""),
    ]  # fmt: skip
    assert not panel.grab().isNull()


def test_measure_keeps_copies():
    case = plane_case()
    weights = parameters_of(case[0].network)
    result = WeightsPanel.measure(view_of(*case, weights), Request(300, 150, 1.0, 0.0))
    before = result.blocks[0].source.weight.copy()
    weights["dense_1", "weight"][:] = 99
    np.testing.assert_array_equal(result.blocks[0].source.weight, before)


def test_the_change_since_the_start_and_the_gradient(qtbot):
    setup, data = plane_case()
    view = view_of(setup, data)
    first = view.first_parameters()
    for node, change in shown_weights(view, "change").items():
        now = view.parameter(node, "weight")
        np.testing.assert_allclose(change, now - first[node, "weight"])
    gradients = view.loss_gradients(data.train.x[:64], data.train.y[:64])[1]
    assert shown_weights(view, "gradient").keys() == {
        n for n, name in gradients if name == "weight"
    }
    panel = shown(qtbot, WeightsPanel, (setup, data), (410, 190))
    feed(panel, view)
    before = panel._weights.canvas
    panel.what.menu().actions()[1].trigger()
    assert panel.request().what == "change" and panel.request().scale == 0
    feed(panel, view)
    assert not np.array_equal(panel._weights.canvas, before)
    assert len(list(panel.numbers()[1])) == 2 * 4 + 4


def many_filters():
    """(setup, data, parameters) of a network whose second convolution has 2,048 small images."""
    setup, data = image_case(side=12, classes=3, units=4)
    network = chain(
        layer("Input.v1", shape=[12, 12, 1]),
        layer("Conv2D.v1", filters=32, kernel=[3, 3], activation="relu"),
        layer("Conv2D.v1", filters=64, kernel=[3, 3], activation="relu"),
        layer("MaxPool2D.v1"),
        layer("Flatten.v1"),
        layer("Dense.v1", units=3, activation="softmax"),
    )
    setup = setup.with_network(network)
    return setup, data, parameters_of(network)


def test_many_filters_are_large_enough_to_see_and_scroll(qtbot):
    setup, data, weights = many_filters()
    panel = shown(qtbot, WeightsPanel, (setup, data), (400, 200))
    view = view_of(setup, data, weights)
    feed(panel, view)
    first, second, last = panel._weights.blocks
    assert first.count == 32 and first.size >= 3  # all of them
    assert second.size >= 5 and second.first == 0 and second.count < 2048
    at = QPointF(second.x + 2, second.y + 2)
    name, whom, hint = panel.reading(at)
    assert whom[0] == "channel 1 · pixel 1, 1 → filter 1" and "wheel" in hint[0]
    assert name[1] == signed_text(float(weights["conv2d_2", "weight"][0, 0, 0, 0]))
    before = panel.request()
    QTest.wheelEvent(panel.windowHandle(), at.toPoint(), QPoint(0, -120))
    assert panel.request() != before  # so it is measured again at once
    feed(panel, view)
    moved = panel._weights.blocks[1]
    assert moved.first == moved.columns
    number, channel = divmod(moved.first, 32)
    value = weights["conv2d_2", "weight"][0, 0, channel, number]
    assert panel.reading(at)[0][1] == signed_text(float(value))
    for _ in range(600):
        panel.setFocus()
        qtbot.keyClick(panel, Qt.Key.Key_PageDown)
        feed(panel, view)
        if panel._weights.blocks[1].first + panel._weights.blocks[1].count == 2048:
            break
    end = panel._weights.blocks[1]
    assert end.first + end.count == 2048
    qtbot.keyClick(panel, Qt.Key.Key_PageDown)
    feed(panel, view)
    assert panel._weights.blocks[1].first == end.first
    # What reads flattened feature maps is shown as maps.
    assert last.image == (4, 4) and last.source.channels == 64
    last = panel._weights.blocks[2]
    unit, channel = divmod(last.first, 64)
    words = panel.reading(QPointF(last.x + 1, last.y + 1))[1][0]
    assert words == f"channel {channel + 1} · pixel 1, 1 → {data.classes[unit]}"


def test_one_layer_alone_and_each_on_its_own_scale(qtbot):
    setup, data, weights = many_filters()
    weights["conv2d_2", "weight"][:] *= 0.01
    panel = shown(qtbot, WeightsPanel, (setup, data), (400, 200))
    view = view_of(setup, data, weights)
    feed(panel, view)
    faint = panel._weights.canvas
    panel.own.click()
    feed(panel, view)
    strong = panel._weights
    block = strong.blocks[1]
    part = np.s_[block.y : block.y + block.height, block.x : block.x + block.width]
    contrast = [np.ptp(c[part][c[part] != NOTHING].astype(int)) for c in (faint, strong.canvas)]
    assert contrast[1] > 5 * contrast[0]
    assert panel.header_widgets()[0].text() == "own scales"
    panel.layer.choose("conv2d_2")
    feed(panel, view)
    (alone,) = panel._weights.blocks
    assert alone.source.node == "conv2d_2" and alone.width > 250
    panel.grab()
