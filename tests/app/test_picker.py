"""A word with ▾ in a panel's header."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from nnstudio.app.view_panel import Picker


@pytest.mark.parametrize("then", [{}, {"x": "only one"}, {"x": "one", "y": "another"}])
def test_a_menu_whose_choices_are_gone_closes(qtbot, then):
    """A network may change while its layers are offered: what stayed open answered no key."""
    window = QWidget()
    qtbot.addWidget(window)
    picker = Picker("Which layer", parent=window)
    picker.set_words({"a": "first", "b": "second"}, plain=True)
    window.resize(300, 200)
    window.show()
    qtbot.waitExposed(window)
    seen = []

    def change():
        seen.append(QApplication.activePopupWidget() is picker.menu())
        picker.set_words(then, plain=True)
        seen.append(picker.menu().isVisible())
        picker.menu().close()

    QTimer.singleShot(200, change)
    # A press opens the menu and comes back when it is closed.
    QTest.mousePress(picker, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(seen) == 2)
    QTest.mouseRelease(picker, Qt.MouseButton.LeftButton)
    assert seen == [True, False]
    assert picker.isEnabled() == (len(then) > 1)
