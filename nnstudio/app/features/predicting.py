"""Predict many: a file in, a file with predictions and probabilities out, beside the window."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog

from nnstudio.app.entry import Entry
from nnstudio.app.feature import Feature, feature
from nnstudio.app.job import Job
from nnstudio.app.widgets.file_dialog import FileDialog
from nnstudio.core.text import StudioError, mark, tr


@feature
class Predicting(Feature):
    """The network as it is at this moment predicts; training goes on."""

    name = "predicting"
    order = 40
    entries = (
        Entry(
            "predict_file", mark("Predict a file…"), "choose", menu="File", before="quit",
            rule=True,
            help=mark("Reads rows or images, and writes what the network predicts for each"),
        ),
    )  # fmt: skip

    def start(self) -> None:
        """A job, and its progress in the data column."""
        window = self.window
        self.job = Job("nnstudio-predict", self)
        self.job.finished.connect(self._written)
        self.job.failed.connect(self._failed)
        self.hint = window.databar.add_hint(self.job, mark("Predicting…"))
        self.source: QFileDialog | None = None
        self.target: QFileDialog | None = None
        self.path = ""

    @Slot()
    def choose(self) -> None:
        """Ask for the file to predict; the window stays usable meanwhile."""
        from nnstudio.core.sources.reading import endings

        if self.window.session.latest is None:
            error = StudioError(mark("The network is not ready yet. Try again in a moment."))
            self.window.notice.show_error(error)
            return
        if self.source is None:
            self.source = FileDialog(self.window)
            self.source.setModal(False)
            self.source.setFileMode(QFileDialog.FileMode.ExistingFile)
            self.source.fileSelected.connect(self.ask_target)
        self.source.setWindowTitle(tr("Predict a file"))
        patterns = " ".join(f"*{ending}" for ending in endings())
        self.source.setNameFilters([tr("Data ({endings})", endings=patterns), tr("All files (*)")])
        self.source.show()

    @Slot(str)
    def ask_target(self, path: str) -> None:
        """Ask where the predictions go: beside the file, unless somebody says otherwise."""
        from nnstudio.engine.answers import WRITERS

        self.path = path
        if self.target is None:
            self.target = FileDialog(self.window)
            self.target.setModal(False)
            self.target.setFileMode(QFileDialog.FileMode.AnyFile)
            self.target.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            self.target.setDefaultSuffix("csv")
            self.target.fileSelected.connect(self.write)
        self.target.setWindowTitle(tr("Write the predictions"))
        patterns = " ".join(f"*{ending}" for ending in WRITERS)
        self.target.setNameFilters([tr("Data ({endings})", endings=patterns)])
        self.target.setDirectory(str(Path(path).parent))
        self.target.selectFile(f"{Path(path).stem}-{tr('predicted')}.csv")
        self.target.show()

    @Slot(str)
    def write(self, target: str) -> None:
        """Predict, beside the window, with the parameters that show."""
        from nnstudio.core.model import Model
        from nnstudio.engine.answers import predict_file

        document, shown = self.window.document, self.window.bridge.shown
        if shown is None:
            return
        try:
            model = Model.of(document.setup, document.data, shown.parameters)
        except StudioError as error:
            self.window.notice.show_error(error)
            return
        self.job.start(target, partial(predict_file, model, self.path, target), self.path)

    @Slot(object, object)
    def _written(self, target: str, found: dict[str, Any]) -> None:
        values = {"rows": f"{found['rows']:,}", "name": Path(target).name}
        if "accuracy" in found:
            message = StudioError(
                mark("{rows} predictions are in “{name}”; {percent} % of them are right."),
                percent=f"{found['accuracy'] * 100:.1f}",
                **values,
            )
        elif "r2" in found:
            message = StudioError(
                mark("{rows} predictions are in “{name}”; their R² is {fit}."),
                fit=f"{found['r2']:.3f}",
                **values,
            )
        else:
            message = StudioError(mark("{rows} predictions are in “{name}”."), **values)
        self.window.notice.offer(message, {}, "good")

    @Slot(object, object)
    def _failed(self, target: str, error: StudioError) -> None:
        self.window.notice.show_error(error)

    def stop(self) -> None:
        """No thread outlives the window."""
        self.hint.beat.stop()
        self.job.stop()
