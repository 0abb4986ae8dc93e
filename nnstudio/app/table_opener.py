"""Choosing a table: in a file dialog that stops nothing, or by dropping it on the window."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from nnstudio.core.text import tr

ENDINGS = (".csv", ".tsv", ".txt")


class TableOpener(QObject):
    """``chosen`` carries the path of a table."""

    chosen = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.window = window
        self.dialog: QFileDialog | None = None

    @Slot()
    def open(self) -> None:
        """Show the dialog; the window stays usable meanwhile."""
        if self.dialog is None:
            self.dialog = QFileDialog(self.window)
            self.dialog.setModal(False)
            self.dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
            self.dialog.fileSelected.connect(self.chosen)
        self.dialog.setWindowTitle(tr("Open a table"))
        endings = " ".join(f"*{ending}" for ending in ENDINGS)
        self.dialog.setNameFilters([tr("Tables ({endings})", endings=endings), tr("All files (*)")])
        self.dialog.show()

    def dropped(self, event: QDropEvent) -> str:
        """The path of the table that is dragged; empty if it is anything else."""
        urls = event.mimeData().urls()
        path = urls[0].toLocalFile() if len(urls) == 1 else ""
        return path if path.lower().endswith(ENDINGS) else ""
