"""A labelled slider: its name left, its value right, both in one line above it.

The value can be typed too: click it, type, press Enter.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QSlider, QWidget

from nnstudio.app.i18n import say
from nnstudio.core.fields import Field
from nnstudio.core.text import StudioError

POSITIONS = 1000
#: A range of more than this factor gets a logarithmic slider.
WIDE = 50.0


def plain_number(value: float) -> str:
    """A number as people write it: ``0.03``, ``400``, ``1e-9``."""
    if value and abs(value) < 1e-6:
        return f"{value:g}".replace("e-0", "e-")
    text = f"{value:.8f}" if isinstance(value, float) else f"{value:,}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(value: float) -> str:
    """A share as a percentage."""
    return f"{value * 100:.0f} %"


class _Slider(QSlider):
    """Wheels past: whoever scrolls a column means the column, not what lies under the pointer."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class LabelledSlider(QWidget):
    """Edits one number of a declared field; ``edited`` carries each new value during a drag."""

    edited = Signal(object)
    refused = Signal(object)  # a StudioError: what was typed does not fit

    def __init__(
        self,
        field: Field,
        value: Any,
        shown: Callable[[Any], str] = plain_number,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.field = field
        self.shown = shown
        self.value = value
        low, high = field.minimum or 0.0, field.maximum or 1.0
        self.low, self.high = float(low), float(high)
        self.logarithmic = field.logarithmic or (low > 0 and high / low > WIDE)
        self.label = say(QLabel(self), text=field.label)
        self.entry = QLineEdit(self)
        self.entry.setProperty("role", "bare")
        self.entry.setAlignment(Qt.AlignmentFlag.AlignRight)
        step = field.step or 0.0
        usual = (self.low, self.low + step, self.high - step, self.high)
        widths = (self.fontMetrics().horizontalAdvance(shown(self._snapped(n))) for n in usual)
        self.entry.setFixedWidth(max(widths) + 12)
        self.entry.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.slider = _Slider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(0, POSITIONS)
        self.slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for part in (self.slider, self.entry):
            say(part, name=field.label, tool_tip=field.help)
        say(self.label, tool_tip=field.help)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(0)
        self.entry.setFixedHeight(18)
        self.slider.setFixedHeight(18)
        grid.addWidget(self.label, 0, 0)
        grid.addWidget(self.entry, 0, 1, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(self.slider, 1, 0, 1, 2)
        self.show_value(value)
        self.slider.valueChanged.connect(self._moved)
        self.slider.actionTriggered.connect(self._act)
        self.entry.editingFinished.connect(self._typed)

    def show_value(self, value: Any) -> None:
        """Show a value without telling anybody."""
        self.value = value
        self.slider.blockSignals(True)
        self.slider.setValue(self._position(float(value)))
        self.slider.blockSignals(False)
        self.entry.setText(self.shown(value))
        self.entry.setModified(False)

    def _position(self, value: float) -> int:
        if self.logarithmic:
            share = math.log(max(value, self.low) / self.low) / math.log(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return round(share * POSITIONS)

    def _value_at(self, position: int) -> Any:
        share = position / POSITIONS
        if self.logarithmic:
            value = self.low * (self.high / self.low) ** share
        else:
            value = self.low + share * (self.high - self.low)
        return self._snapped(value)

    def _snapped(self, value: float) -> Any:
        step = self.field.step or ((self.high - self.low) / POSITIONS)
        value = min(max(round(value / step) * step, self.low), self.high)
        return int(value) if self.field.kind == "integer" else round(value, 10)

    @Slot(int)
    def _act(self, action: int) -> None:
        """Keys move by the field's own step, however fine the slider's positions are."""
        actions = QSlider.SliderAction
        step = self.field.step or 0.0
        many = {
            actions.SliderSingleStepAdd.value: 1,
            actions.SliderSingleStepSub.value: -1,
            actions.SliderPageStepAdd.value: 5,
            actions.SliderPageStepSub.value: -5,
        }.get(action)
        if many is None or not step:
            return
        self.slider.setSliderPosition(self.slider.value())
        self._offer(self._snapped(float(self.value) + many * step))

    @Slot(int)
    def _moved(self, position: int) -> None:
        self._offer(self._value_at(position))

    def _offer(self, value: Any) -> None:
        if value != self.value:
            self.value = value
            self.entry.setText(self.shown(value))
            self.edited.emit(value)

    @Slot()
    def _typed(self) -> None:
        if not self.entry.isModified():
            return
        text = self.entry.text().strip().replace(",", "")
        given: Any = text
        if text.endswith("%"):
            try:
                given = float(text[:-1]) / 100
            except ValueError:
                given = text
        elif self.shown is percent:
            try:  # “60” means 60 %, “0.6” the same
                number = float(text)
                given = number / 100 if number > 1 else number
            except ValueError:
                given = text
        old = self.value
        try:
            value = self.field.read(given)
        except StudioError as error:
            self.show_value(old)
            self.refused.emit(error)
            return
        self.show_value(value)
        if value != old:
            self.edited.emit(value)
