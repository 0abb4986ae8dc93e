"""Layouts for learning, exploring and presenting, and the panels of the presentation."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, Qt

from nnstudio.app import own_layouts
from nnstudio.app.layouts import ARRANGEMENTS
from nnstudio.app.settings import Settings


def shown(window):
    return {name for name, frame in window.area.frames.items() if frame.panel.isVisible()}


def choose(window, name):
    menu = window.menus.submenus["layout"]
    next(action for action in menu.actions() if action.data() == name).trigger()


def test_every_panel_of_a_layout_exists(window):
    for arrangement in ARRANGEMENTS.values():
        for group in (*arrangement.right, *arrangement.bottom):
            assert set(group) <= set(window.area.classes)


def test_a_layout_rearranges_the_window_and_is_remembered(window, qtbot, tmp_path):
    vars(window.settings)["path"] = tmp_path / "settings.json"
    choose(window, "exploring")
    assert {"loss", "weights", "confusion", "output"} <= shown(window)
    assert window.rows.sizes()[1] > 0.3 * sum(window.rows.sizes())
    choose(window, "presenting")
    assert window.databar.isHidden()
    assert "weights" not in shown(window)
    assert window.columns.sizes()[2] > 0.29 * window.width()
    assert not window.actions_by_name["data_column"].isChecked()
    window.actions_by_name["data_column"].trigger()
    assert window.databar.isVisible()
    ticked = [a.data() for a in window.menus.submenus["layout"].actions() if a.isChecked()]
    assert ticked == ["presenting"]
    assert Settings.load(tmp_path / "settings.json").layout == "presenting"
    choose(window, "learning")
    # A window as wide as this one also has what is worth it for points of the plane.
    assert {"loss", "weights", "histograms", "output", "scores"} == shown(window)


@pytest.mark.parametrize("name", ARRANGEMENTS)
def test_all_panels_as_at_first_are_those_of_the_layout(window, name):
    choose(window, name)
    before = shown(window)
    window.area.set_open("loss", False)
    window.area.reset()
    assert shown(window) == before


def test_a_presentation_has_panels_of_its_own(window, qtbot):
    before = shown(window)
    toggle = window.actions_by_name["full_screen"].trigger
    toggle()
    assert "weights" in before and "weights" not in shown(window)
    window.area.set_open("histograms", True)
    toggle()
    assert shown(window) == before
    assert window.settings.panels == ""  # still as nobody has arranged it
    toggle()
    assert "histograms" in shown(window)
    toggle()


class SmallScreen:
    """A screen of a school's laptop."""

    def availableGeometry(self):
        return QRect(0, 0, 1366, 728)


def test_a_first_window_fills_a_screen_that_is_smaller_than_usual(window, monkeypatch):
    monkeypatch.setattr(window, "screen", SmallScreen)
    window.places.suit_screen(window)
    assert window.isMaximized()
    window.showNormal()
    assert window.width() <= 1366 and window.height() <= 728
    window.resize(1000, 640)
    window.settings.geometry = "placed"
    window.places.suit_screen(window)
    assert window.width() == 1000 and not window.isMaximized()
    window.resize(1440, 900)  # on the large screen at home
    window.places.suit_screen(window)
    assert window.isMaximized()


def titles(window):
    menu = window.menus.submenus["layout"]
    return [a.text() for a in menu.actions() if not a.isSeparator()]


def ticked(window):
    return [a.text() for a in window.menus.submenus["layout"].actions() if a.isChecked()]


def test_a_layout_of_ones_own_is_saved_chosen_reset_and_deleted(window, qtbot, tmp_path):
    vars(window.settings)["path"] = tmp_path / "settings.json"
    window.area.set_open("gradient-flow", True)
    window.area.set_open("weights", False)
    window.actions_by_name["data_column"].trigger()
    window.rows.setSizes([400, 400])
    before, rows = shown(window), window.rows.sizes()
    menu = window.menus.submenus["layout"]
    next(a for a in menu.actions() if a.data() == "/save").trigger()
    dialog = window.features["layouts"].dialog
    assert dialog.isVisible()
    qtbot.keyClicks(dialog.name, "Lesson 3")
    qtbot.keyClick(dialog.name, Qt.Key.Key_Return)
    assert not dialog.isVisible()
    assert window.notice.isVisible()
    window.notice.dismiss()
    qtbot.waitUntil(lambda: sum(window.rows.sizes()) == sum(rows))
    assert titles(window)[3] == "Lesson 3" and ticked(window) == ["Lesson 3"]
    choose(window, "learning")
    assert shown(window) != before and window.databar.isVisible()
    assert ticked(window) == ["Learning"]
    choose(window, "own:Lesson 3")
    assert shown(window) == before and window.databar.isHidden()
    assert window.rows.sizes() == rows
    window.area.set_open("loss", False)
    choose(window, "/reset")
    assert shown(window) == before
    kept = Settings.load(tmp_path / "settings.json")
    assert not kept.notices and kept.own_layout == "Lesson 3"
    choose(window, "/save")
    qtbot.waitUntil(dialog.isVisible)
    assert dialog.name.text() == "Lesson 3"
    dialog.kept.setCurrentRow(0)
    qtbot.mouseClick(dialog.delete, Qt.MouseButton.LeftButton)
    assert "Lesson 3" not in titles(window) and shown(window) == before
    assert not dialog.delete.isEnabled()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    choose(window, "/reset")
    assert ticked(window) == ["Learning"] and window.databar.isVisible()


def test_a_layout_without_a_name_is_refused(window, qtbot):
    choose(window, "/save")
    dialog = window.features["layouts"].dialog
    qtbot.keyClicks(dialog.name, "  ")
    qtbot.keyClick(dialog.name, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert window.notice.text.text() == "A layout needs a name."
    dialog.hide()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"a": 1}', '{"a": {"panels": "x", "data": 1}}'])
def test_layouts_that_cannot_be_read_are_left_out(text):
    assert own_layouts.read(text) == {}
