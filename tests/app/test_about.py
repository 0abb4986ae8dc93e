"""About: choose a part with keyboard or mouse, read its licence."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from nnstudio.app import about
from nnstudio.core.licences import Part, parts


@pytest.fixture
def dialog(window):
    window.actions_by_name["about"].trigger()
    yield window.features["about"].dialog
    window.looks.set_language("en")


def names(dialog):
    return [dialog.list.item(row).text() for row in range(dialog.list.count())]


def test_it_stops_nothing_and_escape_closes_it(dialog, qtbot):
    assert dialog.isVisible()
    assert not dialog.isModal()
    assert "MIT License" in dialog.text.toPlainText()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_the_arrows_walk_through_all_parts_and_each_shows_its_text(dialog, qtbot):
    assert dialog.focusWidget() is dialog.list
    shown = {}
    for row in range(dialog.list.count()):
        assert dialog.list.currentRow() == row
        shown[names(dialog)[row]] = dialog.text.toPlainText()
        assert dialog.licence.text().startswith(names(dialog)[row])
        qtbot.keyClick(dialog.list, Qt.Key.Key_Down)
    assert len(shown) == len(parts()) + 2
    assert all(len(text) > 900 for text in shown.values())
    qt = next(text for name, text in shown.items() if name.startswith("Qt"))
    for words in ("GNU LESSER GENERAL PUBLIC LICENSE", "Version 3, 29 June 2007", "FreeType"):
        assert words in qt


def test_typing_a_name_goes_there_and_tab_goes_to_the_text(dialog, qtbot):
    before = QApplication.keyboardInputInterval()
    QApplication.setKeyboardInputInterval(60_000)  # this may be a slow typist
    qtbot.keyClicks(dialog.list, "polars")
    QApplication.setKeyboardInputInterval(before)
    assert names(dialog)[dialog.list.currentRow()].startswith("Polars")
    assert "Ritchie Vink" in dialog.text.toPlainText()
    qtbot.keyClick(dialog.list, Qt.Key.Key_Tab)
    assert dialog.focusWidget() is dialog.text
    qtbot.keyClick(dialog.text, Qt.Key.Key_Tab)
    assert dialog.focusWidget() is not dialog.text


def test_a_click_shows_the_data_with_sources_and_terms(dialog, qtbot):
    place = dialog.list.visualItemRect(dialog.list.item(1)).center()
    qtbot.mouseClick(dialog.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    told = dialog.text.toPlainText()
    for words in ("Fisher", "CC BY-SA 3.0", "creativecommons.org/licenses/by/4.0", "scikit-learn"):
        assert words in told


def test_another_language_keeps_the_chosen_part(dialog, window, qtbot):
    dialog.list.setCurrentRow(5)
    before = dialog.text.toPlainText()
    window.looks.set_language("zh")
    qtbot.waitUntil(lambda: dialog.list.item(1).text() == "随附的数据")
    assert dialog.list.currentRow() == 5
    assert dialog.text.toPlainText() == before


def test_a_text_that_has_gone_is_told_in_words(window, monkeypatch):
    lost = Part("lost", "Lost", "1", "MIT", (("LICENSE", Path("gone.txt")),))
    monkeypatch.setattr(about, "parts", lambda: [lost])
    window.actions_by_name["about"].trigger()
    dialog = window.features["about"].dialog
    dialog.list.setCurrentRow(2)
    assert dialog.text.toPlainText() == "The text of this licence could not be read."
