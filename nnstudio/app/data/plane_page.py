"""The 2-D page of the data column: which pattern, how noisy, what the network sees of it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from nnstudio.app.data.data_change import change_dataset, preset_for
from nnstudio.app.data.dataset_sliders import DatasetSliders
from nnstudio.app.data.formula_field import FormulaField
from nnstudio.app.data.thumbnails import PlaneThumbnail
from nnstudio.app.document import Document
from nnstudio.app.i18n import say
from nnstudio.app.icons import icon
from nnstudio.app.widgets.chips import Chips
from nnstudio.app.widgets.flow import FlowLayout
from nnstudio.core import fields
from nnstudio.core.contracts import Dataset
from nnstudio.core.plane import FEATURE_HELPS, PlaneDataset
from nnstudio.core.text import StudioError, mark, tr
from nnstudio.datasets.formula_plane import FormulaPlane
from nnstudio.datasets.painted import PaintedPoints

COLUMNS = 5


class PlanePage(QWidget):
    """Every change here is quick, so it happens at once."""

    refused = Signal(object)  # StudioError

    def __init__(
        self, document: Document, classes: list[type[Dataset]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.document = document
        self._last: Dataset = classes[0]()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        grid = QGridLayout()
        grid.setSpacing(7)
        self.thumbnails: dict[type[Dataset], PlaneThumbnail] = {}
        for number, cls in enumerate(classes):
            thumbnail = PlaneThumbnail(cls, self)
            thumbnail.clicked.connect(self._picked)
            self.thumbnails[cls] = thumbnail
            grid.addWidget(thumbnail, number // COLUMNS, number % COLUMNS)
        column.addLayout(grid)
        self.column = column
        self.draw = say(
            QPushButton(self),
            text=mark("Draw points"),
            tool_tip=mark("Paint, spray, erase and move points of the plane (P)"),
        )
        self.draw.setIcon(icon("pencil", 16))
        self.sliders = DatasetSliders(self)
        self.sliders.edited.connect(self._edited)
        self.sliders.refused.connect(self.refused)
        column.addWidget(self.sliders)
        title = say(QLabel(self), text=mark("FEATURES"))
        title.setProperty("role", "section")
        column.addWidget(title)
        field = fields.fields_of(classes[0])["features"]
        assert field.choices is not None
        labels = {name: field.labels.get(name, name) for name in field.choices()}
        self.features = Chips(labels, mark("Features"), self, FEATURE_HELPS)
        self.features.changed.connect(self._features_changed)
        column.addWidget(self.features)
        self.again = say(
            QPushButton(self),
            text=mark("New points"),
            tool_tip=mark("Draws other points of the same pattern."),
        )
        self.again.clicked.connect(self._draw_again)
        below = FlowLayout(gap=6)  # one below the other where the column is narrow
        below.addWidget(self.draw)
        below.addWidget(self.again)
        column.addLayout(below)
        self.formula = FormulaField(self)
        self.formula.changed.connect(self._use_formula)
        column.addWidget(self.formula)
        self.follow()

    def follow(self) -> None:
        """Show the document's data set, or the last one of this page."""
        dataset = self.document.setup.dataset
        here = isinstance(dataset, PlaneDataset)
        formula = dataset.formula if isinstance(dataset, FormulaPlane) else ""
        self.formula.show_formula(formula)
        if here:
            self._last = dataset
        for cls, thumbnail in self.thumbnails.items():
            thumbnail.setChecked(cls is type(dataset))
        self.sliders.show_dataset(self._last)
        self.features.show_chosen(self._last.features)  # type: ignore[attr-defined]
        for part in (self.sliders, self.features, self.draw):
            part.setEnabled(here)
        self.again.setEnabled(here and not isinstance(dataset, PaintedPoints))

    def add_brushes(self, box: QWidget) -> None:
        """Show the brushes right below the data sets."""
        self.column.insertWidget(1, box)

    def changeEvent(self, event: QEvent) -> None:
        """The pencil follows the theme."""
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "draw"):
            self.draw.setIcon(icon("pencil", 16))
        super().changeEvent(event)

    def _change(self, dataset: Dataset, text: str, merge: str = "") -> None:
        try:
            change_dataset(self.document, dataset, text, merge)
        except StudioError as error:
            self.follow()
            self.refused.emit(error)

    @Slot()
    def _picked(self) -> None:
        thumbnail = self.sender()
        assert isinstance(thumbnail, PlaneThumbnail)
        cls = thumbnail.dataset_class
        now = self.document.setup.dataset
        if isinstance(now, PlaneDataset):
            # Noise, share, points and features stay as they are set.
            kept = {
                name: value
                for name, value in fields.values_of(now).items()
                if name in fields.fields_of(cls)
            }
            dataset = fields.build(cls, kept)
        else:
            suitable = preset_for(cls())
            dataset = suitable.dataset if suitable is not None else cls()
        self._change(dataset, tr("Data: {name}", name=tr(cls.label)))

    @Slot(str)
    def _use_formula(self, formula: str) -> None:
        now = self.document.setup.dataset
        values = {"formula": formula}
        if isinstance(now, PlaneDataset):
            known = fields.fields_of(FormulaPlane)
            kept = {n: v for n, v in fields.values_of(now).items() if n in known}
            values = kept | values
        try:
            dataset = fields.build(FormulaPlane, values)
            change_dataset(self.document, dataset, tr("Formula"), "dataset.formula")
        except StudioError as error:
            self.formula.refuse(error)

    @Slot(str, object)
    def _edited(self, name: str, value: Any) -> None:
        slider = self.sliders.sliders[name]
        text = tr("{setting}: {value}", setting=tr(slider.field.label), value=slider.shown(value))
        dataset = fields.changed(self.document.setup.dataset, **{name: value})
        self._change(dataset, text, merge=f"dataset.{name}")

    @Slot(tuple)
    def _features_changed(self, names: tuple[str, ...]) -> None:
        dataset = fields.changed(self.document.setup.dataset, features=names)
        self._change(dataset, tr("Features"))

    @Slot()
    def _draw_again(self) -> None:
        now = self.document.setup.dataset
        seed = now.seed % (2**31 - 1) + 1  # type: ignore[attr-defined]
        self._change(fields.changed(now, seed=seed), tr("New points"))
