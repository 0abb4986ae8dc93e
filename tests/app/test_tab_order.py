"""Tab goes through the window as one reads it, and what is focused says what it shows."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from nnstudio.app.time.time_track import TimeTrack
from tests.app.access import SMALL


def walk(window, key, times):
    seen = []
    for _ in range(times):
        QTest.keyClick(QApplication.focusWidget(), key)
        seen.append(QApplication.focusWidget())
    return seen


def test_the_header_is_read_from_left_to_right_and_the_rest_follows(window, qtbot):
    window.resize(SMALL)
    window.activateWindow()
    window.topbar.reset.setFocus()
    parts = (window.topbar, window.databar, window.canvas, window.area.right, window.area.bottom,
             window.status)  # fmt: skip
    seen = walk(window, Qt.Key.Key_Tab, 150)
    seen = seen[: seen.index(window.topbar.reset)]
    assert len(set(seen)) > 80
    order = []
    for widget in seen:
        part = next((p for p in parts if p is widget or p.isAncestorOf(widget)), None)
        if part is not None and part not in order:
            order.append(part)
    assert order == list(parts)
    header = [w for w in seen if window.topbar.isAncestorOf(w)]
    places = [w.mapTo(window, QPoint(0, 0)).x() for w in header]
    assert len(header) >= 9 and places == sorted(places)


def test_shift_tab_goes_the_same_way_back(window):
    window.activateWindow()
    window.topbar.play.setFocus()
    there = walk(window, Qt.Key.Key_Tab, 14)
    back = walk(window, Qt.Key.Key_Backtab, 14)
    assert back == [*reversed(there[:-1]), window.topbar.play]


def test_what_comes_into_focus_is_scrolled_to(window):
    window.resize(SMALL)
    window.activateWindow()
    window.topbar.play.setFocus()
    for _ in range(90):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        widget = QApplication.focusWidget()
        assert widget.visibleRegion().contains(widget.rect().center()), widget


def test_tabs_of_a_panel_say_what_it_shows(window):
    window.activateWindow()
    (group,) = [f.group for n, f in window.area.frames.items() if n == "scores"]
    group.tabs.setFocus()
    assert group.tabs.accessibleDescription() == window.area.panel("scores").summary() != ""


def test_f6_goes_from_area_to_area_and_back_to_where_one_was(window):
    window.resize(SMALL)
    window.activateWindow()
    chosen = window.databar.palette_box.buttons["Conv2D.v1"]
    window.topbar.reset.setFocus()
    chosen.setFocus()

    def round_trip(key, modifier=Qt.KeyboardModifier.NoModifier):
        seen = []
        while chosen not in seen:
            QTest.keyClick(QApplication.focusWidget(), key, modifier)
            seen.append(QApplication.focusWidget())
            assert len(seen) < 12
        return seen

    seen = round_trip(Qt.Key.Key_F6)
    groups = {frame.group for frame in window.area.frames.values() if frame.isVisible()}
    parts = (window.canvas, window.area.right, window.findChild(TimeTrack), window.area.bottom,
             window.status, window.topbar, window.databar)  # fmt: skip
    order = [next(p for p in parts if p is w or p.isAncestorOf(w)) for w in seen]
    assert list(dict.fromkeys(order)) == list(parts)
    assert len(seen) == len(parts) - 2 + len(groups)  # each group of panels is an area
    assert window.topbar.reset in seen
    back = round_trip(Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    assert back == [*reversed(seen[:-1]), chosen]
