"""One part of a recipe as a card: the split, time windows, images, augmentation."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from nnstudio.app.forms import SpecForm
from nnstudio.app.i18n import say
from nnstudio.core.recipes.recipe import PARTS, Recipe
from nnstudio.core.text import mark

#: Settings that mean something only for some ways to divide.
SPLITS = {
    "valid": ("automatic", "random", "stratified", "time", "groups"),
    "test": ("automatic", "random", "stratified", "time", "groups", "folds"),
    "column": ("time", "column", "groups"),
    "folds": ("folds",),
    "fold": ("folds",),
    "seed": ("automatic", "random", "stratified", "groups", "folds"),
}


class PartCard(QFrame):
    """``edited(part, setting, value)``; ``folds_wanted`` when every fold should be trained."""

    edited = Signal(str, str, object)
    refused = Signal(object)
    folds_wanted = Signal()

    def __init__(self, part: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.part = part
        cls = PARTS[part]
        title = say(QLabel(self), text=cls.label)  # type: ignore[attr-defined]
        title.setProperty("role", "title")
        self.form = SpecForm(cls(), self)
        self.form.edited.connect(self._edited)
        self.form.refused.connect(self.refused)
        column = QVBoxLayout(self)
        column.setContentsMargins(11, 9, 11, 11)
        column.setSpacing(7)
        column.addWidget(title)
        column.addWidget(self.form)
        self.every_fold = say(QPushButton(self), text=mark("Train every fold…"))
        self.every_fold.clicked.connect(self.folds_wanted)
        self.every_fold.hide()
        column.addWidget(self.every_fold)

    def show_recipe(self, recipe: Recipe) -> None:
        """Show a recipe's part."""
        value = getattr(recipe, self.part)
        self.form.show_spec(value)
        if self.part != "split":
            return
        for name, ways in SPLITS.items():
            self.form.editors[name].setVisible(value.how in ways)
            self.form.labels[name].setVisible(value.how in ways)
        self.every_fold.setVisible(value.how == "folds")

    @Slot(str, object)
    def _edited(self, name: str, value: Any) -> None:
        self.edited.emit(self.part, name, value)
