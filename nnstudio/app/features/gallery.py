"""The gallery of architectures: one click puts a known network in place, undo takes it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtWidgets import QPushButton

from nnstudio.app.entry import Entry
from nnstudio.app.feature import Feature, feature
from nnstudio.app.i18n import say
from nnstudio.core.text import StudioError, mark, tr

if TYPE_CHECKING:
    from nnstudio.app.palettes.gallery_box import GalleryBox
    from nnstudio.core.editing.gallery import Architecture

#: Pixels between the input's card and the offer beside it, and from the edge.
BESIDE, MARGIN = 60, 12


@feature
class Gallery(Feature):
    """One box, made when it is first asked for."""

    name = "gallery"
    order = 20
    entries = (
        Entry("gallery", mark("Architectures…"), "open_box", "Ctrl+J", menu="Network",
              help=mark("Well-known networks, fitted to the present data (Ctrl+J)")),
    )  # fmt: skip

    box: GalleryBox | None = None

    def start(self) -> None:
        """An empty canvas leads here, too."""
        canvas = self.window.canvas
        self.link = say(QPushButton(canvas), text=mark("Choose an architecture…"))
        self.link.setCursor(Qt.CursorShape.PointingHandCursor)
        self.link.clicked.connect(self.open_box)
        canvas.installEventFilter(self)
        self.window.document.changed.connect(self._show_link)
        self._show_link()

    @Slot()
    def _show_link(self) -> None:
        """Offer the gallery where there is nothing but the input."""
        self.link.setVisible(len(self.window.document.setup.network.nodes) == 1)
        self.link.adjustSize()
        canvas = self.window.canvas
        middle = (canvas.width() - self.link.width()) // 2
        right = [canvas.view_rect(box).right() for box in canvas.layout_now.cards.values()]
        left = max([middle, *(edge + BESIDE for edge in right)])  # never on the input's units
        left = min(left, canvas.width() - self.link.width() - MARGIN)
        self.link.move(left, round(canvas.height() * 0.42))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """It stays in the middle."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LanguageChange):
            self._show_link()
        return False

    @Slot()
    def open_box(self) -> None:
        """Show the cards; once more hides them."""
        from nnstudio.app.palettes.gallery_box import GalleryBox

        if self.box is None:
            self.box = GalleryBox(self.window)
            self.box.chosen.connect(self.put)
        if self.box.isHidden():
            self.box.open_over(self.window.document.data)
        else:
            self.box.close_popup()

    @Slot(object)
    def put(self, architecture: Architecture) -> None:
        """Put an architecture in place; where the present data cannot feed it, with data that
        can."""
        document = self.window.document
        text = tr("Architecture: {name}", name=tr(architecture.label))
        if architecture.suits(document.data):
            try:
                after = architecture.setup(document.setup, document.data)
            except StudioError as error:
                self.window.notice.show_error(error)
                return
            document.edit(text, after)
            self.window.canvas.select(None)
            return
        from nnstudio.core import registry
        from nnstudio.core.contracts import Dataset
        from nnstudio.core.setup import preset

        dataset = registry.find(Dataset, architecture.dataset)()
        setup = preset(architecture.preset).with_dataset(dataset)
        setup = setup.with_network(architecture.example())
        self.window.databar.open_setup(setup, text)
        self.window.notice.show_text(
            mark("This network needs other data than yours, so its own is opened. Undo goes back.")
        )
