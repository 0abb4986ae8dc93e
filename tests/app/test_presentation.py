"""Presenting with a clicker and a pointer: real keys and mouse, and everything comes back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from nnstudio.app import theme
from nnstudio.app.features.presentation import scale_for
from nnstudio.app.laser import RED
from nnstudio.app.settings import Settings
from nnstudio.app.spotlight import NETWORK

LEFT = Qt.MouseButton.LeftButton
Key = Qt.Key


@pytest.fixture(autouse=True)
def usual_size():
    yield
    theme.set_scale(1.0)


@pytest.fixture
def presenting(window):
    """The feature, while it presents."""
    press(window, Key.Key_F11)
    return window.features["presentation"]


def press(window, key):
    QTest.keyClick(window.windowHandle(), key)


def shown(window):
    return {name for name, frame in window.area.frames.items() if frame.panel.isVisible()}


def test_text_is_large_and_everything_comes_back(window):
    before = (window.font().pixelSize(), shown(window), window.settings.panels)
    sizes = window.places.sizes()
    press(window, Key.Key_F11)
    assert window.isFullScreen()
    assert not window.databar.isVisible()
    assert window.font().pixelSize() > before[0]
    press(window, Key.Key_Escape)
    assert not window.isFullScreen()
    assert window.databar.isVisible()
    assert (window.font().pixelSize(), shown(window), window.settings.panels) == before
    assert window.places.sizes() == sizes
    assert not window.actions_by_name["full_screen"].isChecked()


def test_a_clicker_walks_through_the_views_and_changes_nothing(window, presenting):
    setup, edits = window.document.setup, window.document.stack.count()
    whole = shown(window)
    seen = []
    for _ in range(len(presenting.spotlight.scenes())):
        press(window, Key.Key_PageDown)
        seen.append((window.canvas.isVisible(), *sorted(shown(window))))
    names = [name for name in presenting.spotlight.layout.names() if window.area.fits(name)]
    assert seen == [(True,), *((False, name) for name in names), (True, *sorted(whole))]
    press(window, Key.Key_PageUp)
    assert shown(window) == {names[-1]}
    assert window.document.setup is setup
    assert window.document.stack.count() == edits
    assert window.session.told == []


def test_leaving_from_a_large_view_brings_the_layout_back(window, presenting):
    press(window, Key.Key_PageDown)
    assert presenting.spotlight.scene == NETWORK
    press(window, Key.Key_PageDown)
    press(window, Key.Key_F11)
    assert {"loss", "weights", "output", "scores"} <= shown(window)
    assert window.canvas.isVisible() and window.databar.isVisible()
    press(window, Key.Key_F11)
    assert {"loss", "output", "scores"} == shown(window)


def test_closing_the_large_view_closes_it_in_the_presentation(window, qtbot, presenting):
    press(window, Key.Key_PageDown)
    press(window, Key.Key_PageDown)
    assert shown(window) == {"output"}
    qtbot.mouseClick(window.area.frames["output"].close_button, LEFT)
    assert "output" not in shown(window)
    assert window.canvas.isVisible()
    press(window, Key.Key_PageDown)
    window.area.set_open("histograms", True)
    assert {"loss", "histograms"} <= shown(window)
    press(window, Key.Key_F11)
    assert "output" in shown(window)


def test_black_until_a_key_or_a_click(window, qtbot, presenting):
    told = []
    button = QPushButton(window)
    button.resize(window.size())
    button.clicked.connect(told.append)
    button.show()
    for key in (Key.Key_B, Key.Key_Period):
        press(window, key)
        assert presenting.dark
        assert window.grab().toImage().pixelColor(200, 200).name() == "#000000"
        press(window, key)
        assert not presenting.dark
    press(window, Key.Key_B)
    press(window, Key.Key_Escape)
    assert not presenting.dark and window.isFullScreen()
    press(window, Key.Key_B)
    QTest.mouseClick(window.windowHandle(), LEFT, Qt.KeyboardModifier.NoModifier, QPoint(200, 200))
    assert not presenting.dark
    assert told == []  # what is below the black was not clicked
    button.hide()


def test_a_letter_typed_into_a_field_is_only_that(window, presenting):
    entry = window.topbar.controls.learning_rate.entry
    window.activateWindow()
    entry.setFocus()
    entry.selectAll()
    for key in (Key.Key_0, Key.Key_Period, Key.Key_5):
        press(window, key)
    assert not presenting.dark
    assert entry.text() == "0.5"
    press(window, Key.Key_Escape)  # takes back what was typed
    assert window.isFullScreen()
    press(window, Key.Key_Escape)
    assert not window.isFullScreen()


def test_escape_closes_what_is_on_top_first(window, presenting):
    canvas = window.canvas
    canvas.setFocus()
    canvas.select(window.document.setup.network.nodes[1].id)
    press(window, Key.Key_Escape)
    assert window.isFullScreen()
    assert not canvas.selected_columns()
    press(window, Key.Key_Escape)
    assert not window.isFullScreen()


def test_the_start_button_of_a_clicker_begins_and_then_plays(window, qtbot):
    press(window, Key.Key_F5)
    assert window.isFullScreen()
    assert not window.session.playing
    press(window, Key.Key_F5)
    assert window.session.playing and window.isFullScreen()
    press(window, Key.Key_Escape)
    assert window.session.playing and not window.isFullScreen()


def test_the_pointer_is_seen_everywhere_and_lets_clicks_through(window, qtbot, presenting):
    handle = window.windowHandle()
    play = window.topbar.play
    over_play = play.mapTo(window, play.rect().center())
    for part in (window.canvas, window.area.frames["output"], window.area.frames["loss"], play):
        at = part.mapTo(window, part.rect().center())
        QTest.mouseMove(handle, at + QPoint(3, 3))
        QTest.mouseMove(handle, at)
        qtbot.waitUntil(presenting.pointer.isVisible)
        assert presenting.pointer.geometry().center() - at in {
            QPoint(x, y) for x in (-1, 0) for y in (-1, 0)
        }
        assert window.grab().toImage().pixelColor(at).name() == RED
    assert QApplication.widgetAt(window.mapToGlobal(over_play)) is play
    QTest.mouseClick(handle, LEFT, Qt.KeyboardModifier.NoModifier, over_play)
    assert window.session.playing
    presenting.pointer.timer.timeout.emit()
    assert not presenting.pointer.isVisible()


def test_the_pointer_follows_into_windows_of_panels(window, qtbot, presenting):
    window.area.move_to("loss", "floating")
    (floating,) = window.area.windows()
    qtbot.waitUntil(lambda: floating.windowHandle() is not None)
    QTest.mouseMove(floating.windowHandle(), QPoint(60, 60))
    QTest.mouseMove(floating.windowHandle(), QPoint(70, 70))
    qtbot.waitUntil(lambda: presenting.pointer is not None and presenting.pointer.isVisible())
    assert presenting.pointer.window() is floating
    window.area.set_open("loss", False)  # its window goes, and the pointer with it
    qtbot.wait(10)
    QTest.mouseMove(window.windowHandle(), QPoint(300, 300))
    QTest.mouseMove(window.windowHandle(), QPoint(310, 300))
    qtbot.waitUntil(lambda: presenting.pointer.window() is window)


def test_closed_while_presenting_the_next_window_is_as_before(window, tmp_path):
    vars(window.settings)["path"] = tmp_path / "settings.json"
    panels, sizes = window.settings.panels, window.places.sizes()
    press(window, Key.Key_F11)
    press(window, Key.Key_PageDown)
    window.end()
    kept = Settings.load(tmp_path / "settings.json")
    assert kept.panels == panels
    assert list(kept.rows) == sizes["rows"]
    assert list(kept.columns) == sizes["columns"]
    assert "loss" in kept.presenting
    window.setWindowState(Qt.WindowState.WindowNoState)
    window.settings.geometry = kept.geometry
    window.places.restore(window)
    assert not window.isFullScreen()


def test_type_grows_with_the_screen():
    assert scale_for(QSize(1024, 768)) == scale_for(QSize(1440, 900)) == 1.3
    assert scale_for(QSize(1920, 1080)) == pytest.approx(1.56)
    assert scale_for(QSize(7680, 4320)) == 2.6


def test_the_time_has_room_in_large_type(window, presenting):
    bar = window.features["time_machine"].bar
    bar.track.first, bar.track.last = 0, 12345
    bar.say_where()
    assert "12,345" in bar.where.text()
    room = bar.where.fontMetrics().horizontalAdvance(bar.where.text())
    assert bar.where.maximumWidth() >= room > 60
    press(window, Key.Key_F11)
    bar.say_where()
    assert bar.where.maximumWidth() < room


def test_names_of_panels_are_not_cut_in_large_type(window, presenting):
    tabs = window.area.frames["loss"].group.tabs
    assert tabs.height() >= theme.font(13, bold=True).pixelSize() * 1.4


def test_figures_and_axes_of_views_grow_too(window, presenting):
    scores, loss = (window.area.frames[name].panel for name in ("scores", "loss"))
    plot = loss._build()
    press(window, Key.Key_F11)
    press(window, Key.Key_F11)
    large = theme.font(13, bold=True).pixelSize()
    assert {value.font().pixelSize() for value in scores._figures.values} == {large}
    assert scores._verdict._label.font().pixelSize() == theme.font(12).pixelSize()
    assert plot.left.style["tickFont"].pixelSize() == theme.font(11).pixelSize()
    press(window, Key.Key_F11)
    assert theme.font(13).pixelSize() < large
    assert {v.font().pixelSize() for v in scores._figures.values} == {theme.font(13).pixelSize()}
    assert plot.left.style["tickFont"].pixelSize() == theme.font(11).pixelSize()
