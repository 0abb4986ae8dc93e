"""The settings of training that have no box of their own in the top bar, behind one button."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from nnstudio.app import theme
from nnstudio.app.forms import SpecForm
from nnstudio.app.i18n import say
from nnstudio.app.widgets.buttons import IconButton
from nnstudio.app.widgets.popup import Popup
from nnstudio.core.fields import fields_of
from nnstudio.core.setup import Training
from nnstudio.core.text import mark


class MoreSettings(IconButton):
    """``edited(name, value)`` carries checked values. A dot says that something is not as usual."""

    edited = Signal(str, object)
    refused = Signal(object)

    def __init__(self, names: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(
            "tune",
            mark("More training settings"),
            parent=parent,
            tool_tip=mark("Clipping, averaging, early stopping, and what the bar has no room for"),
        )
        self.names = tuple(names)
        self.unusual = False
        self.popup = Popup(self)
        self.popup.closed.connect(self.update)
        title = say(QLabel(self.popup), text=mark("More training settings"))
        title.setProperty("role", "title")
        self.popup.column.addWidget(title)
        self.form = SpecForm(Training(), self.popup, self.names)
        self.form.edited.connect(self.edited)
        self.form.refused.connect(self.refused)
        self.popup.column.addWidget(self.form)
        self.clicked.connect(self.open_popup)

    def take_in(self, guest: QWidget) -> None:
        """Give a control room above the form, because the bar has none."""
        self.popup.column.insertWidget(1, guest)

    def show_training(self, training: Training) -> None:
        """Show the settings now; tells nobody."""
        self.form.show_spec(training)
        usual = {name: getattr(Training(), name) for name in fields_of(Training)}
        unusual = any(getattr(training, name) != usual[name] for name in self.names)
        if unusual != self.unusual:
            self.unusual = unusual
            self.update()

    @Slot()
    def open_popup(self) -> None:
        """Show them under the button."""
        self.popup.open_under(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """↓ opens, as in a combo box."""
        if event.key() == Qt.Key.Key_Down:
            self.open_popup()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The icon, and the dot."""
        super().paintEvent(event)
        if not self.unusual:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.current().accent))
        painter.drawEllipse(QPointF(self.width() - 8.0, 8.0), 3.0, 3.0)
        painter.end()
