"""A table's cells for a view: read one by one as they scroll into sight, so a million rows cost
no more than ten."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt
from PySide6.QtGui import QColor, QFont

from nnstudio.app import theme
from nnstudio.app.data.table_chooser import KINDS
from nnstudio.app.data_page.inspection import Look
from nnstudio.core.sources.columns import shorten
from nnstudio.core.sources.raw import RawTable
from nnstudio.core.text import tr

ROLE = Qt.ItemDataRole
INDEX = QModelIndex()
MISSING = "–"


class TableModel(QAbstractTableModel):
    """Missing cells are a faint dash, outliers amber, the target's cells bold."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.table = RawTable("", ())
        self.looks: dict[str, Look] = {}
        self.targets: tuple[str, ...] = ()
        self.kinds: dict[str, str] = {}  # what a recipe takes a column for

    def show_table(
        self,
        table: RawTable,
        looks: dict[str, Look],
        targets: tuple[str, ...],
        kinds: dict[str, str],
    ) -> None:
        """Show a table from now on."""
        other = table is not self.table
        if other:
            self.beginResetModel()
        self.table, self.looks, self.targets, self.kinds = table, looks, targets, kinds
        if other:
            self.endResetModel()
        elif self.columnCount():
            last = self.index(max(0, self.rowCount() - 1), self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.columnCount() - 1)

    def rowCount(self, parent: Any = INDEX) -> int:
        """All rows."""
        return 0 if parent.isValid() else self.table.rows

    def columnCount(self, parent: Any = INDEX) -> int:
        """All columns."""
        return 0 if parent.isValid() else len(self.table.columns)

    def data(self, index: Any, role: int = ROLE.DisplayRole) -> Any:
        """A cell's text, and how it looks."""
        column = self.table.columns[index.column()]
        row = index.row()
        if role == ROLE.DisplayRole:
            return shorten(column.text(row), 80) or MISSING
        if role == ROLE.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.numeric else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role == ROLE.ForegroundRole:
            return self._colour(index.column(), row)
        if role == ROLE.FontRole and column.name in self.targets:
            return _bold()
        if role == ROLE.ToolTipRole and self._is_far(index.column(), row):
            return tr("Far from the others: more than 1.5 interquartile ranges from the quartiles.")
        return None

    def _colour(self, place: int, row: int) -> QColor | None:
        column, look = self.table.columns[place], theme.current()
        if self.kinds.get(column.name) == "ignore" or not column.text(row):
            return QColor(look.earlier)
        return QColor(look.warn) if self._is_far(place, row) else None

    def _is_far(self, place: int, row: int) -> bool:
        column = self.table.columns[place]
        look = self.looks.get(column.name)
        return look is not None and column.numeric and look.is_far(float(column.values[row]))

    def headerData(self, section: int, orientation: Any, role: int = ROLE.DisplayRole) -> Any:
        """A column's name over what it holds; a row's number."""
        if orientation == Qt.Orientation.Vertical:
            return f"{section + 1:,}" if role == ROLE.DisplayRole else None
        column = self.table.columns[section]
        if role == ROLE.DisplayRole:
            kind = self.kinds.get(column.name, column.kind)
            kind = column.kind if kind == "automatic" else kind
            words = KINDS.get("ignore" if kind == "ignore" else kind, "")
            said = tr(words)
            if column.name in self.targets:
                said = tr("{kind} · target", kind=said)
            return f"{shorten(column.name, 40)}\n{said}"
        if role == ROLE.ToolTipRole:
            return column.name
        if role == ROLE.TextAlignmentRole and column.numeric:  # as its numbers
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None


def _bold() -> QFont:
    return theme.font(13, bold=True)
