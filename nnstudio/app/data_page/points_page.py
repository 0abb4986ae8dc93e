"""Points of the plane as rows: where each lies, what it is, and which part it belongs to. They
come from a rule, so nothing here can be edited; they are drawn or shuffled beside the network."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnstudio.app.data_page.table_model import TableModel
from nnstudio.app.data_page.table_page import TableView
from nnstudio.core.data import Data
from nnstudio.core.sources.raw import CATEGORY, NUMBER, RawColumn, RawTable
from nnstudio.core.text import named, tr


class PointsPage(QWidget):
    """A table of the points of training and validation."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = TableModel(self)
        self.view = TableView(self)
        self.view.setModel(self.model)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)

    def show_data(self, data: Data) -> None:
        """Show the points of 2-D data from now on."""
        table = point_table(data)
        self.model.show_table(table, {}, (table.names[2],), {})
        self.view.fit_columns()


def point_table(data: Data) -> RawTable:
    """The points (rows: training, then validation) with their class or value, and their part."""
    assert data.points is not None and data.valid_points is not None
    points = np.concatenate([data.points, data.valid_points]).astype(np.float64)
    targets = np.concatenate([data.train.y[:, 0], data.valid.y[:, 0]])
    if data.task == "classification":
        names = tuple(named(name) for name in data.classes)
        target = RawColumn(tr("class"), CATEGORY, targets.astype(np.int32), names)
    else:
        values = data.in_units(targets.astype(np.float64))
        target = RawColumn(tr("value"), NUMBER, np.round(values, 4))
    parts = np.repeat(np.arange(2, dtype=np.int32), [len(data.points), len(data.valid_points)])
    return RawTable(
        named(data.name),
        (
            RawColumn("x₁", NUMBER, np.round(points[:, 0], 4)),
            RawColumn("x₂", NUMBER, np.round(points[:, 1], 4)),
            target,
            RawColumn(tr("part"), CATEGORY, parts, (tr("training"), tr("validation"))),
        ),
    )
