"""What hovering tells, asked of real widgets."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QComboBox,
    QLineEdit,
    QListWidget,
    QScrollBar,
    QTabBar,
    QWidget,
)

from nnstudio.app.canvas.layer_form import LayerForm
from nnstudio.app.data.plane_page import PlanePage
from nnstudio.app.forms import SpecForm
from nnstudio.app.palettes.layer_palette import LayerButton
from nnstudio.app.training.topbar import TopBar
from nnstudio.app.widgets.buttons import IconButton, PlayButton
from nnstudio.app.widgets.popup import ChoiceRow
from tests.app.access import place

ROLE = Qt.ItemDataRole.ToolTipRole
#: Where every control must be explained: what decides how a network is built, fed and trained.
EXPLAINED = (TopBar, SpecForm, LayerForm, PlanePage)


def tip(widget):
    """What Qt shows over a widget: its own tip, or that of what it lies in."""
    while widget is not None and not widget.toolTip() and not widget.isWindow():
        widget = widget.parentWidget()
    return widget.toolTip() if widget is not None else ""


def words(widget):
    """What the widget says by itself, without a hover."""
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    return text.strip(" ▾+−×…")


def within(widget, kinds):
    while widget is not None:
        if isinstance(widget, kinds):
            return True
        widget = widget.parentWidget()
    return False


def is_control(widget):
    kinds = (QAbstractButton, QComboBox, QLineEdit, QAbstractSlider)
    return isinstance(widget, kinds) and not isinstance(widget, QScrollBar)


def shown(window):
    return [w for w in window.findChildren(QWidget) if w.isVisible() and w.window() is window]


def says_more(widget):
    """Whether a tip tells more than what the widget is called."""
    said = tip(widget).strip()
    return bool(said) and said not in (widget.accessibleName(), words(widget))


def missing(window):
    """(what is wrong, where) of all that is shown."""
    for widget in shown(window):
        if widget.objectName().startswith("qt_"):
            continue  # Qt's own: a menu bar's arrow, a line's cross
        if isinstance(widget, (IconButton, PlayButton)) and not tip(widget):
            yield "an icon that says nothing", place(widget)
        elif isinstance(widget, QAbstractButton) and not words(widget) and not tip(widget):
            if not within(widget, (QLineEdit,)) and not isinstance(widget, ChoiceRow):
                yield "a button without words and without a tip", place(widget)
        elif isinstance(widget, IconButton) and not isinstance(widget.parent(), TopBar):
            continue  # “Add a class” says all
        elif is_control(widget) and within(widget, EXPLAINED) and not says_more(widget):
            yield "a setting that is not explained", place(widget)
        elif isinstance(widget, QTabBar) and widget.objectName() == "panelTabs":
            for at in range(widget.count()):
                if not widget.tabToolTip(at):
                    yield "a panel that is not explained", widget.tabText(at)


def offered(window):
    """(name, tip) of every concept that can be chosen in what is shown."""
    for widget in shown(window):
        if isinstance(widget, LayerButton):
            yield widget.text(), widget.toolTip()
        elif isinstance(widget, ChoiceRow) and not widget.objectName().startswith("open_"):
            yield widget.accessibleName(), widget.toolTip()
        elif isinstance(widget, QComboBox):
            for row in range(widget.count()):
                yield widget.itemText(row), widget.itemData(row, ROLE) or ""
        elif isinstance(widget, QListWidget):
            for row in range(widget.count()):
                yield widget.item(row).text(), widget.item(row).toolTip()
