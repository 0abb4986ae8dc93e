"""Every control of every screen has a name, is reached with Tab, and shows its whole text, in both
languages, in a small window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests.app import screens
from tests.app.access import SMALL, clipped, controls, nameless, unreached, untranslated
from tests.app.screens import SCREENS

SETUPS = tuple(dict.fromkeys(screen.setup for screen in SCREENS))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("what", SETUPS)
def test_every_screen_is_for_everyone(window, qtbot, what, language):
    screens.put(window, what)
    window.looks.set_language(language)
    window.resize(SMALL)
    window.places.arrange(SMALL)
    qtbot.waitUntil(lambda: window.size() == SMALL)
    faults = []
    for screen in (one for one in SCREENS if one.setup == what):
        edits = window.document.stack.index()
        screen.open(window)
        if window.isFullScreen():  # as large as the screen, which is smaller here
            window.setWindowState(Qt.WindowState.WindowNoState)
            window.resize(SMALL)
            window.places.arrange(SMALL, "presenting")
            qtbot.wait(150)
        qtbot.wait(30)
        seen = faults_of_all(window, language)
        for _ in range(20):  # what is read beside the window is laid out when it comes
            if not seen:
                break
            qtbot.wait(100)
            seen = faults_of_all(window, language)
        faults += [f"{screen.name}: {one}" for one in seen]
        screens.tidy(window, edits)
    assert not faults, "\n".join(sorted(set(faults)))


def faults_of_all(window, language):
    """What is wrong in all that a screen shows."""
    return [
        f"{kind}: {one}"
        for shown in screens.parts(window)
        for kind, found in faults_of(shown, language).items()
        for one in found
    ]


def faults_of(shown, language):
    """What is wrong in a window, a popup or a menu."""
    found = {"no name": nameless(shown), "clipped": clipped(shown)}
    if shown.windowType() != Qt.WindowType.Popup:
        found["not reached by Tab"] = unreached(shown)
    if language == "zh":
        found["English"] = untranslated(shown)
    return found


def test_the_window_has_much_to_reach(window):
    assert len(controls(window)) > 30
    assert QApplication.focusWidget() is None or window.isActiveWindow()
