"""The most wrong examples, live while it trains, and a way to put their labels right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QModelIndex, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QTableView, QVBoxLayout, QWidget

from nnstudio.analysis.most_wrong import Wrong, most_wrong
from nnstudio.analysis.probability import class_probabilities
from nnstudio.analysis.what_if import columns_to_try
from nnstudio.app import theme
from nnstudio.app.data.data_change import Loader, Request
from nnstudio.app.data_page.gallery import Gallery, Pictures
from nnstudio.app.data_page.table_model import TableModel
from nnstudio.app.data_page.table_page import TableView
from nnstudio.app.panel import Panel
from nnstudio.app.widgets.combo import HEIGHT, Combo, Labelled
from nnstudio.core.data import Data
from nnstudio.core.recipes.own_data import PreparedDataset
from nnstudio.core.sources.raw import CATEGORY, NUMBER, RawColumn, RawTable
from nnstudio.core.text import mark, named, tr
from nnstudio.engine.scoring import gives_logits
from nnstudio.engine.view import View

WAITING = mark("Looking for the most wrong ones…")
PARTS: dict[str, str] = {"valid": mark("Validation"), "train": mark("Training")}


@dataclass(frozen=True, eq=False)
class Found:
    """The worst examples of a part of some data."""

    data: Data
    part: str
    wrong: Wrong


class WrongPage(Panel):
    """Images as a gallery, rows as a table, the worst first."""

    title = mark("Most wrong")
    rate = 2.0

    def __init__(
        self, document: Any, session: Any, loader: Loader, parent: QWidget | None = None
    ) -> None:
        super().__init__(document, session, parent)
        self.loader = loader
        self.found: Found | None = None
        self._asked = 0
        self.part = Combo(mark("Part"), self)
        for name, text in PARTS.items():
            self.part.addItem(tr(text), name)
        self.part.activated.connect(self._other_part)
        self.label = Combo(mark("Label"), self)
        self.label.activated.connect(self._correct)
        self.label_box = Labelled(mark("Right label"), self.label, parent=self)
        self.count = QLabel(self)
        self.count.setProperty("role", "muted")
        self.count.setWordWrap(True)
        self.count.setMinimumHeight(theme.pixels(HEIGHT))
        self.note = QLabel(self)
        self.note.setProperty("role", "caption")
        self.note.setWordWrap(True)
        self.gallery = Gallery(self, tile=76)
        self.gallery.set_empty(WAITING)
        self.gallery.chosen.connect(self._choose)
        self.model = TableModel(self)
        self.view = TableView(self)
        self.view.set_empty(WAITING)
        self.view.setModel(self.model)
        self.view.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.view.selectionModel().currentRowChanged.connect(self._row_chosen)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.gallery)
        self.stack.addWidget(self.view)
        self.none = QLabel(self)
        self.none.setProperty("role", "muted")
        self.none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.stack.addWidget(self.none)
        self.chosen = -1
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(Labelled(mark("Part"), self.part, parent=self))
        top.addWidget(self.label_box)
        top.addWidget(self.count, 1, Qt.AlignmentFlag.AlignBottom)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self.note)
        column.addWidget(self.stack, 1)

    # --- measuring ---

    def request(self) -> tuple[str, int]:
        """The part; the number asks anew."""
        return str(self.part.currentData()), self._asked

    @staticmethod
    def measure(view: View, request: tuple[str, int]) -> Found | None:
        """Predict the part, or an even selection of it."""
        data = view.data
        logits = gives_logits(view.setup.network)

        def answering(x: np.ndarray) -> np.ndarray:
            output = view.predict(x)
            if data.task == "classification":
                return class_probabilities(output, logits)
            return output.reshape(len(x), -1).copy()

        part = getattr(data, request[0])
        return Found(data, request[0], most_wrong(answering, data, part))

    def display(self, result: Found) -> None:
        """Show them; while somebody works on one of them, they stay."""
        if result.data is not self.document.data or result.part != self.part.currentData():
            return
        before = self.found
        if (
            before is not None
            and before.data is result.data
            and before.part == result.part
            and (self.chosen >= 0 or np.array_equal(before.wrong.places, result.wrong.places))
        ):
            self._count(result)
            return
        self.found = result
        self._show()

    # --- showing ---

    def document_changed(self) -> None:
        """Other data, another language."""
        data = self.document.data
        for at, text in enumerate(PARTS.values()):
            self.part.setItemText(at, tr(text))
        self.label.clear()
        for name in data.classes:
            self.label.addItem(named(name), name)
        self.label.setCurrentIndex(-1)
        self.label.setEnabled(False)
        if self.found is not None and self.found.data is not data:
            self.found = None
        self._show()

    def _count(self, found: Found) -> None:
        wrong = found.wrong
        if found.data.task == "classification":
            text = tr(
                "{wrong} of {seen} are wrong", wrong=f"{wrong.wrong:,}", seen=f"{wrong.seen:,}"
            )
        else:
            text = tr("The {n} largest errors", n=len(wrong.places))
        self.count.setText(text)

    def _show(self) -> None:
        self.chosen = -1
        found, data = self.found, self.document.data
        images = data.train.x.ndim == 4 and data.train.x.shape[3] in (1, 3)
        nothing = found is not None and not len(found.wrong.places)
        shown = self.gallery if images else self.view
        self.stack.setCurrentWidget(self.none if nothing else shown)
        fixable = isinstance(self.document.setup.dataset, PreparedDataset) and bool(data.classes)
        self.label_box.setVisible(fixable and not nothing)
        self.note.setText(
            tr("Choose one to put its label right; it trains on with it, and undo takes it back.")
        )
        self.note.setVisible(self.label_box.isVisibleTo(self))
        if found is None:
            self.count.clear()
            self.gallery.show_pictures(Pictures(np.zeros((0, 1, 1, 1), np.uint8), []))
            self.model.show_table(RawTable("", ()), {}, (), {})
            return
        self._count(found)
        if nothing:
            seen = f"{found.wrong.seen:,}"
            self.none.setText(tr("The network is right about all {seen}.", seen=seen))
        elif images:
            part = getattr(data, found.part)
            self.gallery.show_pictures(Pictures(part.x[found.wrong.places], self._captions(found)))
        else:
            self.model.show_table(rows_of(found), {}, (), {})
            self.view.fit_columns()

    def _captions(self, found: Found) -> list[str]:
        """``4 → 9``: the label, and what the network says."""
        data, wrong = found.data, found.wrong
        y = getattr(data, found.part).y[wrong.places]
        if not data.classes:
            return [f"{data.in_units(value[0]):.4g}" for value in y]
        names = [named(name) for name in data.classes]
        said = wrong.answers.argmax(1)
        return [
            f"{names[int(true)]} → {names[best]}"
            for true, best in zip(y[:, 0], said.tolist(), strict=True)
        ]

    # --- choosing and correcting ---

    @Slot()
    def _other_part(self) -> None:
        self.found = None
        self._asked += 1
        self._show()

    @Slot(QModelIndex, QModelIndex)
    def _row_chosen(self, index: QModelIndex, before: QModelIndex) -> None:
        if index.isValid():
            self._choose(index.row())

    @Slot(int)
    def _choose(self, at: int) -> None:
        found = self.found
        if found is None or at >= len(found.wrong.places):
            return
        self.chosen = at
        if found.data.classes:
            part = getattr(found.data, found.part)
            self.label.setEnabled(True)
            self.label.setCurrentIndex(int(part.y[found.wrong.places[at], 0]))

    @Slot(int)
    def _correct(self, number: int) -> None:
        found = self.found
        dataset: Any = self.document.setup.dataset
        if found is None or self.chosen < 0 or not isinstance(dataset, PreparedDataset):
            return
        place = int(found.wrong.places[self.chosen])
        rows = found.data.rows[("train", "valid", "test").index(found.part)]
        label = str(self.label.itemData(number))
        recipe = dataset.recipe.with_fix(int(rows[place]), label)
        self.chosen = -1
        self.found = None
        self._asked += 1
        self.loader.load(Request(dataset.with_recipe(recipe), tr("Label: {name}", name=label)))


def rows_of(found: Found) -> RawTable:
    """The worst rows of a table: the truth, the prediction, how sure it is, and their values."""
    data, wrong = found.data, found.wrong
    part = getattr(data, found.part)
    y, x = part.y[wrong.places], data.prepared(part.x[wrong.places])
    columns = []
    if data.classes:
        names = tuple(named(name) for name in data.classes)
        said = wrong.answers.argmax(1)
        columns.append(RawColumn(tr("label"), CATEGORY, y[:, 0].astype(np.int32), names))
        columns.append(RawColumn(tr("predicted"), CATEGORY, said.astype(np.int32), names))
        sure = np.round(wrong.answers.max(1) * 100, 1)
        columns.append(RawColumn(tr("sure, %"), NUMBER, sure.astype(np.float64)))
    else:
        for name, values in ((tr("actual"), y), (tr("predicted"), wrong.answers)):
            exact = np.asarray(data.in_units(values.astype(np.float64)))[:, 0]
            columns.append(RawColumn(name, NUMBER, _rounded(exact)))
    for tried in columns_to_try(data):
        values = tried.decode(x[:, tried.at : tried.at + tried.width])
        kind = tried.column.kind
        if tried.is_category:
            places = values.astype(np.int32)
            columns.append(RawColumn(tried.name, kind, places, tried.column.categories))
        else:
            columns.append(RawColumn(tried.name, kind, _rounded(values)))
    return RawTable("", tuple(columns))


def _rounded(values: np.ndarray) -> np.ndarray:
    """Five figures: what is decoded is no more exact than float32."""
    return np.array([float(f"{value:.5g}") for value in values.tolist()])
