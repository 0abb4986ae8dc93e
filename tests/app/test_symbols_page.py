"""Symbols of one's own: pages, drawings by mouse, the file, and the data set that they become."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from nnstudio.app.data_page.symbols_page import SymbolsPage
from nnstudio.core.sources.symbols import read_symbols

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def page(qtbot, tmp_path):
    made = SymbolsPage(tmp_path / "deep" / "mine.zip")
    qtbot.addWidget(made)
    made.resize(800, 500)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.job.stop()


def add_class(page, qtbot, name):
    qtbot.keyClicks(page.name, name)
    qtbot.keyClick(page.name, Qt.Key.Key_Return)
    assert page.current == name


def draw(page, at=60):
    QTest.mousePress(page.pad, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(at, 40))
    QTest.mouseMove(page.pad, QPoint(at, 150))
    QTest.mouseRelease(page.pad, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(at, 150))


def test_drawings_are_kept_by_class_in_a_file(page, qtbot):
    assert not page.keep.isEnabled() and not page.pad.isEnabled()
    add_class(page, qtbot, "dash")
    draw(page)
    qtbot.mouseClick(page.keep, LEFT)
    assert page.pad.blank and len(page.gallery.pictures.captions) == 1
    add_class(page, qtbot, "dot")
    for _ in range(2):
        draw(page, 100)
        qtbot.keyClick(page.pad, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not page.job.busy)
    found = read_symbols(page.path)
    assert {name: len(images) for name, images in found.pages} == {"dash": 1, "dot": 2}
    assert found.page("dash").max() > 150
    again = SymbolsPage(page.path)
    qtbot.addWidget(again)
    qtbot.waitUntil(lambda: again.symbols.classes == ("dash", "dot"))
    again.job.stop()


def test_every_change_can_be_taken_back(page, qtbot):
    add_class(page, qtbot, "dash")
    draw(page)
    qtbot.mouseClick(page.keep, LEFT)
    page.gallery.choose(0)
    qtbot.keyClick(page.gallery, Qt.Key.Key_Delete)
    assert len(page.symbols) == 0
    qtbot.mouseClick(page.back, LEFT)
    assert len(page.symbols) == 1
    qtbot.mouseClick(page.remove_page, LEFT)
    assert page.symbols.classes == ()
    qtbot.mouseClick(page.back, LEFT)
    assert page.symbols.classes == ("dash",)


def test_an_unfit_name_is_told(page, qtbot):
    told = []
    page.refused.connect(lambda error: told.append(str(error)))
    add_class(page, qtbot, "dash")
    qtbot.keyClicks(page.name, "a/b")
    qtbot.mouseClick(page.add_page, LEFT)
    qtbot.keyClicks(page.name, "")
    page.name.setText("DASH")
    qtbot.mouseClick(page.add_page, LEFT)
    assert len(told) == 2 and page.symbols.classes == ("dash",)


def test_a_network_learns_them(window, qtbot):
    qtbot.mouseClick(window.databar.tabs.button("Images"), LEFT)
    qtbot.mouseClick(window.databar.pages["Images"].symbols, LEFT)
    page = window.stage.pages["symbols"].content
    assert not page.learn.isEnabled()
    random = np.random.default_rng(1)
    for name in ("one", "two"):
        add_class(page, qtbot, name)
        for _ in range(6):
            draw(page, int(random.integers(60, 160)))
            qtbot.keyClick(page.pad, Qt.Key.Key_Return)
    assert page.learn.isEnabled()
    qtbot.mouseClick(page.learn, LEFT)
    own = "OwnImages.v1"
    qtbot.waitUntil(lambda: window.document.setup.dataset.type_name == own, timeout=20_000)
    assert window.document.data.classes == ("one", "two")
    assert window.document.data.shape == (28, 28, 1)
    window.undo()
    assert window.document.setup.dataset.type_name != own
