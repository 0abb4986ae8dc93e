"""The window as a whole: menus, panels, languages, themes, notices, and what is remembered."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QSlider,
    QWidget,
)

from nnstudio.app import theme
from nnstudio.app.bridge import Bridge
from nnstudio.app.settings import Settings
from nnstudio.app.window import Window
from nnstudio.core import text
from nnstudio.core.text import StudioError
from tests.app.fakes import FakeSession, document, snapshot

CONTROLS = (QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QSlider)


def titles(window):
    return [action.text().replace("&", "") for action in window.menus.bar.actions()]


def test_menus_and_shortcuts(window):
    assert titles(window) == ["File", "Edit", "Network", "Training", "View", "Help"]
    shortcuts = [
        action.shortcut().toString()
        for action in window.actions_by_name.all()
        if not action.shortcut().isEmpty()
    ]
    assert len(set(shortcuts)) == len(shortcuts)
    assert {"Space", "Ctrl+Z", "Ctrl+Shift+Z", "Ctrl+O", "F11"} <= set(shortcuts)


def test_undo_says_what_it_undoes(window, qtbot):
    undo, redo = (window.actions_by_name[name] for name in ("undo", "redo"))
    assert not undo.isEnabled() and not redo.isEnabled()
    window.actions_by_name["reset_new"].trigger()
    assert undo.text() == "Undo New weights" and undo.isEnabled()
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert redo.text() == "Redo New weights" and redo.isEnabled()


def test_the_language_changes_everywhere_and_back(window):
    label = window.topbar.epoch.accessibleName()
    window.looks.set_language("zh")
    assert text.language() == "zh"
    assert window.status.language.text().startswith("中文")
    window.looks.set_language("en")
    assert titles(window)[0] == "File"
    assert window.topbar.epoch.accessibleName() == label


def test_the_theme_changes_the_picture(window):
    window.looks.set_theme("light")
    light = window.topbar.grab().toImage().pixelColor(700, 5).name()
    window.looks.set_theme("dark")
    dark = window.topbar.grab().toImage().pixelColor(700, 5).name()
    assert (light, dark) == (theme.LIGHT.panel, theme.DARK.panel)
    assert window.settings.theme == "dark"


def test_every_control_has_a_name_for_screen_readers(window):
    nameless = [
        f"{type(widget).__name__} {widget.objectName()}"
        for widget in window.findChildren(object)
        if isinstance(widget, CONTROLS)
        and widget.isVisible()
        and not widget.objectName().startswith("qt_")
        and not widget.accessibleName()
        and not (isinstance(widget, QAbstractButton) and widget.text())
    ]
    assert not nameless


def test_everything_can_be_reached_by_tab(window, qtbot):
    reached = set()
    widget = window.focusWidget()
    for _ in range(400):
        reached.add(widget)
        widget = widget.nextInFocusChain()
    for part in (window.topbar.play, window.topbar.reset, window.topbar.controls.optimizer,
                 window.topbar.speed, window.databar.tabs.button("2-D"), window.status.theme,
                 window.databar.palette_box.buttons["Dense.v1"]):  # fmt: skip
        assert part in reached
        assert part.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_panels_close_and_come_back(window, qtbot):
    assert window.area.frames
    for name, frame in window.area.frames.items():
        assert window.area.fits(name)
        assert frame.isVisible()
        qtbot.mouseClick(frame.close_button, Qt.MouseButton.LeftButton)
        assert not frame.isVisible()
        assert name not in window.settings.panels
    assert not window.area.bottom.isVisible()
    for action in window.menus.submenus["panels"].actions():
        if action.isEnabled():
            assert not action.isChecked()
            action.trigger()
            assert window.area.frames[action.data()].isVisible()
            assert action.data() in window.settings.panels


def test_an_error_of_training_is_told_and_goes_when_it_is_gone(window):
    error = StudioError("The loss is not a number any more.")
    window.bridge.snapshot_changed.emit(snapshot(error=error))
    assert window.notice.isVisible()
    assert window.status.state.text() == "Stopped"
    window.bridge.snapshot_changed.emit(snapshot(sequence=2))
    assert not window.notice.isVisible()
    assert window.status.state.text() == "Ready"
    window.bridge.snapshot_changed.emit(snapshot(sequence=3, step=7))
    assert window.status.state.text() == "Paused"


def test_the_status_line(window):
    window.session.playing = True
    window.bridge.snapshot_changed.emit(snapshot(running=True, steps_per_second=213_987.0))
    shown = window.status
    assert shown.state.text() == "Training…"
    assert shown.parameters.text() == "101 parameters"
    assert shown.memory.text() == "1.2 KB"
    assert shown.flops.text().endswith("FLOP per example")
    assert shown.speed.text() == "214,000 steps/s"
    assert shown.threads.text() == "1 thread"


def test_the_status_line_says_that_a_network_is_being_prepared(window, qtbot):
    window.session.warmth = SimpleNamespace(progress=1.0, complete=False)
    window.session.preparing = True
    window.status.warm.start()
    qtbot.waitUntil(lambda: window.status.state.text() == "Preparing the network…")
    window.session.preparing = False
    qtbot.waitUntil(lambda: window.status.state.text() == "Ready")
    window.session.warmth = FakeSession.warmth
    qtbot.waitUntil(lambda: not window.status.warm.isActive())


def test_play_does_not_mind_how_far_the_network_before_was_trained(window):
    document = window.document
    document.edit("an end", document.setup.with_training(epochs=3))
    window.session.latest = snapshot(epoch=9)
    window.session.settled = False  # the network now is not known to training yet
    window.toggle_play()
    assert window.session.playing and not window.notice.isVisible()


@pytest.mark.parametrize(
    ("setting", "shown", "told", "state"),
    [({"epochs": 3}, {"epoch": 3}, "number of epochs", "Finished"),
     ({"patience": 5}, {"epoch": 9}, "raise the patience", "Stopped early")],
)  # fmt: skip
def test_play_says_why_a_run_that_is_over_cannot_go_on(window, setting, shown, told, state):
    document = window.document
    document.edit("an end", document.setup.with_training(**setting))
    window.session.latest = snapshot(finished=True, **shown)
    window.status.show_snapshot(window.session.latest)
    assert window.status.state.text() == state
    window.toggle_play()
    assert window.notice.isVisible() and told in window.notice.text.text()
    assert not window.session.playing
    document.edit("none", document.setup.with_training(epochs=0, patience=0))
    window.toggle_play()
    assert window.session.playing


def test_a_preset_brings_its_own_setup(window, qtbot):
    menu = window.menus.submenus["presets"]
    next(action for action in menu.actions() if action.data() == "xor").trigger()
    qtbot.waitUntil(lambda: window.document.setup.name == "xor")
    assert window.menus.name.text() == "XOR •"  # an edit that is in no file yet
    assert window.session.told[-1] == ("reset",)
    window.undo()
    assert window.document.setup.name == "two-spirals"


def test_a_weight_set_by_hand_can_be_undone(window):
    window.canvas.weight_edited.emit("dense_1", "weight", (0, 1), 0.5, 0.25)
    assert window.session.told[-1] == ("set", "dense_1", "weight", (0, 1), 0.5)
    window.undo()
    assert window.session.told[-1] == ("set", "dense_1", "weight", (0, 1), 0.25)


@pytest.mark.parametrize("width", [1024, 1440])
def test_the_layout_is_remembered(qtbot, look, tmp_path, width):
    settings = Settings.load(tmp_path / "settings.json")
    sizes = []
    for turn in range(2):
        made = document("circle")
        session = FakeSession()
        window = Window(made, session, Bridge(made, session), settings)
        qtbot.addWidget(window)
        window.resize(width, 768)
        with qtbot.waitExposed(window):
            window.show()
        if turn == 0:
            left, middle, right = window.columns.sizes()
            window.columns.setSizes([left + 30, middle - 30, right])
        sizes.append(window.columns.sizes())
        window.close()
    assert sizes[0] == sizes[1]


def test_a_window_that_paints_late_is_told_of_once(qtbot):
    from nnstudio.app.first_paint import FirstPaint

    shown = QWidget()
    qtbot.addWidget(shown)
    first = FirstPaint(shown)
    told = []
    first.painted.connect(lambda: told.append(1))
    shown.event(QEvent(QEvent.Type.Show))
    first.eventFilter(shown, QEvent(QEvent.Type.Show))
    first._timer.start(0)  # the patience is over
    qtbot.waitUntil(lambda: bool(told))
    with qtbot.waitExposed(shown):
        shown.show()
    shown.repaint()
    qtbot.wait(20)
    assert told == [1]
