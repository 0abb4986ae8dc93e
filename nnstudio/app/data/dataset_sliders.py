"""Sliders for the numbers of a data set: noise, training share, how many."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnstudio.app.widgets.slider import LabelledSlider, percent, plain_number
from nnstudio.core.contracts import Dataset
from nnstudio.core.fields import fields_of

#: What people reach for first comes first.
ORDER = ("noise", "share", "points")


class DatasetSliders(QWidget):
    """``edited(name, value)`` while a slider moves, ``refused`` a ``StudioError``."""

    edited = Signal(str, object)
    refused = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sliders: dict[str, LabelledSlider] = {}
        self._class: type | None = None
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(4)

    def show_dataset(self, dataset: Dataset) -> None:
        """Show a data set's numbers; sliders are made anew only if it has other fields."""
        declared = {
            name: field
            for name, field in fields_of(dataset).items()
            if field.kind in ("integer", "real") and name not in ("seed", "classes")
        }
        if set(declared) != set(self.sliders):
            for slider in self.sliders.values():
                slider.hide()
                slider.deleteLater()
            self.sliders = {}
            order = sorted(declared, key=lambda n: ORDER.index(n) if n in ORDER else len(ORDER))
            for name in order:
                shown: Any = percent if name == "share" else plain_number
                slider = LabelledSlider(declared[name], getattr(dataset, name), shown, self)
                slider.setObjectName(name)
                slider.edited.connect(self._edited)
                slider.refused.connect(self.refused)
                self.sliders[name] = slider
                self.column.addWidget(slider)
        for name, slider in self.sliders.items():
            slider.show_value(getattr(dataset, name))

    @Slot(object)
    def _edited(self, value: Any) -> None:
        self.edited.emit(self.sender().objectName(), value)
