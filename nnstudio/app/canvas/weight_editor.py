"""The small editor of one number of a layer: a link's weight or a unit's bias."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QRect, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from nnstudio.app.canvas.popups import Popup
from nnstudio.core.text import tr

LIMIT = 1000.0
STEP = 0.1
FINE_STEP = 0.01


class NumberField(QLineEdit):
    """A number: typed and finished with Enter, or stepped with ↑, ↓ and the wheel."""

    edited = Signal(float)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._value = 0.0

    def value(self) -> float:
        """The number as it is shown, or the last one if what is typed is none."""
        try:
            typed = float(self.text().strip().replace(",", ".").replace("−", "-"))
        except ValueError:
            return self._value
        return max(-LIMIT, min(LIMIT, typed)) if math.isfinite(typed) else self._value

    def show_value(self, value: float) -> None:
        """Show a number without telling."""
        self._value = value
        self.setText(f"{value:.5g}".replace("-", "−"))
        self.setModified(False)

    def commit(self) -> None:
        """Take over what was typed."""
        if self.isModified():
            self._tell(self.value())

    def _tell(self, value: float) -> None:
        self.show_value(value)
        self.selectAll()
        self.edited.emit(value)

    def _step(self, steps: int, *, fine: bool) -> None:
        size = FINE_STEP if fine else STEP
        value = round(self.value() + steps * size, 6)
        self._tell(max(-LIMIT, min(LIMIT, value)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._step(1 if event.key() == Qt.Key.Key_Up else -1, fine=fine)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn = event.angleDelta().y()
        if turn:
            fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._step(1 if turn > 0 else -1, fine=fine)
        event.accept()


class WeightEditor(Popup):
    """Shows one number live; arrows, the wheel and Enter set it, Enter and Esc close."""

    #: (node id, parameter name, index, value, value before)
    weight_edited = Signal(str, str, object, float, float)
    #: (node id, parameter name, index): silence this number, or the whole unit; or bring it back.
    lesion_wanted = Signal(str, str, object)
    #: (node id): freeze this layer, or thaw it.
    freeze_wanted = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.place: tuple[str, str, tuple[int, ...]] | None = None
        self._current = 0.0
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 7, 8, 7)
        row.setSpacing(8)
        self._label = QLabel(self)
        self.field = NumberField(self)
        self.field.edited.connect(self._set)
        self.field.installEventFilter(self)
        self._set_width()
        self.lesion = QPushButton(self)
        self.lesion.clicked.connect(self._lesion)
        self.freeze = QPushButton(self)
        self.freeze.clicked.connect(self._freeze)
        row.addWidget(self._label)
        row.addWidget(self.field)
        for button in (self.lesion, self.freeze):
            button.setProperty("role", "layer")
            button.installEventFilter(self)
            row.addWidget(button)

    def _set_width(self) -> None:
        self.field.setFixedWidth(self.fontMetrics().horizontalAdvance("0") * 8 + 24)

    @Slot()
    def _lesion(self) -> None:
        if self.place is not None:
            self.lesion_wanted.emit(*self.place)

    @Slot()
    def _freeze(self) -> None:
        if self.place is not None:
            self.freeze_wanted.emit(self.place[0])

    def show_state(self, *, lesioned: bool, frozen: bool) -> None:
        """What the buttons do now."""
        self.lesion.setText(tr("Restore") if lesioned else tr("Zero"))
        self.lesion.setToolTip(
            tr("Bring back what was there") if lesioned
            else tr("Set to zero and see what is missing; training may change it again")
        )  # fmt: skip
        self.freeze.setText(tr("Thaw") if frozen else tr("Freeze"))
        self.freeze.setToolTip(tr("Whether training changes the weights of this layer"))

    def edit(
        self, node: str, name: str, index: tuple[int, ...], value: float, text: str, near: QRect
    ) -> None:
        """Open on one number, beside the link or unit that it belongs to."""
        self.place = (node, name, index)
        self._label.setText(text)
        self.field.setAccessibleName(text)
        self.field.setToolTip(tr("↑ and ↓ step, Enter sets the value, Esc closes."))
        self._current = value
        self.field.show_value(value)
        self.open_near(near)
        self.field.setFocus()
        self.field.selectAll()

    def follow(self, value: float) -> None:
        """Show the number as training changes it, unless somebody is typing."""
        self._current = value
        if not self.field.isModified() and value != self.field.value():
            self.field.show_value(value)
            self.field.selectAll()

    @Slot(float)
    def _set(self, value: float) -> None:
        before, self._current = self._current, value
        if self.place is not None and value != before:
            self.weight_edited.emit(*self.place, value, before)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.field.commit()
            self.close_popup()
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "field"):
            self._set_width()
