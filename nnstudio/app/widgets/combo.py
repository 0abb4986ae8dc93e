"""A combo box as the top bar has it: a caption above, a quiet box, a chevron."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QLabel, QSizePolicy, QVBoxLayout, QWidget

from nnstudio.app import theme
from nnstudio.app.i18n import say
from nnstudio.app.widgets.painting import draw_box, draw_icon
from nnstudio.core.text import tr

HEIGHT = 28
CHEVRON = 14
#: Of the line above a box.
CAPTION = 14
#: A list of short choices is shown whole; one of long ones may be squeezed to this.
LEAST = 96
#: Further choices scroll.
MOST_ROWS = 16
#: From the box's edge to its text.
TEXT_LEFT = 9


class Combo(QComboBox):
    """A list of marked texts, shown translated; the theme's box in place of the platform's."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        say(self, name=name)
        self.setFixedHeight(theme.pixels(HEIGHT))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        # Not AdjustToContents: with it a box in a layout takes its own size when its texts change.
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContentsOnFirstShow)
        self.setMaxVisibleItems(MOST_ROWS)
        model = self.model()
        for changed in (model.rowsInserted, model.rowsRemoved, model.dataChanged, model.modelReset):
            changed.connect(self._texts_changed)

    @Slot()
    def _texts_changed(self) -> None:
        """The layout asks again how wide the widest text is."""
        self.updateGeometry()

    def setEditable(self, editable: bool) -> None:
        """What is typed stands where a chosen text stands, without a box in the box."""
        super().setEditable(editable)
        line = self.lineEdit()
        if line is not None:
            line.setProperty("role", "bare")
            line.setTextMargins(TEXT_LEFT - 3, 0, 0, 0)

    def sizeHint(self) -> QSize:
        """Room for the widest choice and the chevron."""
        metrics = self.fontMetrics()
        texts = [self.itemText(row) for row in range(self.count())] or [""]
        widest = max(metrics.horizontalAdvance(text) for text in texts)
        return QSize(widest + TEXT_LEFT + 6 + CHEVRON + 6, theme.pixels(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """It may be squeezed; the text is then cut with an ellipsis."""
        return QSize(min(LEAST, self.sizeHint().width()), theme.pixels(HEIGHT))

    def changeEvent(self, event: QEvent) -> None:
        """As high as the text needs."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.setFixedHeight(theme.pixels(HEIGHT))

    def showPopup(self) -> None:
        """The list is called as the box is."""
        self.view().setAccessibleName(self.accessibleName())
        super().showPopup()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrolling past must not change training."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Box, text, chevron."""
        painter = QPainter(self)
        line = self.lineEdit()  # shows the text itself
        text = self.currentText() if line is None else ""
        draw_field(
            painter, self, text, focus=self.hasFocus() or (line and line.hasFocus()) or False
        )
        painter.end()


def draw_field(painter: QPainter, widget: QWidget, text: str, *, focus: bool) -> None:
    """A box with a text at the left and a chevron at the right."""
    look = theme.current()
    hover = widget.underMouse() and widget.isEnabled()
    draw_box(painter, widget, focus=focus, hover=hover)
    room = widget.rect().adjusted(TEXT_LEFT, 0, -(CHEVRON + 7), 0)
    painter.setPen(look.text if widget.isEnabled() else look.earlier)
    shown = widget.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
    centre = QPointF(widget.width() - 6 - CHEVRON / 2, widget.height() / 2)
    draw_icon(painter, widget, "chevron-down", centre, CHEVRON, look.muted)


class Labelled(QWidget):
    """A small grey caption above a control."""

    def __init__(
        self, caption: str, control: QWidget, help: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.control = control
        self.caption = QLabel(self)
        self.caption.setProperty("role", "caption")
        self.caption.setBuddy(control)
        say(self.caption, text=caption, tool_tip=help)
        say(control, name=caption, tool_tip=help or caption)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        self.caption.setFixedHeight(theme.pixels(CAPTION))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        column.addWidget(self.caption)
        column.addWidget(control)

    def changeEvent(self, event: QEvent) -> None:
        """As high as the text needs."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.caption.setFixedHeight(theme.pixels(CAPTION))


def fill(combo: QComboBox, choices: Mapping[Any, str]) -> None:
    """Show ``choices`` (value -> marked text), translated, keeping what is chosen; tells nobody."""
    combo.blockSignals(True)
    chosen = combo.currentData()
    combo.clear()
    for value, text in choices.items():
        combo.addItem(tr(text), value)
    index = next((i for i in range(combo.count()) if combo.itemData(i) == chosen), 0)
    combo.setCurrentIndex(index)
    combo.blockSignals(False)
