"""The Images page of the data column: a card with real pictures for each data set."""

from __future__ import annotations

import html
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from nnstudio.app.data.data_change import Loader, Request
from nnstudio.app.data.dataset_sliders import DatasetSliders
from nnstudio.app.data.get_more import GetMore, LookButton
from nnstudio.app.data.thumbnails import ImagesThumbnail, small
from nnstudio.app.document import Document
from nnstudio.app.i18n import say
from nnstudio.app.widgets.elided import ElidedLabel
from nnstudio.core import fields
from nnstudio.core.contracts import Dataset
from nnstudio.core.data import Data
from nnstudio.core.text import StudioError, mark, named, tr

#: Cards beside each other.
COLUMNS = 2


def description(dataset: Dataset, data: Data) -> str:
    """``60,000 + 10,000 · 28 × 28 · 10 classes`` of a data set, given a small part of its data."""
    train = getattr(dataset, "train_examples", len(data.train))
    valid = getattr(dataset, "valid_examples", len(data.valid))
    shape = [size for size in data.shape if size != 1]
    size = "\u00a0×\u00a0".join(str(length) for length in shape)
    goal = tr("{n} classes", n=len(data.classes))
    if data.task == "regression":
        goal = tr("{n} targets", n=f"{data.outputs:,}")
    return " · ".join((f"{train:,} + {valid:,}", size, goal))


def origin(dataset: Dataset | type[Dataset]) -> str:
    """Who made a data set, and under which licence it may be used."""
    return tr("{source} · licence {licence}", source=dataset.source, licence=dataset.licence)


class Card(QWidget):
    """Pictures and the name; all else is in the tool tip, and below the cards for the chosen
    one."""

    picked = Signal(object)  # the data set's class

    def __init__(self, dataset_class: type[Dataset], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.dataset_class = dataset_class
        self.data: Data | None = None
        self.thumbnail = ImagesThumbnail(dataset_class, self)
        self.thumbnail.clicked.connect(self._clicked)
        self.name = ElidedLabel(self)
        self.name.setProperty("role", "caption")
        self.name.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addWidget(self.thumbnail)
        column.addWidget(self.name)
        self._tell()

    def showEvent(self, event: QShowEvent) -> None:
        """The pictures are read when somebody looks; a few take some milliseconds."""
        super().showEvent(event)
        if self.data is not None:
            return
        try:
            self.data = small(self.dataset_class).load()
        except StudioError as error:
            self.thumbnail.setToolTip(str(error))
            return
        self.thumbnail.data = self.data
        self._tell()

    def _tell(self) -> None:
        cls = self.dataset_class
        self.name.setText(tr(cls.label))
        lines = [tr(cls.label)]
        if self.data is not None:
            lines.append(description(cls(), self.data))
        lines.append(tr(cls.help))
        if cls.source:
            lines.append(origin(cls))
        self.thumbnail.setToolTip("\n".join(lines))

    def changeEvent(self, event: QEvent) -> None:
        """The facts follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._tell()
        super().changeEvent(event)

    @Slot()
    def _clicked(self) -> None:
        self.picked.emit(self.dataset_class)


class ImagesPage(QWidget):
    """Images load beside the window; until they are there, everything stays as it is."""

    refused = Signal(object)  # StudioError
    open_wanted = Signal()
    folder_wanted = Signal()
    symbols_wanted = Signal()
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
        self.cards = {cls: Card(cls, self) for cls in classes}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        grid = QGridLayout()
        grid.setHorizontalSpacing(7)
        grid.setVerticalSpacing(6)
        for number, card in enumerate(self.cards.values()):
            card.picked.connect(self._picked)
            grid.addWidget(card, number // COLUMNS, number % COLUMNS)
        column.addLayout(grid)
        self.sliders = DatasetSliders(self)
        self.sliders.edited.connect(self._edited)
        self.sliders.refused.connect(self.refused)
        about = QVBoxLayout()
        about.setSpacing(3)
        self.facts = QLabel(self)
        self.facts.setWordWrap(True)
        self.origin = ElidedLabel(self)
        self.origin.setProperty("role", "caption")
        about.addWidget(self.facts)
        about.addWidget(self.origin)
        column.addLayout(about)
        column.addWidget(self.sliders)
        self.look = LookButton(self)
        self.look.clicked.connect(self.data_wanted)
        column.addWidget(self.look)
        self.symbols = say(
            QPushButton(self),
            text=mark("Draw symbols"),
            tool_tip=mark("Draw letters or symbols of your own, and let a network learn them"),
        )
        self.symbols.clicked.connect(self.symbols_wanted)
        column.addWidget(self.symbols)
        self.folder = say(
            QPushButton(self),
            text=mark("Open a folder…"),
            tool_tip=mark("A folder with a folder of images for each class."),
        )
        self.folder.clicked.connect(self.folder_wanted)
        column.addWidget(self.folder)
        self.get_more = GetMore(
            mark("A zip with a folder of images for each class, or IDX, NPY and NPZ files"), self
        )
        self.get_more.open.clicked.connect(self.open_wanted)
        column.addWidget(self.get_more)
        self.follow()

    def follow(self) -> None:
        """Show the document's data set."""
        dataset = self.document.setup.dataset
        for cls, card in self.cards.items():
            card.thumbnail.setChecked(cls is type(dataset))
            card.thumbnail.update()
        here = type(dataset) in self.cards
        images = dataset.group == "Images"
        self.look.setVisible(images)
        self.facts.setVisible(images)
        self.origin.setVisible(images and bool(dataset.source))
        if images:
            name = tr(dataset.label) if here else named(self.document.data.name)
            facts = description(dataset, self.document.data)
            self.facts.setText(f"<b>{html.escape(name)}</b> · {facts}")
            self.origin.show_text(origin(dataset))
        self.sliders.setVisible(here)
        if here:
            self.sliders.show_dataset(dataset)

    @Slot(object)
    def _picked(self, cls: type[Dataset]) -> None:
        if type(self.document.setup.dataset) is not cls:
            self.loader.load(Request(cls(), tr("Data: {name}", name=tr(cls.label))))

    @Slot(str, object)
    def _edited(self, name: str, value: Any) -> None:
        slider = self.sliders.sliders[name]
        text = tr("{setting}: {value}", setting=tr(slider.field.label), value=slider.shown(value))
        dataset = fields.changed(self.document.setup.dataset, **{name: value})
        self.loader.load(Request(dataset, text, f"dataset.{name}"))

    def changeEvent(self, event: QEvent) -> None:
        """Facts follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.follow()
        super().changeEvent(event)
