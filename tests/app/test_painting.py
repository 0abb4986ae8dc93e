"""Painting points: real strokes on the board, tools, classes, undo, the large board, keys."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from nnstudio.app.class_colours import class_colours, class_levels
from nnstudio.datasets.painted import PaintedPoints

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def brushes(window, qtbot):
    """The feature, painting."""
    window.resize(1440, 900)
    found = window.features["painting"]
    qtbot.mouseClick(window.databar.pages["2-D"].draw, LEFT)
    assert found.is_on and found.layers[0].isVisible()
    return found


def stroke(layer, places, button=LEFT):
    """Press, drag through places of the plane, release."""
    pixels = [layer._pixel(*place) for place in places]
    QTest.mousePress(layer, button, NONE, pixels[0].toPoint())
    for at in pixels[1:]:
        move = QMouseEvent(
            QEvent.Type.MouseMove, QPointF(at), layer.mapToGlobal(at), Qt.MouseButton.NoButton,
            button, NONE,
        )  # fmt: skip
        QApplication.sendEvent(layer, move)
    QTest.mouseRelease(layer, button, NONE, pixels[-1].toPoint())


def line(y, count=20):
    return [(x, y) for x in np.linspace(-4, 4, count)]


def points(window):
    dataset = window.document.setup.dataset
    assert isinstance(dataset, PaintedPoints)
    return dataset.painting


def test_the_first_stroke_takes_the_present_points_over(window, brushes):
    before = window.document.setup
    many = len(window.document.data.train) + len(window.document.data.valid)
    stroke(brushes.layers[0], line(0))
    drawn = len(points(window).points) - many
    assert 8 < drawn < 30
    assert window.document.setup.network == before.network
    assert window.document.stack.undoText() == "Paint points"
    window.undo()
    assert window.document.setup == before
    assert not brushes.painter.is_blank and brushes.is_on


def test_a_new_sheet_goes_with_the_first_stroke_and_not_before(window, brushes, qtbot):
    before = window.document.setup
    qtbot.mouseClick(brushes.box.sheet, LEFT)
    assert window.document.setup == before
    stroke(brushes.layers[0], line(2))
    assert np.allclose(points(window).places()[:, 1], 2, atol=0.1)
    assert not brushes.box.sheet.isChecked()
    qtbot.mouseClick(brushes.box.dots[1], LEFT)
    stroke(brushes.layers[0], line(-2))
    values = points(window).values()
    assert set(values[points(window).places()[:, 1] > 0]) == {0.0}
    assert set(values[points(window).places()[:, 1] < 0]) == {1.0}
    window.undo()
    assert set(points(window).values()) == {0.0}


def test_erase_by_tool_and_by_the_right_button(window, brushes, qtbot):
    layer = brushes.layers[0]
    qtbot.mouseClick(brushes.box.sheet, LEFT)
    stroke(layer, line(2))
    stroke(layer, line(-2))
    stroke(layer, line(2), RIGHT)
    assert points(window).places()[:, 1].max() < 0
    assert window.document.stack.undoText() == "Erase points"
    qtbot.mouseClick(brushes.box.tools.buttons["erase"], LEFT)
    stroke(layer, line(-2))
    assert len(points(window).points) == 1  # the last one stays
    stroke(layer, [(5, 5), (5, 4)])
    count = window.document.stack.count()
    stroke(layer, [(5, 5), (5, 4)])
    assert window.document.stack.count() == count  # nothing there, no edit


def test_move_drags_what_is_under_the_brush(window, brushes, qtbot):
    layer = brushes.layers[0]
    qtbot.mouseClick(brushes.box.sheet, LEFT)
    stroke(layer, [(-3, 0)])
    stroke(layer, [(3, 0)])
    qtbot.mouseClick(brushes.box.tools.buttons["move"], LEFT)
    stroke(layer, [(-3, 0), (-3, 2), (-3, 4)])
    places = points(window).places()
    np.testing.assert_allclose(places, [[-3, 4], [3, 0]], atol=0.1)


def test_spray_goes_on_while_the_button_is_held(window, brushes, qtbot):
    layer = brushes.layers[0]
    qtbot.mouseClick(brushes.box.sheet, LEFT)
    qtbot.mouseClick(brushes.box.tools.buttons["spray"], LEFT)
    at = layer._pixel(0, 0).toPoint()
    QTest.mousePress(layer, LEFT, NONE, at)
    qtbot.waitUntil(lambda: len(brushes.painter.painting.points) > 8)
    QTest.mouseRelease(layer, LEFT, NONE, at)
    assert np.hypot(*points(window).places().T).max() <= brushes.painter.size + 0.1
    assert window.document.stack.count() == 1


def test_classes_are_added_and_go_with_their_points(window, brushes, qtbot):
    qtbot.mouseClick(brushes.box.more, LEFT)
    assert len(window.document.data.classes) == 3
    assert window.document.setup.network.output.layer.units == 3
    stroke(brushes.layers[0], line(5))
    assert (points(window).values() == 2).sum() > 8
    qtbot.mouseClick(brushes.box.fewer, LEFT)
    assert (points(window).values() < 2).all()
    assert window.document.setup.network.output.layer.units == 1
    assert brushes.painter.brush_class == 1


def test_numbers_instead_of_classes(window, brushes, qtbot):
    qtbot.mouseClick(brushes.box.problem.button("regression"), LEFT)
    assert window.document.data.task == "regression"
    assert set(points(window).values()) == {-1.0, 1.0}
    brushes.box.number._offer(0.5)
    stroke(brushes.layers[0], [(0, 0)])
    assert points(window).values()[-1] == 0.5
    qtbot.mouseClick(brushes.box.problem.button("classification"), LEFT)
    assert set(points(window).values()) == {0.0, 1.0}


def test_the_large_board_takes_the_networks_place_and_escape_gives_it_back(window, brushes, qtbot):
    qtbot.mouseClick(brushes.box.board, LEFT)
    layer = brushes.layers[1]
    qtbot.waitUntil(lambda: layer.isVisible() and layer.width() > 400)
    assert not window.canvas.isVisible()
    qtbot.mouseClick(brushes.box.sheet, LEFT)
    stroke(layer, line(1))
    assert len(points(window).points) > 8
    qtbot.keyClick(layer, Qt.Key.Key_Escape)
    assert window.canvas.isVisible() and not brushes.box.board.isChecked()


def test_the_keyboard_paints_too(window, brushes, qtbot):
    layer = brushes.layers[0]
    qtbot.mouseClick(brushes.box.sheet, LEFT)
    layer.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Return):
        qtbot.keyClick(layer, key)
    assert points(window).points[0][:2] == (1.0, 0.5)


def test_painting_ends_with_other_data(window, brushes, qtbot):
    qtbot.mouseClick(brushes.box.finish, LEFT)
    assert not brushes.is_on and not brushes.layers[0].isVisible()
    assert window.databar.pages["2-D"].draw.isVisible()
    window.actions_by_name["draw_points"].trigger()
    assert brushes.is_on
    from tests.app.fakes import document

    images = document("mnist-mlp")
    window.document.open(images.setup, images.data)
    assert not brushes.is_on and not window.actions_by_name["draw_points"].isChecked()
    window.actions_by_name["draw_points"].trigger()
    assert not brushes.is_on


def test_colours_say_which_class_wins_and_how_clearly():
    shares = np.zeros((1, 4, 3))
    shares[0, 0] = [1, 0, 0]
    shares[0, 1] = [0, 0, 1]
    shares[0, 2] = 1 / 3
    shares[0, 3] = np.nan
    levels = class_levels(shares)[0].tolist()
    assert levels[0] == 31 and levels[1] == 2 * 32 + 31 and levels[2] % 32 == 0
    assert levels[3] == 32 * len(class_colours())
    assert class_levels(np.full((1, 1, 3), [0.4, 0.35, 0.25]), discretize=True)[0, 0] == 31


def test_a_formula_labels_the_points_as_it_is_typed(window, qtbot):
    field = window.databar.pages["2-D"].formula
    before = window.document.setup
    field.line.setFocus()
    qtbot.keyClicks(field.line, "x1*x2 >")
    assert field.problem.isVisible() and window.document.setup.dataset.group == "2-D"
    qtbot.keyClicks(field.line, " 0")
    assert not field.problem.isVisible()
    data = window.document.data
    assert data.classes and window.document.setup.dataset.formula == "x1*x2 > 0"
    assert window.document.setup.dataset.features == before.dataset.features
    field.line.selectAll()
    qtbot.keyClicks(field.line, "sin(x1)")
    assert window.document.data.task == "regression"
    field.line.selectAll()
    qtbot.keyClicks(field.line, "7")
    assert "same everywhere" in field.problem.text()
    assert window.document.setup.dataset.formula == "sin(x1)"
    while window.document.stack.canUndo():
        window.undo()
    assert window.document.setup == before


def test_the_validation_points_show_only_while_one_paints(window, qtbot):
    surface = window.area.panel("output")
    painting = window.features["painting"]
    for before in (False, True):
        surface.show_validation(before)
        painting.set_on(True)
        assert surface.shows_validation
        painting.end()
        assert surface.shows_validation is before


def test_with_the_column_put_away_painting_begins_and_ends(window):
    painting = window.features["painting"]
    window.databar.hide()
    draw = window.actions_by_name["draw_points"]
    for shown in (True, False, True, False):
        draw.trigger()
        assert painting.is_on is shown and draw.isChecked() is shown
