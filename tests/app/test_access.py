"""Every control has a name, is reached with Tab, and shows its whole text, in both languages."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QStyle,
    QStyleOptionButton,
    QWidget,
)

from nnstudio.app.widgets.elided import ElidedLabel
from nnstudio.core.fitting import fit
from nnstudio.core.setup import preset

SMALL = QSize(1024, 768)


def place(widget):
    """What to look for when a widget is at fault."""
    chain = []
    while widget is not None:
        chain.append(widget.objectName() or type(widget).__name__)
        widget = widget.parentWidget()
    return " < ".join(chain[:5])


def controls(window):
    """Everything that is shown and takes the keyboard."""
    return [
        widget
        for widget in window.findChildren(QWidget)
        if widget.isVisible()
        and widget.isEnabled()
        and widget.window() is window
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
    ]


def clipped(window):
    """Shown texts that do not fit their place."""
    found = []
    for widget in window.findChildren(QWidget):
        if not widget.isVisible() or widget.width() < 2 or isinstance(widget, ElidedLabel):
            continue
        if isinstance(widget, QLabel) and widget.text() and not widget.wordWrap():
            if widget.textFormat() == Qt.TextFormat.RichText or "<" in widget.text():
                continue
            need = widget.fontMetrics().horizontalAdvance(widget.text())
            room = widget.contentsRect().width()
        elif type(widget) is QPushButton and widget.text():
            option = QStyleOptionButton()
            widget.initStyleOption(option)
            box = widget.style().subElementRect(
                QStyle.SubElement.SE_PushButtonContents, option, widget
            )
            icon = 0 if widget.icon().isNull() else widget.iconSize().width() + 4
            need = widget.fontMetrics().horizontalAdvance(widget.text()) + icon
            room = box.width()
        else:
            continue
        if need > room + 2:
            found.append(f"“{widget.text()}” needs {need}, has {room}: {place(widget)}")
    return found


def opened(window, qtbot, name, language):
    setup = preset(name)
    data = setup.dataset.load()
    window.document.edit("preset", fit(setup, data), data=data)
    window.looks.set_language(language)
    window.resize(SMALL)
    qtbot.waitUntil(lambda: window.size() == SMALL)
    qtbot.wait(30)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", ["two-spirals", "mnist-mlp"])
def test_the_window_is_for_everyone(window, qtbot, name, language):
    opened(window, qtbot, name, language)
    found = controls(window)
    assert len(found) > 15
    nameless = [
        place(widget)
        for widget in found
        if not QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
    ]
    assert nameless == []
    assert clipped(window) == []


def by_arrows(widget):
    """Whether the arrow keys reach it from its neighbour, as in a row of radio buttons."""
    group = widget.group() if isinstance(widget, QAbstractButton) else None
    return group is not None and group.exclusive() and not widget.isChecked()


def test_tab_reaches_every_control(window, qtbot):
    opened(window, qtbot, "two-spirals", "en")
    wanted = {
        widget: place(widget)
        for widget in controls(window)
        if isinstance(widget, QAbstractButton | QComboBox | QLineEdit) and not by_arrows(widget)
    }
    reached = set()
    window.activateWindow()
    window.topbar.play.setFocus()
    for _ in range(4 * len(wanted)):
        window.focusNextChild()
        reached.add(window.focusWidget())
    assert sorted(text for widget, text in wanted.items() if widget not in reached) == []


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("action", ["preferences", "glossary", "shortcuts"])
def test_the_small_windows_too(window, qtbot, action, language):
    window.looks.set_language(language)
    window.actions_by_name[action].trigger()
    feature = window.features["preferences" if action == "preferences" else "help"]
    shown = feature.dialog if action == "preferences" else getattr(feature, action)
    assert clipped(shown) == []
    for widget in controls(shown):
        assert QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name), place(
            widget
        )
