"""One control for a column that is tried: a slider for numbers and dates, a list for categories."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QObject, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnstudio.analysis.what_if import Tried
from nnstudio.app.widgets.combo import Combo, Labelled
from nnstudio.app.widgets.slider import LabelledSlider
from nnstudio.core.fields import Field
from nnstudio.core.sources.raw import DATE
from nnstudio.core.text import tr


def _step(low: float, high: float) -> float:
    """A round number that divides a range into some hundred steps."""
    return 10.0 ** (math.floor(math.log10(max(high - low, 1e-12))) - 2)


def number_text(value: float) -> str:
    """Few figures, as people write them."""
    return f"{value:.6g}"


def date_text(days: float) -> str:
    """Days since 1970 as a date."""
    return str(np.datetime64(round(days), "D"))


class NumberControl(QWidget):
    """``changed(place, value)`` while the slider moves, and when it is turned to."""

    changed = Signal(int, float)

    def __init__(self, place: int, tried: Tried, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.place = place
        self.tried = tried
        date = tried.column.kind == DATE
        step = 1.0 if date else _step(tried.low, tried.high)
        low = math.floor(tried.low / step) * step
        high = math.ceil(tried.high / step) * step
        declared = Field("real", tried.name, minimum=low, maximum=high, step=step)
        self._digits = max(0, -math.floor(math.log10(step)))
        self.slider = LabelledSlider(declared, low, date_text if date else self._text, self)
        self.slider.edited.connect(self._edited)
        self.slider.slider.installEventFilter(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.slider)

    def _text(self, value: float) -> str:
        """A value as finely as the slider moves: more figures would not fit beside it."""
        return number_text(round(float(value), self._digits))

    def show_value(self, value: float) -> None:
        """Show a value without telling anybody."""
        if math.isfinite(value):
            self.slider.show_value(value)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Whoever turns to a column sees its curve."""
        if event.type() == QEvent.Type.FocusIn:
            self.changed.emit(self.place, float(self.slider.value))
        return False

    @Slot(object)
    def _edited(self, value: float) -> None:
        self.changed.emit(self.place, float(value))


class CategoryControl(QWidget):
    """A list of a column's categories, with an entry for “missing”."""

    changed = Signal(int, float)

    def __init__(self, place: int, tried: Tried, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.place = place
        self.tried = tried
        self.list = Combo(tried.name, self)
        self.list.activated.connect(self._activated)
        self.list.installEventFilter(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(Labelled(tried.name, self.list, parent=self))
        self._fill()

    def _fill(self) -> None:
        chosen = self.list.currentIndex()
        self.list.clear()
        self.list.addItem(tr("(missing)"))
        for name in self.tried.column.categories:
            self.list.addItem(name)
        self.list.setCurrentIndex(chosen)

    def show_value(self, value: float) -> None:
        """Show a category's place, −1 for missing, without telling anybody."""
        self.list.setCurrentIndex(int(value) + 1)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Whoever turns to a column sees its curve."""
        if event.type() == QEvent.Type.FocusIn:
            self._activated(self.list.currentIndex())
        return False

    def changeEvent(self, event: QEvent) -> None:
        """The word for “missing” follows the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._fill()
        super().changeEvent(event)

    @Slot(int)
    def _activated(self, index: int) -> None:
        self.changed.emit(self.place, float(index - 1))


def control_for(place: int, tried: Tried, parent: QWidget) -> NumberControl | CategoryControl:
    """The control that suits a column."""
    made = CategoryControl if tried.is_category else NumberControl
    return made(place, tried, parent)
