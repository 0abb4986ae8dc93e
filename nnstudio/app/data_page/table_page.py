"""A table on the data page: its rows, its charts, and beside them the column that is looked at."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QModelIndex, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from nnstudio.app.backdrop import draw_message
from nnstudio.app.data_page.charts import CorrelationMap, short
from nnstudio.app.data_page.column_card import ColumnCard
from nnstudio.app.data_page.inspection import Inspection, as_numbers, even_rows
from nnstudio.app.data_page.pair_plot import Axis, PairPlot
from nnstudio.app.data_page.part_card import PartCard
from nnstudio.app.data_page.table_model import TableModel
from nnstudio.app.i18n import say
from nnstudio.app.widgets.combo import Combo, Labelled
from nnstudio.app.widgets.segmented import SegmentedTabs
from nnstudio.core.data import Data
from nnstudio.core.recipes.recipe import Recipe
from nnstudio.core.sources.raw import CATEGORY, DATE, RawColumn
from nnstudio.core.text import mark, tr

TABS: dict[str, str] = {
    "rows": mark("All rows"),
    "points": mark("Two columns"),
    "correlation": mark("Correlation"),
}
#: Points of a scatter plot.
MOST_POINTS = 3000
#: Categories that an axis names.
MOST_NAMED = 60
SIDE = 262


class TableView(QTableView):
    """Rows of one height, columns as wide as their first cells."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.empty = ""
        say(self, name=mark("All rows"))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectColumns)
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        rows = self.verticalHeader()
        rows.setDefaultSectionSize(25)
        rows.setSectionResizeMode(rows.ResizeMode.Fixed)
        rows.setHighlightSections(False)
        columns = self.horizontalHeader()
        columns.setFixedHeight(40)
        columns.setMinimumSectionSize(56)
        columns.setHighlightSections(False)
        columns.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def set_empty(self, text: str) -> None:
        """The marked sentence that stands where there is no row."""
        self.empty = text
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The rows, or why there are none."""
        super().paintEvent(event)
        if self.empty and not self.model().rowCount():
            painter = QPainter(self.viewport())
            draw_message(painter, QRectF(self.viewport().rect()), tr(self.empty))
            painter.end()

    def fit_columns(self) -> None:
        """Widths by names and by the first rows, within bounds."""
        model, metrics = self.model(), self.fontMetrics()
        for column in range(min(model.columnCount(), 400)):
            header = str(model.headerData(column, Qt.Orientation.Horizontal)).split("\n")
            texts = [
                str(model.data(model.index(row, column)))
                for row in range(min(model.rowCount(), 30))
            ]
            widest = max(metrics.horizontalAdvance(text) for text in [*header, *texts])
            self.setColumnWidth(column, min(max(widest + 24, 64), 240))


class TablePage(QWidget):
    """``column_edited(column, setting, value)``, ``part_edited(part, setting, value)`` and
    ``target_wanted(column)`` ask for another recipe."""

    column_edited = Signal(str, str, object)
    part_edited = Signal(str, str, object)
    target_wanted = Signal(str)
    folds_wanted = Signal()
    refused = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shown: Inspection | None = None
        self.data: Data | None = None
        self.recipe = Recipe()
        self.selected = ""
        self.tabs = SegmentedTabs(TABS, mark("View"))
        self.tabs.setMaximumWidth(360)
        self.tabs.chosen.connect(self._show_tab)
        self.model = TableModel(self)
        self.view = TableView(self)
        self.view.setModel(self.model)
        self.view.selectionModel().currentColumnChanged.connect(self._column_chosen)
        self.view.horizontalHeader().sectionClicked.connect(self._select_place)
        self.first, self.second = Combo(mark("Across"), self), Combo(mark("Up"), self)
        for combo in (self.first, self.second):
            combo.activated.connect(self._draw_points)
        self.points = PairPlot(self)
        self.map = CorrelationMap(self)
        self.map.chosen.connect(self._pair_chosen)
        self.card = ColumnCard(self)
        self.card.edited.connect(self.column_edited)
        self.card.target_wanted.connect(self.target_wanted)
        self.parts = {name: PartCard(name, self) for name in ("split", "windows")}
        self.card.refused.connect(self.refused)
        for part in self.parts.values():
            part.refused.connect(self.refused)
            part.edited.connect(self.part_edited)
            part.folds_wanted.connect(self.folds_wanted)
        self._lay_out()

    def _lay_out(self) -> None:
        pair = QWidget(self)
        column = QVBoxLayout(pair)
        column.setContentsMargins(0, 0, 0, 0)
        axes = QHBoxLayout()
        axes.setSpacing(10)
        for combo, name in ((self.first, mark("Across")), (self.second, mark("Up"))):
            axes.addWidget(Labelled(name, combo, parent=pair))
        axes.addStretch(1)
        column.addLayout(axes)
        column.addWidget(self.points, 1)
        self.stack = QStackedWidget(self)
        self.stacked = dict(zip(TABS, (self.view, pair, self.map), strict=True))
        for part in self.stacked.values():
            self.stack.addWidget(part)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.tabs)
        left.addWidget(self.stack, 1)
        inside = QWidget(self)
        inside.setObjectName("column")
        cards = QVBoxLayout(inside)
        cards.setContentsMargins(0, 0, 4, 0)
        cards.setSpacing(10)
        cards.addWidget(self.card)
        for part in self.parts.values():
            cards.addWidget(part)
        cards.addStretch(1)
        side = say(QScrollArea(self), name=mark("Preparation"))
        side.setWidget(inside)
        side.setWidgetResizable(True)
        side.setFixedWidth(SIDE)
        side.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addLayout(left, 1)
        row.addWidget(side)
        self.tabs.choose("rows")

    def show_inspection(self, found: Inspection, data: Data, recipe: Recipe) -> None:
        """Show a table, and what a recipe makes of it."""
        other = self.shown is None or self.shown.table is not found.table
        self.shown, self.data, self.recipe = found, data, recipe
        kinds = {name: column.kind for name, column in recipe.columns}
        self.model.show_table(found.table, found.looks, data.target_names, kinds)
        names = found.table.names
        if other:
            self.view.fit_columns()
            for combo, at in ((self.first, 0), (self.second, min(1, len(names) - 1))):
                combo.clear()
                for name in names:
                    combo.addItem(name, name)
                combo.setCurrentIndex(at)
        if self.selected not in names:
            self.selected = names[0] if names else ""
        self.map.show_values(found.names, found.association)
        for part in self.parts.values():
            part.show_recipe(recipe)
        self._show_column()
        self._draw_points()

    def select(self, name: str) -> None:
        """Look at a column."""
        self.selected = name
        found = self.shown
        if found is not None and name in found.table.names:
            place = found.table.names.index(name)
            if self.view.currentIndex().column() != place:
                self.view.selectColumn(place)
        self._show_column()

    def _show_column(self) -> None:
        found, data = self.shown, self.data
        if found is None or data is None or self.selected not in found.looks:
            return
        column = found.table.column(self.selected)
        recipe = self.recipe.column(self.selected)
        is_target = self.selected in data.target_names
        self.card.show_column(column, found.looks[self.selected], recipe, is_target)

    @Slot(str)
    def _show_tab(self, name: str) -> None:
        self.stack.setCurrentWidget(self.stacked[name])

    @Slot(QModelIndex, QModelIndex)
    def _column_chosen(self, index: QModelIndex, before: QModelIndex) -> None:
        if index.isValid():
            self._select_place(index.column())

    @Slot(int)
    def _select_place(self, place: int) -> None:
        if self.shown is not None and 0 <= place < len(self.shown.table.columns):
            self.select(self.shown.table.columns[place].name)

    @Slot(str, str)
    def _pair_chosen(self, across: str, up: str) -> None:
        self.first.setCurrentIndex(self.first.findData(across))
        self.second.setCurrentIndex(self.second.findData(up))
        self._draw_points()
        self.tabs.choose("points")
        self._show_tab("points")

    @Slot()
    def _draw_points(self) -> None:
        found, data = self.shown, self.data
        names = (self.first.currentData(), self.second.currentData())
        if found is None or data is None or None in names:
            return
        rows = even_rows(found.table.rows, MOST_POINTS)
        across, up = (_axis(found.table.column(name).take(rows)) for name in names)
        classes: np.ndarray | None = None
        legend: tuple[str, ...] = ()
        if data.task == "classification" and data.target_names[0] in found.table.names:
            classes, legend = _classes(found.table.column(data.target_names[0]).take(rows))
        self.points.show_points(across, up, classes, legend)

    def changeEvent(self, event: QEvent) -> None:
        """The table's words follow the language."""
        if event.type() == QEvent.Type.LanguageChange and self.shown is not None:
            assert self.data is not None
            self.show_inspection(self.shown, self.data, self.recipe)
        super().changeEvent(event)


def _axis(column: RawColumn) -> Axis:
    """A column as an axis; a text among very many is only its number."""
    named = column.kind == CATEGORY and len(column.categories) <= MOST_NAMED
    categories = column.categories if named else ()
    return Axis(column.name, as_numbers(column), categories, column.kind == DATE)


def _classes(column: RawColumn) -> tuple[np.ndarray, tuple[str, ...]]:
    """The class number of each row (n,), −1 where it is missing, and the classes' names."""
    values = as_numbers(column)
    known = np.unique(values[np.isfinite(values)])
    numbers = np.where(np.isfinite(values), np.searchsorted(known, values), -1)
    if column.numeric:
        return numbers, tuple(short(value) for value in known.tolist())
    return numbers, tuple(column.categories[int(place)] for place in known)
