"""Looking at the canvas: zoom, pan, images, faults, themes, speed."""

from __future__ import annotations

import dataclasses
import time

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from nnstudio.app import i18n, theme
from tests.app.canvas.conftest import (
    feed,
    image_data,
    plane_data,
    snapshot_of,
    spirals,
    view_of,
)
from tests.app.canvas.pointer import LEFT, at, click, link
from tests.helpers import layer, mlp, setup

# What the offscreen screen says about menus.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def test_ctrl_and_wheel_zoom_a_drag_pans_and_ctrl_0_fits(canvas):
    point = QPointF(440, 300)
    event = QWheelEvent(
        point, canvas.mapToGlobal(point), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.ControlModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    scene = canvas.camera.to_scene(440, 300)
    QApplication.sendEvent(canvas, event)
    assert canvas.camera.zoom > 1.2
    assert canvas.camera.to_scene(440, 300) == pytest.approx(scene, abs=1)
    x = canvas.camera.x
    QTest.mousePress(canvas, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(20, 480))
    QTest.mouseMove(canvas, QPoint(60, 470))
    QTest.mouseMove(canvas, QPoint(80, 460))
    QTest.mouseRelease(canvas, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(80, 460))
    assert canvas.camera.x == pytest.approx(x + 60)
    assert canvas.document.stack.count() == 0
    QTest.keyClick(canvas, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert (canvas.camera.zoom, canvas.camera.x, canvas.camera.y) == (1.0, 0.0, 0.0)


def test_a_deep_network_still_fits(make_canvas):
    deep = make_canvas(setup(mlp(4, *[8] * 12, 1)), plane_data(), size=(560, 420))
    assert deep.camera.zoom == pytest.approx(0.62)  # begins at a size that can be read
    assert deep.minimap.isVisible()
    QTest.keyClick(deep, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert not deep.minimap.isVisible()
    assert deep.layout_now.width * deep.camera.zoom <= 561
    assert not deep.grab().isNull()


def test_images_show_digit_cells_and_bars(image_canvas):
    canvas = image_canvas
    assert not canvas.grab().isNull()
    box = canvas.layout_now.blocks["input"]
    click(canvas, at(canvas, box))
    assert canvas.request().example == 1
    bars = canvas.layout_now.blocks["dense_2"]
    QTest.mouseMove(canvas, QPoint(round(bars.x + 40), round(bars.y + 4)))
    assert canvas.hint.words.head == "0" and canvas.hint.words.value.endswith("%")


def test_a_fault_shows_on_its_card(make_canvas):
    network = mlp(64, 20, 10).replace("input", layer("Input.v1", shape=[8, 8, 1]))
    canvas = make_canvas(setup(network), image_data(), fed=False)
    note = canvas.layout_now.notes["dense_1"]
    shown = canvas.grab().toImage()
    colour = shown.pixelColor(round(note.x + 4), round(note.y + note.height / 2))
    assert colour.name() == theme.current().warn_soft


def test_dark_and_chinese(canvas, qapp):
    light = canvas.grab().toImage().pixelColor(3, 3).name()
    try:
        theme.apply(qapp, "dark")
        feed(canvas)
        assert canvas.grab().toImage().pixelColor(3, 3).name() == theme.DARK.canvas != light
        i18n.switch(qapp, "zh")
        canvas.document_changed()
        assert not canvas.grab().isNull()
    finally:
        i18n.switch(qapp, "en")
        theme.apply(qapp, "light")
        qapp.setStyleSheet("")


def test_a_stale_picture_is_not_shown(canvas):
    old = canvas.measure(*stale(canvas))
    canvas.change_units(1, "dense_1")
    shown = canvas.picture
    canvas.display(old)
    assert canvas.picture is shown
    assert not canvas.grab().isNull()  # old thumbnails, new places


def test_feature_maps_of_before_an_edit_are_not_drawn_as_cells(image_canvas):
    """As many maps as there are cells now: a pooling layer that was moved and moved back."""
    canvas = image_canvas
    maps = np.full((20, 10, 10), 0xFF123456, np.uint32)
    probabilities = np.ones((10, 3, 3), np.float32)
    canvas.picture = dataclasses.replace(
        canvas.picture, thumbnails={"dense_1": maps}, values={"dense_2": probabilities}
    )
    shown = canvas.grab().toImage()
    block = canvas.layout_now.blocks["dense_1"]
    assert shown.pixelColor(round(block.x + 6), round(block.y + 6)).name() != "#123456"
    feed(canvas)
    assert not canvas.grab().isNull()


def stale(canvas):
    return view_of(canvas.document), canvas.request()


def test_what_it_says_to_a_screen_reader(canvas):
    canvas.select("dense_1")
    assert canvas.accessibleName() == "Network"
    assert "Dense · 8" in canvas.summary() and "Selected" in canvas.summary()


def test_a_frame_is_cheap(canvas):
    """18 units and 86 links: the aim is 4 ms on the GUI thread, and a test may be disturbed."""
    results = [
        feed(canvas, snapshot_of(canvas.document.setup.network, n, True, seed=n)) for n in range(12)
    ]
    canvas.grab()
    spent = []
    for result in results:
        begin = time.perf_counter()
        canvas.display(result)
        canvas.repaint()
        spent.append(time.perf_counter() - begin)
    assert min(spent) < 0.004


def test_it_starts_without_a_picture(make_canvas):
    canvas = make_canvas(spirals(), plane_data(), fed=False)
    assert not canvas.grab().isNull()
    QTest.mouseMove(canvas, link(canvas, "dense_1", 0, 2))
    assert canvas.hint.words.value == "—"
    click(canvas, link(canvas, "dense_1", 0, 2))
    assert not canvas.weight_editor.isVisible()


def test_while_resizing_links_are_hairlines_until_the_next_picture(canvas):
    canvas.resize(700, 460)
    assert canvas.scene.hurried
    assert not canvas.grab().isNull()
    assert canvas.scene.current_links() is None
    feed(canvas)
    assert canvas.scene.current_links() is not None
