"""The strip along the canvas' lower edge that shows the selected layer's settings."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from nnstudio.app import icons, theme
from nnstudio.app.canvas.columns import Column
from nnstudio.app.canvas.layer_form import LayerForm
from nnstudio.app.widgets.elided import ElidedLabel
from nnstudio.core.contracts import Layer
from nnstudio.core.text import StudioError, language, tr

#: Left, top, right, bottom; between the rows; and the least width of what is inside.
MARGINS = (12, 5, 7, 9)
SPACING = 4
LEAST = 280


class Inspector(QFrame):
    """Name, formula and form of one layer; edits are told, never made here."""

    field_edited = Signal(str, str, object)  # node id, field, value
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("popup")
        self.node = ""
        self.form: LayerForm | None = None
        self._kind: tuple[Any, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(*MARGINS)
        self._column.setSpacing(SPACING)
        self._title = QLabel(self)
        self._title.setProperty("role", "title")
        self._formula = ElidedLabel(self)
        self._formula.setProperty("role", "caption")
        self._close = QToolButton(self)
        self._close.setProperty("role", "flat")
        self._close.clicked.connect(self.closed)
        self._top = QHBoxLayout()
        self._top.setSpacing(12)
        self._top.addWidget(self._title)
        self._top.addWidget(self._formula, 1)
        self._top.addWidget(self._close)
        self._column.addLayout(self._top)
        self.hide()

    def show_layer(self, column: Column, layer: Layer, *, is_output: bool) -> None:
        """Show one layer's settings; a form that is there already is kept, with its focus."""
        self.node = column.id
        self._title.setText(column.title)
        self._formula.show_text(tr(layer.formula) if layer.formula else "")
        self.setToolTip(column.help)
        self.setAccessibleName(tr("Settings of {layer}", layer=column.title))
        self._close.setIcon(icons.icon("close", 14, colour=theme.current().muted))
        self._close.setToolTip(tr("Close"))
        self._close.setAccessibleName(tr("Close"))
        kind = (column.id, type(layer), is_output, language())
        if self.form is None or kind != self._kind:
            self._make_form(layer, is_output=is_output)
            self._kind = kind
        elif self.form.spec != layer:
            self.form.show_spec(layer)

    def _make_form(self, layer: Layer, *, is_output: bool) -> None:
        if self.form is not None:
            self._column.removeWidget(self.form)
            self.form.hide()
            self.form.deleteLater()
        self.form = LayerForm(layer, self)
        if is_output:
            self.form.lock("units", tr("The data decides how many outputs there are."))
        if layer.arity == 0:
            self.form.lock("shape", tr("The data decides the shape of an example."))
        self.form.edited.connect(self._tell)
        self.form.refused.connect(self._refuse)
        for child in self.form.findChildren(QWidget):
            child.installEventFilter(self)
        self._column.addWidget(self.form)
        self.form.show()
        for part in self.findChildren(QWidget):
            part.ensurePolished()  # the style decides how large it is
        self._top.invalidate()
        self.form.flow.invalidate()

    def focus_first(self) -> None:
        """Put the keyboard into the first field."""
        if self.form is not None:
            for editor in self.form.editors.values():
                if editor.isEnabled():
                    editor.setFocus(Qt.FocusReason.TabFocusReason)
                    return

    def size_for(self, room: int) -> QSize:
        """The size for so many pixels of width: the fields take as many rows as they need."""
        left, top, right, bottom = MARGINS
        heading = self._top.sizeHint()
        form = self.form.flow if self.form is not None and self.form.fields else None
        wanted = max(heading.width(), form.width_in_one_row() if form is not None else 0, LEAST)
        width = min(wanted + left + right + 2, room)
        height = top + heading.height() + bottom
        if form is not None:
            height += SPACING + form.heightForWidth(width - left - right - 2)
        return QSize(width, height + 2)  # the frame's line above and below

    @Slot(object)
    def _refuse(self, error: StudioError) -> None:
        """Say beside the field why a value does not fit."""
        QToolTip.showText(self.mapToGlobal(QPoint(0, -self.height())), str(error), self)

    @Slot(str, object)
    def _tell(self, name: str, value: object) -> None:
        self.field_edited.emit(self.node, name, value)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
        ):
            self.closed.emit()
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            event.accept()  # Delete in a field edits the field, not the network
