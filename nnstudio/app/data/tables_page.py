"""The Tables page of the data column: tables that come along, and a person's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from nnstudio.app.data.data_change import Loader, Request
from nnstudio.app.data.dataset_sliders import DatasetSliders
from nnstudio.app.data.get_more import GetMore, LookButton
from nnstudio.app.data.images_page import origin
from nnstudio.app.data.table_chooser import TableChooser, fill_columns
from nnstudio.app.document import Document
from nnstudio.app.widgets.combo import Combo, Labelled, fill
from nnstudio.app.widgets.elided import ElidedLabel
from nnstudio.app.widgets.popup import ChoiceRow
from nnstudio.app.widgets.slider import LabelledSlider, percent
from nnstudio.core import fields, registry
from nnstudio.core.contracts import Dataset
from nnstudio.core.recipes.own_data import PreparedDataset
from nnstudio.core.recipes.recipe import Recipe, SplitRecipe
from nnstudio.core.sources.raw import RawTable
from nnstudio.core.text import mark, tr

#: A person's own table, now and as it was in earlier projects.
OWN = "OwnTable.v1"
SHARE = fields.fields_of(SplitRecipe)["valid"]
PROBLEMS: dict[str, str] = fields.fields_of(Recipe)["problem"].labels


class TablesPage(QWidget):
    """Tables load beside the window; until they are there, everything stays as it is."""

    refused = Signal(object)  # StudioError
    open_wanted = Signal()
    data_wanted = Signal()  # the data page

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
        self.kinds: dict[str, dict[str, str]] = {}  # path -> column -> what it holds
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.rows: dict[str, ChoiceRow] = {}
        for cls in classes:
            if cls.type_name == OWN:
                continue  # stands for the file at hand, below
            row = ChoiceRow(cls.type_name, cls.label, cls.help, self)
            row.setObjectName(cls.type_name)
            row.setAutoExclusive(False)
            row.clicked.connect(self._picked)
            self.rows[cls.type_name] = row
            column.addWidget(row)
        self.origin = ElidedLabel(self)
        self.origin.setProperty("role", "caption")
        column.addWidget(self.origin)
        self.get_more = GetMore(mark("CSV, TSV, Parquet, JSON lines, NPY and NPZ files"), self)
        self.open = self.get_more.open
        self.open.clicked.connect(self.open_wanted)
        column.addWidget(self.get_more)
        self.chooser = TableChooser(self)
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
        self.share = LabelledSlider(SHARE, 0.2, percent, self)
        self.share.edited.connect(self._share_edited)
        self.share.refused.connect(self.refused)
        self.sliders = DatasetSliders(self)
        self.sliders.edited.connect(self._edited)
        self.sliders.refused.connect(self.refused)
        self.look = LookButton(self)
        self.look.clicked.connect(self.data_wanted)
        for part in (
            self.file_name,
            self.facts,
            self.target_box,
            self.problem_box,
            self.share,
            self.sliders,
            self.look,
        ):
            column.addWidget(part)
        self.follow()

    def follow(self) -> None:
        """Show the document's table."""
        dataset, data = self.document.setup.dataset, self.document.data
        here = dataset.group == "Tables"
        own = here and dataset.type_name == OWN
        prepared = isinstance(dataset, PreparedDataset)
        for name, row in self.rows.items():
            row.setChecked(name == dataset.type_name)
        self.file_name.setVisible(own)
        for part in (self.target_box, self.problem_box):
            part.setVisible(here and (own or prepared))
        self.share.setVisible(here and prepared)
        self.look.setVisible(here and prepared)
        self.sliders.setVisible(here and not prepared)
        self.facts.setVisible(here)
        self.origin.setVisible(here and bool(dataset.source))
        if not here:
            return
        self.origin.show_text(origin(dataset))
        self.facts.setText(
            tr(
                "{train} + {valid} rows · {inputs} inputs",
                train=f"{len(data.train):,}",
                valid=f"{len(data.valid):,}",
                inputs=f"{data.shape[0]:,}",
            )
        )
        self.sliders.show_dataset(dataset)
        if own or prepared:
            self._show_file(dataset)

    def _show_file(self, dataset: Any) -> None:
        path = str(getattr(dataset, "path", ""))
        self.file_name.setText(Path(path).name)
        self.file_name.setToolTip(path)
        known = self.kinds.get(path) or self._prepared_kinds()
        targets = self.document.data.target_names
        target = targets[0] if targets else ""
        fill_columns(self.target, known if target in known else {**known, target: ""})
        self.target.setCurrentIndex(self.target.findData(target))
        fill(self.problem, PROBLEMS)
        recipe = dataset.recipe if isinstance(dataset, PreparedDataset) else None
        problem = recipe.problem if recipe is not None else dataset.problem
        self.problem.setCurrentIndex(self.problem.findData(problem))
        if recipe is not None:
            self.share.show_value(recipe.split.valid)

    def _prepared_kinds(self) -> dict[str, str]:
        """The columns that the network sees, where nobody has looked at the file."""
        preparation = self.document.data.preparation
        if preparation is None:
            return {}
        kinds = {column.name: column.kind for column in preparation.inputs}
        return kinds | {column.name: "" for column in preparation.targets}

    def ask(self, path: str, table: RawTable) -> None:
        """Ask which column of a file to predict, given its first rows."""
        self.kinds[path] = {column.name: column.kind for column in table.columns}
        self.chooser.ask(path, table)

    def changeEvent(self, event: QEvent) -> None:
        """Facts and lists follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.follow()
        super().changeEvent(event)

    @Slot(str, str)
    def _use_file(self, path: str, target: str) -> None:
        self.chooser.hide()
        values = {"type": OWN, "path": path, "recipe": {"targets": [target]}}
        dataset = registry.from_json(Dataset, values)
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
        """Other values of the recipe, or of the data set itself."""
        dataset: Any = self.document.setup.dataset
        if isinstance(dataset, PreparedDataset):
            changed = dataset.with_recipe(dataset.recipe.with_values(**values))
        else:
            if "targets" in values:
                values["target"] = values.pop("targets")[0]
            changed = fields.changed(dataset, **values)
        if changed != dataset:
            self.loader.load(Request(changed, text, merge))

    @Slot(int)
    def _target_chosen(self, row: int) -> None:
        name = self.target.itemData(row)
        self._change(tr("Predict {column}", column=name), targets=[name])

    @Slot(int)
    def _problem_chosen(self, row: int) -> None:
        self._change(tr("Problem"), problem=self.problem.itemData(row))

    @Slot(object)
    def _share_edited(self, value: float) -> None:
        dataset: Any = self.document.setup.dataset
        recipe = dataset.recipe.with_part("split", valid=value)
        text = tr("{setting}: {value}", setting=tr(SHARE.label), value=percent(value))
        self.loader.load(Request(dataset.with_recipe(recipe), text, "recipe.valid"))

    @Slot(str, object)
    def _edited(self, name: str, value: Any) -> None:
        slider = self.sliders.sliders[name]
        text = tr("{setting}: {value}", setting=tr(slider.field.label), value=slider.shown(value))
        self._change(text, f"dataset.{name}", **{name: value})
