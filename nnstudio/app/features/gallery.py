"""The gallery of architectures: one click puts a known network in place, undo takes it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from nnstudio.app.entry import Entry
from nnstudio.app.feature import Feature, feature
from nnstudio.core.text import StudioError, mark, tr

if TYPE_CHECKING:
    from nnstudio.app.gallery_box import GalleryBox
    from nnstudio.core.gallery import Architecture


@feature
class Gallery(Feature):
    """One box, made when it is first asked for."""

    name = "gallery"
    order = 20
    entries = (
        Entry("gallery", mark("Architectures…"), "open_box", "Ctrl+G", menu="Network",
              help=mark("Well-known networks, fitted to the present data (Ctrl+G)")),
    )  # fmt: skip

    box: GalleryBox | None = None

    @Slot()
    def open_box(self) -> None:
        """Show the cards; once more hides them."""
        from nnstudio.app.gallery_box import GalleryBox

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
