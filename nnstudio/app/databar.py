"""The left column: the data that the network learns, and the layers to build it from."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
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

from nnstudio.app.data_change import Loader, Request, put_data
from nnstudio.app.document import Document
from nnstudio.app.i18n import say
from nnstudio.app.images_page import ImagesPage
from nnstudio.app.layer_palette import LayerPalette
from nnstudio.app.plane_page import PlanePage
from nnstudio.app.tables_page import TablesPage
from nnstudio.app.widgets.segmented import SegmentedTabs
from nnstudio.core import registry
from nnstudio.core.contracts import Dataset
from nnstudio.core.data import Data
from nnstudio.core.setup import Setup
from nnstudio.core.text import StudioError, mark

GROUPS = {"2-D": mark("2-D"), "Images": mark("Images"), "Tables": mark("Tables")}
MARGIN = 14


def datasets_by_group() -> dict[str, list[type[Dataset]]]:
    """All kinds of data sets by the tab that shows them, in order."""
    groups: dict[str, list[type[Dataset]]] = {}
    found = [cls for cls in registry.table(Dataset).values() if not cls.own]
    for cls in sorted(found, key=lambda one: getattr(one, "order", 100)):
        groups.setdefault(cls.group, []).append(cls)
    return {name: groups[name] for name in GROUPS if name in groups}


class LoadingHint(QFrame):
    """Says that data is on its way, and can stop it."""

    def __init__(self, loader: Loader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.text = say(QLabel(self), text=mark("Loading the data…"))
        self.bar = QProgressBar(self)
        self.bar.setRange(0, 0)
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
        loader.busy_changed.connect(self.setVisible)


class DataBar(QScrollArea):
    """Tabs, the page of the chosen tab, and the layer palette; scrolls when it is too long."""

    refused = Signal(object)  # StudioError
    open_wanted = Signal()
    layer_chosen = Signal(str)
    setup_opened = Signal()  # a preset is in place

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.loader = Loader(self)
        self.loader.loaded.connect(self._loaded)
        self.loader.failed.connect(self._failed)
        groups = datasets_by_group()
        self.tabs = SegmentedTabs({name: GROUPS[name] for name in groups}, mark("Kind of data"))
        self.tabs.chosen.connect(self._show_page)
        self.pages: dict[str, PlanePage | ImagesPage | TablesPage] = {}
        if "2-D" in groups:
            self.pages["2-D"] = PlanePage(document, groups["2-D"])
        if "Images" in groups:
            self.pages["Images"] = ImagesPage(document, self.loader, groups["Images"])
        if "Tables" in groups:
            tables = TablesPage(document, self.loader, groups["Tables"])
            tables.open_wanted.connect(self.open_wanted)
            self.pages["Tables"] = tables
        self.hint = LoadingHint(self.loader)
        self.palette_box = LayerPalette()
        self.palette_box.chosen.connect(self.layer_chosen)
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

    def stop(self) -> None:
        """End the loader's threads."""
        self.loader.stop()

    def open_setup(self, setup: Setup, text: str) -> None:
        """Put a whole setup, such as a preset, in place as soon as its data is there."""
        self.loader.load(Request(setup.dataset, text, setup=setup))

    def ask_for_target(self, path: str) -> None:
        """Show the Tables page and ask which column of a file to predict."""
        self._show_group("Tables")
        page = self.pages["Tables"]
        assert isinstance(page, TablesPage)
        page.ask(path)
        self.ensureWidgetVisible(page.chooser)

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
        self.refused.emit(error)
