"""The one door for data: a file or folder that is dropped, chosen or pasted, cells or a picture
from the clipboard; and a sample where all of it is too much."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QMimeData, Slot
from PySide6.QtGui import QGuiApplication

from nnstudio.app.data.data_opener import dropped_path
from nnstudio.app.entry import Entry
from nnstudio.app.feature import Feature, feature
from nnstudio.core.text import StudioError, mark


@feature
class Opening(Feature):
    """Asked last: whatever no other feature knows is taken for data, and its content decides."""

    name = "opening"
    order = 900
    entries = (
        Entry("open_folder", mark("Open a folder of images…"), "open_folder", menu="File",
              before="predict_file"),
        Entry("paste_data", mark("Paste data"), "paste", "Ctrl+V", menu="Edit",
              help=mark("Cells of a spreadsheet, a picture, or a copied file (Ctrl+V)")),
    )  # fmt: skip

    def start(self) -> None:
        """Offer samples."""
        self.window.databar.sample_offered.connect(self.offer_sample)
        self.window.canvas.data_pasted.connect(self.paste)

    def opens(self, path: str) -> bool:
        """Look at it beside the window."""
        self.window.databar.open_path(path)
        return True

    @Slot()
    def open_folder(self) -> None:
        """Choose a folder."""
        self.window.opener.open_folder()

    @Slot(object)
    def offer_sample(self, error: StudioError) -> None:
        """Say what is too much, with a way on."""
        take: dict[str, Callable[[], object]] = {
            mark("Take a sample"): self.window.databar.take_sample
        }
        self.window.notice.offer(error, take, "warning")

    @Slot()
    def paste(self) -> None:
        """Open what was copied: a file, a picture for the digit pad, or the cells of a table."""
        window = self.window
        # An empty clipboard has no data at all.
        found = QGuiApplication.clipboard().mimeData() or QMimeData()
        path = dropped_path(found)
        pad = window.area.frames.get("pad")
        if path:
            window.open_path(path)
        elif found.hasImage() and pad is not None and pad.panel.isVisible():
            pad.panel.paste()  # type: ignore[attr-defined]
        else:
            try:
                window.open_path(window.opener.pasted(found.text()))
            except StudioError as error:
                window.notice.show_error(error)
