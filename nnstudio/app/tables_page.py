"""The Tables page of the data column: tables that come along, and a person's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from nnstudio.app.csv_chooser import CsvChooser, columns_of, fill_columns
from nnstudio.app.data_change import Loader, Request
from nnstudio.app.dataset_sliders import DatasetSliders
from nnstudio.app.document import Document
from nnstudio.app.i18n import say
from nnstudio.app.widgets.combo import Combo, Labelled, fill
from nnstudio.app.widgets.popup import ChoiceRow
from nnstudio.core import fields, registry
from nnstudio.core.contracts import Dataset
from nnstudio.core.text import StudioError, mark, tr

FILE_TYPE = "TableFile.v1"


class TablesPage(QWidget):
    """Tables load beside the window; until they are there, everything stays as it is."""

    refused = Signal(object)  # StudioError
    open_wanted = Signal()

    def __init__(
        self,
        document: Document,
        loader: Loader,
        classes: list[type[Dataset]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.document = document
        self.loader = loader
        self.columns_read: tuple[str, tuple[Any, ...]] = ("", ())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.rows: dict[str, ChoiceRow] = {}
        for cls in classes:
            if cls.type_name == FILE_TYPE:
                continue  # stands for the file at hand, below
            row = ChoiceRow(cls.type_name, cls.label, cls.help, self)
            row.setObjectName(cls.type_name)
            row.setAutoExclusive(False)
            row.clicked.connect(self._picked)
            self.rows[cls.type_name] = row
            column.addWidget(row)
        self.open = say(
            QPushButton(self),
            text=mark("Open CSV…"),
            tool_tip=mark("Opens a table; a file can also be dragged onto the window."),
        )
        self.open.clicked.connect(self.open_wanted)
        column.addWidget(self.open)
        self.chooser = CsvChooser(self)
        self.chooser.accepted.connect(self._use_file)
        self.chooser.cancelled.connect(self.chooser.hide)
        self.chooser.hide()
        column.addWidget(self.chooser)
        self.file_name = QLabel(self)
        self.file_name.setProperty("role", "title")
        self.file_name.setWordWrap(True)
        self.facts = QLabel(self)
        self.facts.setProperty("role", "caption")
        self.facts.setWordWrap(True)
        self.target = Combo(mark("Column to predict"), self)
        self.target.activated.connect(self._target_chosen)
        self.target_box = Labelled(mark("Column to predict"), self.target, parent=self)
        self.problem = Combo(mark("Problem"), self)
        self.problem.activated.connect(self._problem_chosen)
        self.problem_box = Labelled(mark("Problem"), self.problem, parent=self)
        self.sliders = DatasetSliders(self)
        self.sliders.edited.connect(self._edited)
        self.sliders.refused.connect(self.refused)
        for part in (self.file_name, self.facts, self.target_box, self.problem_box, self.sliders):
            column.addWidget(part)
        self.follow()

    def follow(self) -> None:
        """Show the document's table."""
        dataset, data = self.document.setup.dataset, self.document.data
        here = dataset.group == "Tables"
        own = here and dataset.type_name == FILE_TYPE
        for name, row in self.rows.items():
            row.setChecked(name == dataset.type_name)
        for part in (self.file_name, self.target_box, self.problem_box):
            part.setVisible(own)
        self.sliders.setVisible(here)
        self.facts.setVisible(here)
        if not here:
            return
        self.facts.setText(
            tr(
                "{train} + {valid} rows · {inputs} inputs",
                train=f"{len(data.train):,}",
                valid=f"{len(data.valid):,}",
                inputs=f"{data.shape[0]:,}",
            )
        )
        self.sliders.show_dataset(dataset)
        if own:
            self._show_file(dataset)

    def _show_file(self, dataset: Any) -> None:
        self.file_name.setText(Path(dataset.path).name)
        self.file_name.setToolTip(dataset.path)
        if self.columns_read[0] != dataset.path:
            self.columns_read = (dataset.path, columns_of(dataset))
        fill_columns(self.target, self.columns_read[1])
        if self.target.count() == 0:
            self.target.addItem(dataset.target, dataset.target)
        wanted = self.target.findData(dataset.target)
        self.target.setCurrentIndex(wanted if wanted >= 0 else self.target.count() - 1)
        field = fields.fields_of(dataset)["problem"]
        assert field.choices is not None
        fill(self.problem, {key: field.labels.get(key, key) for key in field.choices()})
        self.problem.setCurrentIndex(self.problem.findData(dataset.problem))

    def ask(self, path: str) -> None:
        """Ask which column of a file to predict."""
        try:
            self.chooser.ask(path)
        except StudioError as error:
            self.chooser.hide()
            self.refused.emit(error)
            return
        self.chooser.show()
        self.chooser.target.setFocus()

    def changeEvent(self, event: QEvent) -> None:
        """Facts and lists follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.follow()
        super().changeEvent(event)

    @Slot(str, str)
    def _use_file(self, path: str, target: str) -> None:
        self.chooser.hide()
        values = {"type": FILE_TYPE, "path": path, "target": target}
        try:
            dataset = registry.from_json(Dataset, values)
        except StudioError as error:
            self.refused.emit(error)
            return
        self.loader.load(Request(dataset, tr("Data: {name}", name=Path(path).name)))

    @Slot()
    def _picked(self) -> None:
        cls = registry.find(Dataset, self.sender().objectName())
        if type(self.document.setup.dataset) is cls:
            self.follow()  # the row was toggled by the click; put its tick back
            return
        self.loader.load(Request(cls(), tr("Data: {name}", name=tr(cls.label))))
        self.follow()

    def _change(self, text: str, merge: str = "", **values: Any) -> None:
        dataset = fields.changed(self.document.setup.dataset, **values)
        if dataset != self.document.setup.dataset:
            self.loader.load(Request(dataset, text, merge))

    @Slot(int)
    def _target_chosen(self, row: int) -> None:
        name = self.target.itemData(row)
        self._change(tr("Predict {column}", column=name), target=name)

    @Slot(int)
    def _problem_chosen(self, row: int) -> None:
        self._change(tr("Problem"), problem=self.problem.itemData(row))

    @Slot(str, object)
    def _edited(self, name: str, value: Any) -> None:
        slider = self.sliders.sliders[name]
        text = tr("{setting}: {value}", setting=tr(slider.field.label), value=slider.shown(value))
        self._change(text, f"dataset.{name}", **{name: value})
