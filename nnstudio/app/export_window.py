"""Choosing a format, its options and a file for a network; a small window beside the work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QSize, QStandardPaths, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QKeyEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from nnstudio.app.forms import SpecForm
from nnstudio.app.i18n import say
from nnstudio.app.widgets.file_dialog import FileDialog
from nnstudio.core import fields
from nnstudio.core.exchange.formats import Exporter
from nnstudio.core.text import StudioError, listed, mark, tr
from nnstudio.engine.exporting import exporters


class ExportWindow(QWidget):
    """``wanted(exporter, path)`` when something is to be written."""

    wanted = Signal(object, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Dialog)
        say(self, name=mark("Export"))
        self.formats: list[Exporter] = [cls() for cls in exporters()]
        self.folder = ""
        self.stem = "network"
        self.typed = False  # whether the person has given the file's name
        self.form: SpecForm | None = None
        self.dialog: QFileDialog | None = None
        self.list = say(QListWidget(self), name=mark("Format"))
        self.list.setFixedWidth(232)
        self.list.setSpacing(1)
        for made in self.formats:
            self.list.addItem(QListWidgetItem(made.name))
        self.list.currentRowChanged.connect(self._show_format)
        self.title = QLabel(self)
        self.title.setProperty("role", "title")
        self.help = QLabel(self)
        self.help.setWordWrap(True)
        self.help.setProperty("role", "caption")
        self.place = QVBoxLayout()
        self.file = say(QLineEdit(self), name=mark("File"))
        self.file.textEdited.connect(self._name_typed)
        self.file.returnPressed.connect(self._export)
        self.browse = say(QPushButton(self), text=mark("Choose…"))
        self.browse.clicked.connect(self._browse)
        self.beside = QLabel(self)
        self.beside.setWordWrap(True)
        self.beside.setProperty("role", "caption")
        self.told = QLabel(self)
        self.told.setWordWrap(True)
        self.told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.open_folder = say(QPushButton(self), text=mark("Open the folder"))
        self.open_folder.clicked.connect(self._open_folder)
        self.open_folder.hide()
        self.close_button = say(QPushButton(self), text=mark("Close"))
        self.close_button.clicked.connect(self.hide)
        self.export = say(QPushButton(self), text=mark("Export"))
        self.export.setProperty("role", "primary")
        self.export.clicked.connect(self._export)
        self._lay_out()
        self._tell()
        self.list.setCurrentRow(0)

    def _lay_out(self) -> None:
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(self.title)
        right.addWidget(self.help)
        right.addLayout(self.place)
        right.addStretch(1)
        label = say(QLabel(self), text=mark("File"))
        label.setProperty("role", "caption")
        label.setBuddy(self.file)
        right.addWidget(label)
        line = QHBoxLayout()
        line.addWidget(self.file, 1)
        line.addWidget(self.browse)
        right.addLayout(line)
        right.addWidget(self.beside)
        right.addWidget(self.told)
        buttons = QHBoxLayout()
        buttons.addWidget(self.open_folder)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.export)
        right.addSpacing(4)
        right.addLayout(buttons)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 16, 16, 16)
        row.setSpacing(18)
        row.addWidget(self.list)
        row.addLayout(right, 1)
        self.setMinimumSize(660, 400)

    def sizeHint(self) -> QSize:
        """Room for every format's options."""
        return QSize(740, 440)

    def _tell(self) -> None:
        self.setWindowTitle(tr("Export"))
        for row, made in enumerate(self.formats):
            self.list.item(row).setText(tr(made.label))
            self.list.item(row).setToolTip(tr(made.help))
        self._tell_format()

    def _tell_format(self) -> None:
        row = self.list.currentRow()
        if row >= 0:
            made = self.formats[row]
            self.title.setText(tr(made.label))
            self.help.setText(tr(made.help))
            self._tell_beside()

    def _tell_beside(self) -> None:
        made: Any = self.formats[self.list.currentRow()]
        stem = Path(self.file.text()).stem
        beside = []
        if getattr(made, "weights", made.name == "numpy"):
            beside.append(f"{stem}.safetensors")
        if getattr(made, "data", False):
            beside.append(f"{stem}-data.npz")
        more = made.name != "safetensors" and bool(beside)
        self.beside.setText(tr("Beside it: {names}", names=listed(beside)) if more else "")

    def changeEvent(self, event: QEvent) -> None:
        """Titles follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._tell()
        super().changeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    # --- from outside ---

    def ask(self, stem: str, folder: str = "") -> None:
        """Show it in front, with a name to begin with."""
        documents = QStandardPaths.StandardLocation.DocumentsLocation
        home = QStandardPaths.writableLocation(documents) or str(Path.home())
        self.folder = folder or self.folder or home
        self.stem = stem
        self.typed = False
        self._show_path()
        self.show_told("")
        self.show()
        self.raise_()
        self.activateWindow()
        self.list.setFocus()

    def show_busy(self, busy: bool) -> None:
        """While something is written, nothing else is begun."""
        self.export.setEnabled(not busy)
        if busy:
            self.show_told(tr("Writing…"))

    def show_told(self, text: str, written: bool = False) -> None:
        """Say what was written, or what went wrong."""
        self.told.setText(text)
        self.told.setVisible(bool(text))
        self.open_folder.setVisible(written)

    # --- what people do ---

    @Slot(int)
    def _show_format(self, row: int) -> None:
        if self.form is not None:
            self.place.removeWidget(self.form)
            self.form.hide()
            self.form.deleteLater()
            self.form = None
        made = self.formats[row]
        if fields.fields_of(made):
            self.form = SpecForm(made, self)
            self.form.edited.connect(self._set_option)
            self.form.refused.connect(self._refuse)
            self.place.addWidget(self.form)
        self._show_path()
        self._tell_format()
        self.show_told("")

    def _show_path(self) -> None:
        made = self.formats[self.list.currentRow()]
        if self.typed:
            path = Path(self.file.text()).with_suffix(made.extension)
        else:
            path = Path(self.folder) / f"{self.stem}{made.extension}"
        self.file.setText(str(path))
        self._tell_beside()

    @Slot(str, object)
    def _set_option(self, name: str, value: Any) -> None:
        row = self.list.currentRow()
        self.formats[row] = fields.changed(self.formats[row], **{name: value})
        assert self.form is not None
        self.form.show_spec(self.formats[row])
        self._tell_beside()

    @Slot(object)
    def _refuse(self, error: StudioError) -> None:
        self.show_told(str(error))

    @Slot()
    def _name_typed(self) -> None:
        self.typed = True
        self._tell_beside()

    @Slot()
    def _browse(self) -> None:
        if self.dialog is None:
            self.dialog = FileDialog(self)
            self.dialog.setModal(False)
            self.dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            self.dialog.fileSelected.connect(self._choose)
        made = self.formats[self.list.currentRow()]
        self.dialog.setWindowTitle(tr("Export"))
        self.dialog.setNameFilters([f"{tr(made.label)} (*{made.extension})"])
        self.dialog.setDefaultSuffix(made.extension.removeprefix("."))
        self.dialog.selectFile(self.file.text())
        self.dialog.show()

    @Slot(str)
    def _choose(self, path: str) -> None:
        self.file.setText(path)
        self.folder = str(Path(path).parent)
        self.typed = True
        self._tell_beside()

    @Slot()
    def _export(self) -> None:
        path = self.file.text().strip()
        if not path or not self.export.isEnabled():
            return
        made = self.formats[self.list.currentRow()]
        if not Path(path).suffix:
            path += made.extension
            self.file.setText(path)
        self.wanted.emit(made, path)

    @Slot()
    def _open_folder(self) -> None:
        folder = str(Path(self.file.text()).parent)
        QDesktopServices.openUrl(QUrl.fromLocalFile(folder))
