"""The strip along the canvas' lower edge that shows the selected layer's settings."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal, Slot
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
from nnstudio.core.contracts import Layer
from nnstudio.core.text import StudioError, language, tr


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
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 6, 6, 7)
        self._row.setSpacing(16)
        words = QVBoxLayout()
        words.setSpacing(1)
        self._title = QLabel(self)
        self._title.setProperty("role", "title")
        self._formula = QLabel(self)
        self._formula.setProperty("role", "caption")
        words.addStretch(1)
        words.addWidget(self._title)
        words.addWidget(self._formula)
        words.addStretch(1)
        self._row.addLayout(words)
        self._row.addStretch(1)
        self._close = QToolButton(self)
        self._close.setProperty("role", "flat")
        self._close.clicked.connect(self.closed)
        self._row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def show_layer(self, column: Column, layer: Layer, *, is_output: bool) -> None:
        """Show one layer's settings; a form that is there already is kept, with its focus."""
        self.node = column.id
        self._title.setText(column.title)
        self._formula.setText(tr(layer.formula))
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
            self._row.removeWidget(self.form)
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
        self._row.insertWidget(1, self.form)
        self.form.show()

    def focus_first(self) -> None:
        """Put the keyboard into the first field."""
        if self.form is not None:
            for editor in self.form.editors.values():
                if editor.isEnabled():
                    editor.setFocus(Qt.FocusReason.TabFocusReason)
                    return

    def height_wanted(self) -> int:
        """Room that the strip needs."""
        return int(max(self.sizeHint().height(), 44))

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
