"""The gallery of architectures: one click puts a known network in place, undo takes it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Slot
from PySide6.QtWidgets import QPushButton

from nnstudio.app.entry import Entry
from nnstudio.app.feature import Feature, feature
from nnstudio.app.i18n import say
from nnstudio.core.text import StudioError, mark, tr

if TYPE_CHECKING:
    from nnstudio.app.palettes.gallery_box import GalleryBox
    from nnstudio.core.editing.gallery import Architecture

#: Pixels between the “+” of an empty canvas and the button beside it.
AWAY = 16


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
        self._place_link()

    def _place_link(self) -> None:
        """Beside the “+” of the empty canvas; where that is narrow beside the input's units, or
        below everything."""
        canvas, link = self.window.canvas, self.link
        layout = canvas.layout_now
        if len(self.window.document.setup.network.nodes) > 1 or not layout.inserts:
            link.hide()
            return
        link.adjustSize()
        beside = canvas.view_rect(layout.inserts[0].box)
        x = beside.right() + AWAY
        y = beside.center().y() - link.height() // 2
        if x + link.width() > canvas.width() - AWAY:
            boxes = [*layout.cards.values(), *layout.notes.values(), *layout.blocks.values()]
            units = [canvas.view_rect(box) for many in layout.units.values() for box in many]
            x = max((unit.right() for unit in units), default=canvas.width()) + AWAY
            if x + link.width() <= canvas.width() - AWAY // 2:
                y = (units[0].top() + units[-1].bottom() - link.height()) // 2
            else:
                x = (canvas.width() - link.width()) // 2
                bottoms = [canvas.view_rect(box).bottom() for box in boxes]
                y = max(*bottoms, *(unit.bottom() for unit in units)) + 2 * AWAY
                y = min(y, round(canvas.height() - canvas.reserved()) - link.height() - AWAY // 2)
        link.setVisible(y + link.height() < canvas.height() - canvas.reserved())
        if link.pos() != QPoint(x, y):
            link.move(x, y)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """It stays where the “+” is."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LanguageChange, QEvent.Type.Paint):
            self._place_link()
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
