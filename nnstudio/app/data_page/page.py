"""The data page: a table, a gallery or points, what leaks, and how it is all prepared. Every change
of the preparation is an edit that can be undone, read anew beside the window."""

from __future__ import annotations

from functools import cached_property, partial
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLabel, QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from nnstudio.app.data.data_change import Loader, Request
from nnstudio.app.data_page.gallery_page import GalleryPage
from nnstudio.app.data_page.inspection import Inspection, inspect
from nnstudio.app.data_page.points_page import PointsPage
from nnstudio.app.data_page.table_page import TablePage
from nnstudio.app.field_texts import value_text
from nnstudio.app.job import Job
from nnstudio.app.panel import Panel
from nnstudio.core import fields
from nnstudio.core.recipes.own_data import PreparedDataset
from nnstudio.core.recipes.recipe import PARTS, ColumnRecipe, Recipe
from nnstudio.core.sources.raw import RawStack
from nnstudio.core.text import StudioError, mark, named, tr


class DataPage(Panel):
    """Follows the document while it is in sight."""

    title = mark("Data")
    folds_wanted = Signal()

    def __init__(self, document: Any, loader: Loader, parent: QWidget | None = None) -> None:
        super().__init__(document, None, parent)
        self.loader = loader
        self.job = Job("nnstudio-data-page", self)
        self.job.finished.connect(self._inspected)
        self.job.failed.connect(self._failed)
        self.job.busy_changed.connect(self._show_busy)
        self.known: Inspection | None = None
        self.facts = QLabel(self)
        self.facts.setProperty("role", "muted")
        self.facts.setWordWrap(True)
        self.warnings = QLabel(self)
        self.warnings.setWordWrap(True)
        self.warnings.setObjectName("dataWarnings")
        self.bar = QProgressBar(self)
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.hide()
        self.table = TablePage(self)
        self.table.column_edited.connect(self._edit_column)
        self.table.target_wanted.connect(self._edit_target)
        self.table.part_edited.connect(self._edit_part)
        self.table.refused.connect(loader.failed)
        self.table.folds_wanted.connect(self.folds_wanted)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(7)
        for part in (self.facts, self.warnings, self.bar):
            column.addWidget(part)
        column.addWidget(self.stack, 1)
        self.warnings.hide()

    @cached_property
    def gallery(self) -> GalleryPage:
        """The page for images, made when there are any."""
        page = GalleryPage(self)
        page.part_edited.connect(self._edit_part)
        page.refused.connect(self.loader.failed)
        page.folds_wanted.connect(self.folds_wanted)
        page.label_corrected.connect(self._correct)
        self.stack.addWidget(page)
        return page

    @cached_property
    def points(self) -> PointsPage:
        """The page for points of the plane, made when there are any."""
        page = PointsPage(self)
        self.stack.addWidget(page)
        return page

    @property
    def recipe(self) -> Recipe | None:
        """The present recipe; None for data that has none."""
        dataset = self.document.setup.dataset
        return dataset.recipe if isinstance(dataset, PreparedDataset) else None

    def stop(self) -> None:
        """End the threads."""
        self.job.stop()
        if "gallery" in self.__dict__:
            self.gallery.job.stop()

    # --- showing ---

    def document_changed(self) -> None:
        """Other data, or otherwise prepared."""
        dataset, data = self.document.setup.dataset, self.document.data
        self._tell()
        if isinstance(dataset, PreparedDataset):
            work = partial(inspect, dataset, data, self.known)
            self.job.start((dataset, data), work, dataset.label)
        elif data.points is not None and data.valid_points is not None:
            self.job.cancel()
            self.points.show_data(data)
            self.stack.setCurrentWidget(self.points)
        else:
            self.job.cancel()
            self.gallery.show_data(data, None, None)
            self.stack.setCurrentWidget(self.gallery)

    def _tell(self) -> None:
        data = self.document.data
        parts = [
            named(data.name),
            tr("{n} training", n=f"{len(data.train):,}"),
            tr("{n} validation", n=f"{len(data.valid):,}"),
        ]
        if data.test is not None:
            parts.append(tr("{n} test", n=f"{len(data.test):,}"))
        self.facts.setText("  ·  ".join(parts))
        found = [str(note) for note in data.notes]
        leaked = [one.text for one in self.known.cautions] if self.known is not None else []
        self.warnings.setText("\n".join(leaked + found))
        self.warnings.setVisible(bool(leaked or found))
        self.warnings.setProperty("role", "leak" if leaked else "caption")
        self.warnings.style().unpolish(self.warnings)
        self.warnings.style().polish(self.warnings)

    @Slot(bool)
    def _show_busy(self, busy: bool) -> None:
        self.bar.setVisible(busy)

    @Slot(object, object)
    def _inspected(self, tag: Any, found: Inspection | RawStack) -> None:
        dataset, data = tag
        if data is not self.document.data:
            return
        if isinstance(found, RawStack):
            self.known = None
            self.gallery.show_data(data, found, dataset.recipe)
            self.stack.setCurrentWidget(self.gallery)
        else:
            self.known = found
            self.table.show_inspection(found, data, dataset.recipe)
            self.stack.setCurrentWidget(self.table)
        self._tell()

    @Slot(object, object)
    def _failed(self, tag: Any, error: StudioError) -> None:
        self.loader.failed.emit(error)

    # --- editing ---

    def _change(self, recipe: Recipe, text: str, merge: str = "") -> None:
        dataset: Any = self.document.setup.dataset
        changed = dataset.with_recipe(recipe)
        if changed != dataset:
            self.loader.load(Request(changed, text, merge))

    @Slot(str, str, object)
    def _edit_column(self, column: str, name: str, value: Any) -> None:
        recipe = self.recipe
        if recipe is None:
            return
        field = fields.fields_of(ColumnRecipe)[name]
        shown = value_text(field, value)
        text = tr("{column}: {setting} {value}", column=column, setting=tr(field.label),
                  value=shown)  # fmt: skip
        self._change(recipe.with_column(column, **{name: value}), text)

    @Slot(str, str, object)
    def _edit_part(self, part: str, name: str, value: Any) -> None:
        recipe = self.recipe
        if recipe is None:
            return
        field = fields.fields_of(PARTS[part])[name]
        shown = value_text(field, value)
        text = tr("{setting}: {value}", setting=tr(field.label), value=shown)
        self._change(recipe.with_part(part, **{name: value}), text, f"recipe.{part}.{name}")

    @Slot(str)
    def _edit_target(self, column: str) -> None:
        recipe = self.recipe
        if recipe is not None:
            changed = recipe.with_values(targets=[column])
            self._change(changed, tr("Predict {column}", column=column))

    @Slot(str, str)
    def _correct(self, row: str, label: str) -> None:
        recipe = self.recipe
        if recipe is not None:
            self._change(recipe.with_fix(row, label), tr("Label: {name}", name=label))
