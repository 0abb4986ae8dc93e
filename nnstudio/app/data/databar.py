"""The left column: the data that the network learns, and the layers to build it from."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from nnstudio.app.data.data_change import Loader, Request, put_data
from nnstudio.app.data.images_page import ImagesPage
from nnstudio.app.data.plane_page import PlanePage
from nnstudio.app.data.tables_page import TablesPage
from nnstudio.app.document import Document
from nnstudio.app.i18n import say
from nnstudio.app.job import Job
from nnstudio.app.palettes.layer_palette import LayerPalette
from nnstudio.app.widgets.segmented import SegmentedTabs
from nnstudio.core import registry
from nnstudio.core.contracts import Dataset
from nnstudio.core.data import Data
from nnstudio.core.setup import Setup
from nnstudio.core.sources.raw import Raw, RawTable, TooLarge
from nnstudio.core.text import StudioError, mark, tr

GROUPS = {"2-D": mark("2-D"), "Images": mark("Images"), "Tables": mark("Tables")}
GROUP_HELPS = {
    "2-D": mark("Points of the plane, so that all that a network computes can be seen."),
    "Images": mark("Pictures with a class each, such as handwritten digits."),
    "Tables": mark("Rows of numbers and categories, with a column to predict."),
}
MARGIN = 14


def datasets_by_group() -> dict[str, list[type[Dataset]]]:
    """All kinds of data sets by the tab that shows them, in order."""
    groups: dict[str, list[type[Dataset]]] = {}
    found = [cls for cls in registry.table(Dataset).values() if not cls.own]
    for cls in sorted(found, key=lambda one: getattr(one, "order", 100)):
        groups.setdefault(cls.group, []).append(cls)
    return {name: groups[name] for name in GROUPS if name in groups}


def first_look(path: str) -> Raw:
    """A file's first rows; raises ``StudioError`` if it is no data."""
    from nnstudio.core.sources import reading

    return reading.look(path)


class LoadingHint(QFrame):
    """Says that something is on its way, and can stop it."""

    def __init__(
        self,
        loader: Loader | Job,
        text: str = mark("Loading the data…"),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.text = say(QLabel(self), text=text)
        self.bar = QProgressBar(self)
        self.bar.setRange(0, 0)
        self.loader = loader
        self.beat = QTimer(self)
        self.beat.setInterval(100)
        self.beat.timeout.connect(self._follow)
        self.bar.setTextVisible(False)
        self.stop = say(QPushButton(self), text=mark("Cancel"))
        self.stop.clicked.connect(loader.cancel)
        row = QHBoxLayout()
        row.addWidget(self.text, 1)
        row.addWidget(self.stop)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 6, 8)
        column.addLayout(row)
        column.addWidget(self.bar)
        self.hide()
        loader.busy_changed.connect(self._show)

    @Slot(bool)
    def _show(self, busy: bool) -> None:
        self.bar.setRange(0, 0)
        self.setVisible(busy)
        if busy:
            self.beat.start()
        else:
            self.beat.stop()

    @Slot()
    def _follow(self) -> None:
        """The bar moves back and forth until there is progress to tell."""
        if self.loader.share > 0:
            self.bar.setRange(0, 1000)
            self.bar.setValue(round(self.loader.share * 1000))


class DataBar(QScrollArea):
    """Tabs, the page of the chosen tab, and the layer palette; scrolls when it is too long."""

    refused = Signal(object)  # StudioError
    sample_offered = Signal(object)  # TooLarge: a sample would fit
    open_wanted = Signal()
    folder_wanted = Signal()
    symbols_wanted = Signal()
    data_wanted = Signal()  # the data page
    layer_chosen = Signal(str)
    setup_opened = Signal()  # a preset is in place

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.loader = Loader(self)
        self.loader.loaded.connect(self._loaded)
        self.loader.failed.connect(self._failed)
        self.looks = Job("nnstudio-look", self)
        self.looks.finished.connect(self._looked)
        self.looks.failed.connect(self._refused)
        self._fits = 0
        groups = datasets_by_group()
        self.tabs = SegmentedTabs(
            {name: GROUPS[name] for name in groups}, mark("Kind of data"), helps=GROUP_HELPS
        )
        self.tabs.chosen.connect(self._show_page)
        self.pages: dict[str, PlanePage | ImagesPage | TablesPage] = {}
        if "2-D" in groups:
            self.pages["2-D"] = PlanePage(document, groups["2-D"])
        if "Images" in groups:
            images = ImagesPage(document, self.loader, groups["Images"])
            images.folder_wanted.connect(self.folder_wanted)
            images.symbols_wanted.connect(self.symbols_wanted)
            self.pages["Images"] = images
        if "Tables" in groups:
            tables = TablesPage(document, self.loader, groups["Tables"])
            self.pages["Tables"] = tables
        self.hint = LoadingHint(self.loader)
        self.palette_box = LayerPalette()
        self.palette_box.chosen.connect(self.layer_chosen)
        self.palette_box.search.textEdited.connect(self._searched)
        inside = QWidget()
        inside.setObjectName("column")
        inside.setMinimumWidth(1)  # never wider than the column: what is too wide is squeezed
        column = QVBoxLayout(inside)
        self.column = column
        column.setContentsMargins(MARGIN, 12, MARGIN, 12)
        column.setSpacing(12)
        column.addWidget(self.tabs)
        column.addWidget(self.hint)
        for page in self.pages.values():
            page.refused.connect(self._failed)
            if not isinstance(page, PlanePage):
                page.open_wanted.connect(self.open_wanted)
                page.data_wanted.connect(self.data_wanted)
            column.addWidget(page)
        column.addWidget(self.palette_box)
        column.addStretch(1)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumWidth(206)
        self.verticalScrollBar().rangeChanged.connect(self._make_room)
        document.changed.connect(self._follow)
        self._show_group(document.setup.dataset.group)

    @Slot(int, int)
    def _make_room(self, least: int, most: int) -> None:
        """The scroll bar takes its place from the margin, so that nothing moves when it comes."""
        bar = self.verticalScrollBar().sizeHint().width() if most > least else 0
        self.column.setContentsMargins(MARGIN, 12, MARGIN - bar, 12)

    @Slot()
    def _searched(self) -> None:
        QTimer.singleShot(0, self, self._show_found)  # once they are in their places

    @Slot()
    def _show_found(self) -> None:
        """Bring what a search found into sight, and above all the field that one types into."""
        self.ensureWidgetVisible(self.palette_box, 0, MARGIN)
        self.ensureWidgetVisible(self.palette_box.search, 0, MARGIN)

    def stop(self) -> None:
        """End the loader's threads."""
        self.hint.beat.stop()
        self.looks.stop()
        self.loader.stop()

    def open_setup(self, setup: Setup, text: str) -> None:
        """Put a whole setup, such as a preset, in place as soon as its data is there."""
        self.loader.load(Request(setup.dataset, text, setup=setup))

    def add_hint(self, job: Job, text: str) -> LoadingHint:
        """Show another job's progress here."""
        hint = LoadingHint(job, text)
        self.column.insertWidget(self.column.indexOf(self.hint) + 1, hint)
        return hint

    def open_path(self, path: str) -> None:
        """Look at a file or folder beside the window, then ask what to predict, or load it."""
        self.looks.start(path, partial(first_look, path), path)

    @Slot(object, object)
    def _looked(self, path: str, raw: Raw) -> None:
        if isinstance(raw, RawTable):
            self._show_group("Tables")
            page = self.pages["Tables"]
            assert isinstance(page, TablesPage)
            page.ask(path, raw)
            self.ensureWidgetVisible(page.chooser)
            return
        dataset = registry.from_json(Dataset, {"type": "OwnImages.v1", "path": path})
        self.loader.load(Request(dataset, tr("Data: {name}", name=raw.name)))

    @Slot(object, object)
    def _refused(self, path: str, error: StudioError) -> None:
        self._failed(error)

    @Slot()
    def take_sample(self) -> None:
        """Load what was too large once more, as many rows of it as fit."""
        request = self.loader.request
        if request is None or self._fits < 1:
            return
        recipe = request.dataset.recipe.with_values(sample=self._fits)  # type: ignore[attr-defined]
        dataset = request.dataset.with_recipe(recipe)  # type: ignore[attr-defined]
        self.loader.load(replace(request, dataset=dataset))

    def _show_group(self, group: str) -> None:
        if group in self.pages:
            self.tabs.choose(group)
            self._show_page(group)

    @Slot(str)
    def _show_page(self, group: str) -> None:
        for name, page in self.pages.items():
            page.setVisible(name == group)

    @Slot(object, object)
    def _follow(self, before: Setup, after: Setup) -> None:
        if before.dataset == after.dataset:
            return
        for page in self.pages.values():
            page.follow()
        if before.dataset.group != after.dataset.group:
            self._show_group(after.dataset.group)

    @Slot(object, object)
    def _loaded(self, request: Request, data: Data) -> None:
        try:
            put_data(self.document, request, data)
        except StudioError as error:
            self._failed(error)
            return
        if request.setup is not None:
            self.setup_opened.emit()

    @Slot(object)
    def _failed(self, error: StudioError) -> None:
        for page in self.pages.values():
            page.follow()
        if isinstance(error, TooLarge) and error.fits:
            self._fits = error.fits
            self.sample_offered.emit(error)
        else:
            self.refused.emit(error)
