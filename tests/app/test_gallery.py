"""The gallery of architectures: from the keyboard or the mouse into the document, and back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from nnstudio.app.palettes.network_sketch import ranks
from nnstudio.core.editing.advice import advise
from nnstudio.core.editing.gallery import GALLERY
from tests.app.fakes import document

LEFT = Qt.MouseButton.LeftButton
BY_NAME = {one.name: one for one in GALLERY}


@pytest.fixture
def box(window):
    window.activateWindow()
    QTest.keyClick(window.canvas, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    made = window.features["gallery"].box
    assert made.isVisible()
    return made


def card(box, name):
    return next(one for one in box.cards if one.architecture.name == name)


@pytest.mark.parametrize("name", [one.name for one in GALLERY if one.shape != (28, 28, 1)])
def test_a_click_puts_a_network_in_place_and_undo_takes_it_back(window, qtbot, box, name):
    before = window.document.setup
    qtbot.mouseClick(card(box, name), LEFT)
    setup, data = window.document.setup, window.document.data
    assert not box.isVisible()
    assert setup.network != before.network and setup.dataset == before.dataset
    assert [str(error) for error in setup.network.errors] == []
    assert not [one for one in advise(setup, data) if one.is_fault]
    assert window.document.stack.undoText().startswith("Architecture: ")
    window.undo()
    assert window.document.setup == before


def test_arrows_and_enter_choose(window, box):
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Right)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Right)
    assert QApplication.focusWidget() is card(box, "deep")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert len(window.document.setup.network.nodes) == 8


def test_escape_changes_nothing(window, box):
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert not box.isVisible() and window.document.stack.count() == 0
    assert QApplication.focusWidget() is window.canvas


def test_images_bring_their_data_and_say_so(window, qtbot, box):
    assert card(box, "lenet").brings_data and not card(box, "xor").brings_data
    before = window.document.setup
    qtbot.mouseClick(card(box, "lenet"), LEFT)
    assert window.notice.isVisible()
    qtbot.waitUntil(lambda: window.document.setup != before, timeout=10_000)
    setup = window.document.setup
    assert setup.dataset.type_name == "Mnist.v1"
    assert [n.layer.type_name for n in setup.network.nodes[:3]] == [
        "Input.v1", "Conv2D.v1", "AvgPool2D.v1",
    ]  # fmt: skip
    window.undo()
    assert window.document.setup == before


@pytest.mark.parametrize("name", ["lenet", "vgg", "residual", "xor", "widedeep"])
def test_architectures_suit_images_too(name):
    found = document("mnist-mlp")
    assert BY_NAME[name].suits(found.data)
    after = BY_NAME[name].setup(found.setup, found.data)
    assert after.network.output_shape == (10,)
    assert after.network.output.layer.activation == "softmax"
    assert advise(after, found.data) == []


def test_pictures_follow_the_graph(window, box):
    residual = BY_NAME["residual"].example()
    rank = ranks(residual)
    for node in residual.nodes:
        assert all(rank[name] < rank[node.id] for name in node.inputs)
    pictures = {one.grab().toImage().bits().tobytes() for one in box.cards}
    assert len(pictures) == len(GALLERY)


def test_an_empty_canvas_leads_to_the_gallery(window, qtbot):
    link = window.features["gallery"].link
    assert not link.isVisible()
    window.canvas.start_empty()
    assert link.isVisible() and window.canvas.rect().contains(link.geometry())
    for size in ((1024, 768), (1024, 700)):
        window.resize(*size)
        canvas = window.canvas
        canvas.repaint()
        assert link.isVisible() and canvas.rect().contains(link.geometry())
        now, place = canvas.layout_now, link.geometry()
        boxes = [box for units in now.units.values() for box in units]
        boxes += [*now.cards.values(), *now.notes.values()]
        assert boxes and not any(canvas.view_rect(box).intersects(place) for box in boxes)
    qtbot.mouseClick(link, LEFT)
    assert window.features["gallery"].box.isVisible()
    qtbot.mouseClick(card(window.features["gallery"].box, "xor"), LEFT)
    assert not link.isVisible()
