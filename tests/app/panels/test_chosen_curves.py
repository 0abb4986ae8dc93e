"""Which curves are drawn is remembered across starts, for each kind of task."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import Qt

from nnstudio.app.bridge import Bridge
from nnstudio.app.settings import Settings
from nnstudio.app.window import Window
from tests.app import screens
from tests.app.fakes import FakeSession, document

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def start(qtbot, look, tmp_path):
    """Start the window with the settings of the starts before."""
    made = []

    def run():
        for window in made:
            window.close()
        one, session = document(), FakeSession()
        settings = Settings.load(tmp_path / "settings.json")
        window = Window(one, session, Bridge(one, session), settings)
        qtbot.addWidget(window)
        with qtbot.waitExposed(window):
            window.show()
        made.append(window)
        return window

    yield run
    for window in made:
        window.close()


def button(window):
    return window.area.panel("loss")._metric


def tick(window, qtbot, *names):
    """Choose by the mouse in the open menu."""
    menu = button(window).menu()
    menu.popup(window.mapToGlobal(window.rect().center()))
    for action in menu.actions():
        if action.data() in names:
            qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())
    menu.close()


def test_the_choice_comes_back_at_the_next_start(start, qtbot):
    window = start()
    assert button(window).metrics == ("loss",)
    tick(window, qtbot, "accuracy", "f1")
    tick(window, qtbot, "loss", "valid")
    assert button(window).metrics == ("accuracy", "f1")
    window = start()
    assert button(window).metrics == ("accuracy", "f1")
    assert button(window).parts == ("train",)
    assert window.area.panel("loss").request().metrics == ("accuracy", "f1")
    assert button(window).text() == "2 metrics ▾"


def test_how_they_are_drawn_comes_back_too(start, qtbot):
    window = start()
    panel = window.area.panel("loss")
    qtbot.mouseClick(panel._log, LEFT)
    menu = panel._smooth.menu()
    menu.popup(window.mapToGlobal(window.rect().center()))
    strong = menu.actions()[-1]
    qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(strong).center())
    assert panel.request().log and panel.request().smoothing == 0.1
    request = start().area.panel("loss").request()
    assert request.log and request.smoothing == 0.1
    assert request.metrics == ("loss",)


def test_each_kind_of_task_has_its_own(start, qtbot):
    window = start()
    tick(window, qtbot, "accuracy")
    screens.put(window, "Diabetes.v1")
    qtbot.waitUntil(lambda: button(window).metrics == ("loss",))
    tick(window, qtbot, "r2")
    tick(window, qtbot, "loss")
    assert button(window).metrics == ("r2",)
    window.document.stack.undo()
    qtbot.waitUntil(lambda: button(window).metrics == ("loss", "accuracy"))
    window.document.stack.redo()
    qtbot.waitUntil(lambda: button(window).metrics == ("r2",))
    window = start()
    assert button(window).metrics == ("loss", "accuracy")
    screens.put(window, "Diabetes.v1")
    qtbot.waitUntil(lambda: button(window).metrics == ("r2",))


@pytest.mark.parametrize(
    "kept",
    [
        "{", "[]", '{"loss": 3}', '{"loss": {"classification": [1]}}',
        '{"loss": {"classification": {"metrics": "loss", "parts": 7}}}',
        '{"loss": {"classification": {"metrics": [4, "gone"], "parts": []}}}',
        '{"loss": {"log": "yes", "smooth": [0.1]}}',
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_ignored(start, qtbot, tmp_path, kept):
    file = tmp_path / "settings.json"
    file.write_text(json.dumps({"panel_choices": kept}), encoding="utf-8")
    window = start()
    assert button(window).metrics == ("loss",)
    assert button(window).parts == ("train", "valid")
    request = window.area.panel("loss").request()
    assert not request.log and request.smoothing == 0.0
    tick(window, qtbot, "accuracy")
    again = json.loads(json.loads(file.read_text(encoding="utf-8"))["panel_choices"])
    assert again["loss"]["classification"]["metrics"] == ["loss", "accuracy"]
