"""What makes a screen usable for everyone, asked of real widgets: names, Tab, whole texts."""

from __future__ import annotations

import json
from functools import cache

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QAccessible, QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QStyle,
    QStyleOptionButton,
    QToolButton,
    QWidget,
)

from nnstudio.app.widgets.elided import ElidedLabel
from nnstudio.core.resources import resource

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


def nameless(window):
    """Controls of which a screen reader could say nothing."""
    return [
        place(widget)
        for widget in controls(window)
        if not QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
    ]


def by_arrows(widget):
    """Whether the arrow keys reach it from its neighbour, as in a row of radio buttons."""
    if not isinstance(widget, QAbstractButton):
        return False
    if widget.autoExclusive() and not widget.isChecked():
        return True
    group = widget.group()
    return group is not None and group.exclusive() and not widget.isChecked()


def unreached(window):
    """Buttons, lists and fields that Tab does not come to."""
    wanted = {
        widget: place(widget)
        for widget in controls(window)
        if isinstance(widget, QAbstractButton | QComboBox | QLineEdit) and not by_arrows(widget)
    }
    reached = {window.focusWidget()}
    for _ in range(6 * len(wanted) + 100):  # Tab walks through the network's layers too
        window.focusNextChild()
        reached.add(window.focusWidget())
        if reached.issuperset(wanted):
            break
    return sorted(text for widget, text in wanted.items() if widget not in reached)


def _room(widget):
    """(needed, there) of a text on one line, or None for what shows none."""
    metrics = widget.fontMetrics()
    if isinstance(widget, QLabel):
        if not widget.text() or widget.wordWrap() or "<" in widget.text():
            return None
        return metrics.horizontalAdvance(widget.text()), widget.contentsRect().width()
    if not isinstance(widget, QPushButton | QCheckBox | QToolButton) or not widget.text():
        return None
    if isinstance(widget, QPushButton) and type(widget) is not QPushButton:
        return None  # draws itself, and cuts with an ellipsis
    if type(widget) is QPushButton:
        option = QStyleOptionButton()
        widget.initStyleOption(option)
        element = QStyle.SubElement.SE_PushButtonContents
        box = widget.style().subElementRect(element, option, widget)
        icon = 0 if widget.icon().isNull() else widget.iconSize().width() + 4
        return metrics.horizontalAdvance(widget.text()) + icon, box.width()
    return widget.sizeHint().width(), widget.width()


def clipped(window):
    """Shown texts that do not fit their place, in width or, where lines break, in height."""
    found = []
    for widget in window.findChildren(QWidget):
        if not widget.isVisible() or widget.width() < 2 or isinstance(widget, ElidedLabel):
            continue
        if isinstance(widget, QLabel) and widget.wordWrap() and widget.text():
            flags = int(Qt.TextFlag.TextWordWrap)
            room = QRect(0, 0, widget.contentsRect().width(), 10_000)
            if "<" in widget.text():
                need = widget.heightForWidth(widget.width()) - 2
            else:
                need = widget.fontMetrics().boundingRect(room, flags, widget.text()).height()
            there = widget.height()
        else:
            measured = _room(widget)
            if measured is None:
                continue
            need, there = measured
        if need > there + 2:
            found.append(f"“{widget.text()}” needs {need}, has {there}: {place(widget)}")
    return found


@cache
def english():
    """Texts whose Chinese is different."""
    found = set()
    for file in sorted(resource("translations", "zh").glob("*.json")):
        texts = json.loads(file.read_text(encoding="utf-8"))
        found |= {text for text, chinese in texts.items() if text != chinese}
    return found


def _is_near(thing):
    """Whether a widget, or the button or menu bar that an action's menu hangs on, is shown."""
    while isinstance(thing, QAction | QMenu):
        thing = thing.parent()
    return not isinstance(thing, QWidget) or thing.isVisible()


def untranslated(window):
    """English that is shown though there is Chinese for it."""
    found = set()
    for thing in [window, *window.findChildren(QWidget), *window.findChildren(QAction)]:
        if not _is_near(thing):
            continue
        for ask in ("text", "title", "toolTip", "accessibleName", "placeholderText"):
            asked = getattr(thing, ask, None)
            if not callable(asked) or (isinstance(thing, QLineEdit) and ask == "text"):
                continue
            said = asked()
            if isinstance(said, str) and said.rstrip(" ▾") in english():
                found.add(f"“{said}” ({ask}): {type(thing).__name__}")
    return sorted(found)
