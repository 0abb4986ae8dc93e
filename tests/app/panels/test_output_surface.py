"""The decision surface."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from nnstudio.app import theme
from nnstudio.app.document import Document
from nnstudio.app.panels.output_surface import OutputSurface
from nnstudio.app.plane_surface import GRID, Request, between, grid_features, stretch
from nnstudio.core.data import plane_features
from tests.app.panels.fakes import feed, plane_case, shown, table_case, view_of


def test_surface_is_what_the_network_predicts():
    setup, data = plane_case(features=("x1", "x2", "sin(x1)"))
    view = view_of(setup, data)
    surface = OutputSurface.measure(view, Request(False, GRID))
    for row, column in ((0, 0), (0, 99), (99, 0), (31, 64)):
        x1 = -6 + (column + 0.5) * 0.12
        x2 = 6 - (row + 0.5) * 0.12
        p = view.predict(plane_features(np.array([[x1, x2]], np.float32), data.plane))[0, 0]
        logit = np.log(p / (1 - p))
        assert surface.values[row, column] == pytest.approx(logit, rel=1e-3, abs=1e-3)
        assert abs(int(surface.levels[row, column]) - (127 + 127 * (2 * p - 1))) <= 1


def test_logits_give_the_same_surface_as_sigmoid():
    setup, data = plane_case()
    plain, data = plane_case(last="linear")
    a = OutputSurface.measure(view_of(setup, data), Request(False, 120))
    b = OutputSurface.measure(view_of(plain, data), Request(False, 120))
    assert np.abs(a.levels.astype(int) - b.levels).max() <= 1


def test_discretized_has_two_colours():
    setup, data = plane_case()
    surface = OutputSurface.measure(view_of(setup, data), Request(True, 150))
    assert surface.levels.shape == (150, 150)
    assert set(np.unique(surface.levels)) <= {0, 127, 254}


def test_regression_is_scaled_by_the_largest_target():
    setup, data = plane_case("PlaneSurface.v1", last="linear")
    view = view_of(setup, data)
    surface = OutputSurface.measure(view, Request(False, GRID))
    predicted = view.predict(grid_features(data.plane)).reshape(GRID, GRID)
    np.testing.assert_allclose(surface.values, predicted, rtol=1e-5)
    scale = np.abs(data.train.y).max()
    expected = np.rint(np.clip(predicted / scale, -1, 1) * 127) + 127
    assert np.abs(surface.levels - expected).max() <= 1


def test_certain_and_failed_outputs_stay_drawable():
    setup, data = plane_case()
    parameters = view_of(setup, data).snapshot.parameters
    certain = {key: value * 1e6 for key, value in parameters.items()}
    assert OutputSurface.measure(view_of(setup, data, certain), Request(False, GRID)) is not None
    broken = {key: value * np.nan for key, value in parameters.items()}
    surface = OutputSurface.measure(view_of(setup, data, broken), Request(True, GRID))
    assert (surface.levels == 255).all()


def test_stretch_keeps_a_ramp():
    ramp = np.arange(GRID, dtype=np.float32)
    fine = stretch(300) @ ramp
    assert np.all(np.diff(fine) >= 0)
    np.testing.assert_allclose(stretch(300).sum(1), 1, rtol=1e-5)
    np.testing.assert_allclose(stretch(GRID), np.eye(GRID), atol=1e-5)


def test_between_interpolates():
    values = np.array([[0.0, 1.0], [2.0, 3.0]])
    assert between(values, 0.25, 0.25) == 0
    assert between(values, 0.5, 0.5) == 1.5
    assert between(values, 1.0, 1.0) == 3


def test_other_data_gives_nothing():
    setup, data = table_case()
    assert OutputSurface.measure(view_of(setup, data), Request(False, GRID)) is None


def test_hover_reads_the_prediction(qtbot):
    setup, data = plane_case()
    panel = shown(qtbot, OutputSurface, (setup, data), (300, 300))
    view = view_of(setup, data)
    feed(panel, view)
    qtbot.mouseMove(panel, QPoint(10, 10))
    qtbot.mouseMove(panel, QPoint(225, 75))
    assert panel._readout.isVisible()
    p = view.predict(plane_features(np.array([[3.0, 3.0]], np.float32), data.plane))[0, 0]
    text = panel._readout.text()
    assert "x₁ 3.0" in text and "x₂ 3.0" in text
    assert f"{max(p, 1 - p) * 100:.0f}"[:1] in text
    assert ("blue" if p >= 0.5 else "orange") in text


def test_toggles_change_the_request_and_the_points(qtbot):
    panel = shown(qtbot, OutputSurface, plane_case())
    before = panel.request()
    _, test_data, discretize = panel.header_widgets()
    points = panel._points.toImage()
    discretize.click()
    assert panel.request() != before and panel.request().discretize
    test_data.click()
    assert panel._points.toImage() != points


def test_new_data_drops_the_old_surface(qtbot):
    setup, data = plane_case()
    panel = shown(qtbot, OutputSurface, (setup, data))
    feed(panel, view_of(setup, data))
    other, other_data = plane_case("Xor.v1")
    panel.document.edit("data", other, data=other_data)
    assert panel._surface is None
    assert not panel.grab().isNull()


def test_theme_repaints_without_measuring(qtbot, qapp):
    setup, data = plane_case()
    panel = shown(qtbot, OutputSurface, (setup, data))
    feed(panel, view_of(setup, data))
    light = panel.grab().toImage()
    try:
        theme.apply(qapp, "dark")
        assert panel.grab().toImage() != light
    finally:
        theme.apply(qapp, "light")


def test_is_a_square_and_says_what_it_shows(qtbot):
    panel = shown(qtbot, OutputSurface, plane_case())
    assert panel.heightForWidth(250) == 250
    assert panel.accessibleName() == "Output"
    assert "training points" in panel.summary()


def test_display_is_quick(qtbot):
    import time

    setup, data = plane_case()
    panel = shown(qtbot, OutputSurface, (setup, data))
    result = panel.measure(view_of(setup, data), panel.request())
    times = []
    for _ in range(15):
        begin = time.perf_counter()
        panel.display(result)
        panel.repaint()
        times.append(time.perf_counter() - begin)
    assert np.median(times) < 0.012  # about 1 ms on an idle machine


def test_document_type(qtbot):
    setup, data = table_case()
    panel = OutputSurface(Document(setup, data), None)
    qtbot.addWidget(panel)
    assert panel.summary() == "The output is shown for 2-D data."
    assert not panel.grab().isNull()


def test_confidence_and_one_class(qtbot):
    setup, data = plane_case()
    view = view_of(setup, data)
    p = view.predict(grid_features(data.plane))[:, 0].reshape(GRID, GRID)
    sure = OutputSurface.measure(view, Request(False, GRID, "confidence"))
    assert np.abs(sure.levels - (127 + 127 * np.abs(2 * p - 1))).max() <= 1
    first = OutputSurface.measure(view, Request(False, GRID, "0"))
    assert np.abs(first.levels - (127 + 127 * (1 - 2 * p))).max() <= 1
    panel = shown(qtbot, OutputSurface, (setup, data))
    panel.what.menu().actions()[1].trigger()
    assert panel.request().what == "confidence"


def test_a_point_can_be_chosen(qtbot):
    setup, data = plane_case()
    panel = shown(qtbot, OutputSurface, (setup, data))
    places = panel._places("train")
    x, y = np.rint(places[5]).astype(int).tolist()
    qtbot.mouseClick(panel, Qt.MouseButton.LeftButton, pos=QPoint(x, y))
    chosen = panel.document.selection.example
    assert chosen.part == "train"
    assert np.hypot(*(places[chosen.row] - places[5])) < 3
