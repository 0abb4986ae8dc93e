"""Choosing data: in a file dialog that stops nothing, by dropping it, or by pasting it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from nnstudio.app.widgets.file_dialog import FileDialog
from nnstudio.core.text import StudioError, mark, tr

#: A pasted table may be so long.
MOST_PASTED = 50_000_000


def dropped_path(mime: QMimeData) -> str:
    """The one file or folder of this computer that is dragged or copied; else empty."""
    urls = mime.urls() if mime.hasUrls() else []
    path = urls[0].toLocalFile() if len(urls) == 1 else ""
    return path if path and Path(path).exists() else ""


class DataOpener(QObject):
    """``chosen`` carries the path of a file or folder."""

    chosen = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.window = window
        self.dialog: QFileDialog | None = None
        self.folder_dialog: QFileDialog | None = None

    @Slot()
    def open(self) -> None:
        """Show the dialog for files; the window stays usable meanwhile."""
        from nnstudio.core.sources.reading import endings

        if self.dialog is None:
            self.dialog = self._made(QFileDialog.FileMode.ExistingFile)
        self.dialog.setWindowTitle(tr("Open data"))
        patterns = " ".join(f"*{ending}" for ending in endings())
        self.dialog.setNameFilters([tr("Data ({endings})", endings=patterns), tr("All files (*)")])
        self.dialog.show()

    @Slot()
    def open_folder(self) -> None:
        """Show the dialog for folders of images."""
        if self.folder_dialog is None:
            self.folder_dialog = self._made(QFileDialog.FileMode.Directory)
            self.folder_dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        self.folder_dialog.setWindowTitle(tr("Open a folder of images"))
        self.folder_dialog.show()

    def _made(self, mode: QFileDialog.FileMode) -> QFileDialog:
        dialog = FileDialog(self.window)
        dialog.setModal(False)
        dialog.setFileMode(mode)
        dialog.fileSelected.connect(self.chosen)
        return dialog

    def pasted(self, text: str) -> str:
        """Keep the text of a table, such as cells copied from a spreadsheet, as a file and give
        its path; raises ``StudioError`` if it is no table."""
        rows = [row for row in text.splitlines() if row.strip()]
        if len(rows) < 2 or len(text) > MOST_PASTED:
            raise StudioError(
                mark(
                    "The clipboard holds no table. Copy cells with their column names, a picture, "
                    "or a file."
                )
            )
        from platformdirs import user_data_path

        data = text.encode("utf-8")
        folder = user_data_path("nnstudio", appauthor=False) / "pasted"
        path = folder / f"{tr('pasted')}-{hashlib.sha256(data).hexdigest()[:8]}.txt"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        except OSError as error:
            raise StudioError(
                mark("The pasted table could not be kept in {folder}: {reason}."),
                folder=str(folder),
                reason=error.strerror or str(error),
            ) from None
        return str(path)
