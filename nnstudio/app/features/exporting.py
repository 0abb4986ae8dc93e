"""Export and import: a door to Keras, PyTorch, ONNX, the browser and paper."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Slot

from nnstudio.app.background import Background
from nnstudio.app.entry import Entry
from nnstudio.app.feature import Feature, feature
from nnstudio.core.text import StudioError, listed, mark, tr

if TYPE_CHECKING:
    from nnstudio.app.export_window import ExportWindow
    from nnstudio.app.import_window import ImportWindow
    from nnstudio.core.data import Data
    from nnstudio.core.exchange.formats import Exporter
    from nnstudio.core.exchange.imported import Reading
    from nnstudio.core.exchange.trained import Trained
    from nnstudio.core.project import State
    from nnstudio.core.setup import Setup

#: The most characters of a source that are shown.
MOST_SHOWN = 2_000_000


@feature
class Exporting(Feature):
    """Two small windows, made when they are first asked for."""

    name = "exporting"
    order = 60
    entries = (
        Entry("import", mark("Import a network…"), "ask_import", "Ctrl+I", menu="File",
              before="quit", help=mark("Keras or PyTorch source, or ONNX (Ctrl+I)")),
        Entry("export", mark("Export…"), "ask_export", "Ctrl+E", menu="File", before="quit",
              help=mark("Keras, PyTorch, NumPy, ONNX, HTML, pictures and more (Ctrl+E)")),
    )  # fmt: skip

    export_window: ExportWindow | None = None
    import_window: ImportWindow | None = None

    def start(self) -> None:
        """One thread for both windows, begun when it is needed."""
        self.work = Background("nnstudio-exporting", self)
        self._asked = 0

    def stop(self) -> None:
        """End the thread; what is being written is finished."""
        self.work.stop()
        for one in (self.export_window, self.import_window):
            if one is not None:
                one.close()

    # --- out ---

    @Slot()
    def ask_export(self) -> None:
        """Show the export window."""
        if self.export_window is None:
            from nnstudio.app.export_window import ExportWindow

            self.export_window = ExportWindow(self.window)
            self.export_window.wanted.connect(self.export)
        document = self.window.document
        name = document.title.rpartition(".")[0] or document.setup.name or document.data.name
        self.export_window.ask(re.sub(r"[^\w.-]+", "-", str(name)).strip("-.") or "network")

    def trained(self) -> Trained:
        """The network that shows, with the weights that show if they fit it."""
        from nnstudio.engine.exporting import trained
        from nnstudio.engine.keyframe import initial_parameters

        document, session = self.window.document, self.window.session
        setup, shown = document.setup, self.window.bridge.shown
        setup.network.check()
        shapes = {
            (node.id, p.name): p.shape
            for node in setup.network.nodes
            for p in setup.network.facts[node.id].parameters
        }
        if shown is not None and {k: v.shape for k, v in shown.parameters.items()} == shapes:
            curves = session.curves()
            if shown.past:
                curves = curves.where(curves.step <= shown.step)
            columns = {name: getattr(curves, name) for name in curves.__dataclass_fields__}
            return trained(
                setup, document.data, dict(shown.parameters), shown.step, shown.epoch, columns
            )
        first = initial_parameters(setup.network, setup.training.seed)
        return trained(setup, document.data, first)

    @Slot(object, str)
    def export(self, exporter: Exporter, path: str) -> None:
        """Write a format to a file, off the GUI thread."""
        assert self.export_window is not None
        try:
            model = self.trained()
        except StudioError as error:
            self.export_window.show_told(str(error))
            return
        self.export_window.show_busy(True)
        self.work.run(partial(exporter.write, model, Path(path)), self._written, self._unwritten)

    def _written(self, places: list[Path]) -> None:
        if self.export_window is not None:
            self.export_window.show_busy(False)
            names = listed(place.name for place in places)
            self.export_window.show_told(tr("Written: {names}", names=names), written=True)

    def _unwritten(self, error: StudioError) -> None:
        if self.export_window is not None:
            self.export_window.show_busy(False)
            self.export_window.show_told(str(error))

    # --- in ---

    @Slot()
    def ask_import(self) -> None:
        """Show the import window."""
        self._importer().ask()

    def _importer(self) -> ImportWindow:
        if self.import_window is None:
            from nnstudio.app.import_window import ImportWindow

            self.import_window = ImportWindow(self.window)
            self.import_window.changed.connect(self.read_text)
            self.import_window.file_chosen.connect(self.read_file)
            self.import_window.accepted.connect(self.use)
        return self.import_window

    def opens(self, path: str) -> bool:
        """Python sources and ONNX files are networks."""
        from nnstudio.core.exchange.importing import is_importable

        if not is_importable(path):
            return False
        self._importer().ask()
        self.read_file(path)
        return True

    @Slot(str)
    def read_text(self, text: str) -> None:
        """Read a pasted text; only the newest counts."""
        from nnstudio.core.exchange.importing import read_text

        self._asked += 1
        if not text.strip():
            self._importer().show_reading(None)
            return
        name = tr("pasted text")
        self.work.run(partial(read_text, text, name), partial(self._read, self._asked),
                      partial(self._unread, self._asked))  # fmt: skip

    @Slot(str)
    def read_file(self, path: str) -> None:
        """Read a file; a source is shown as well."""
        self._asked += 1
        self.work.run(partial(_look, path), partial(self._looked, self._asked),
                      partial(self._unread, self._asked))  # fmt: skip

    def _looked(self, number: int, found: tuple[str, Reading | None, StudioError | None]) -> None:
        if number == self._asked:
            text, reading, error = found
            self._importer().show_text(text)
            self._importer().show_reading(reading, error)

    def _read(self, number: int, reading: Reading) -> None:
        if number == self._asked:
            self._importer().show_reading(reading)

    def _unread(self, number: int, error: StudioError) -> None:
        if number == self._asked:
            self._importer().show_reading(None, error)

    @Slot(object)
    def use(self, reading: Reading) -> None:
        """Put an imported network in place, on data that it fits, as one edit."""
        document = self.window.document
        work = partial(_prepared, reading, document.setup, document.data)
        self.work.run(work, partial(self._put, reading), self.window.notice.show_error)

    def _put(self, reading: Reading, found: tuple[Setup, Data, State | None]) -> None:
        setup, data, state = found
        document = self.window.document
        name = tr("Import {name}", name=reading.name)
        fresh = data if data is not document.data else None
        self.window.session.pause()
        document.edit(name, setup, data=fresh)
        if state is not None:
            self.window.session.reopen(setup, data, state)
        if self.import_window is not None:
            self.import_window.hide()
        if reading.remarks:
            self.window.notice.show_text(tr(
                "The network is here; {n} things could not be read. File > Import shows them.",
                n=len(reading.remarks),
            ))  # fmt: skip


def _look(path: str) -> tuple[str, Any, StudioError | None]:
    """The text of a file (its name, if it is none), what was read, or why not."""
    from nnstudio.core.exchange.importing import read_file

    place = Path(path)
    text = f"# {place.name}"
    if place.suffix.lower() == ".py" and place.stat().st_size < MOST_SHOWN:
        text = place.read_text(encoding="utf-8", errors="replace")
    try:
        return text, read_file(path), None
    except StudioError as error:
        return text, None, error


def _prepared(reading: Reading, setup: Setup, data: Data) -> tuple[Setup, Data, Any]:
    """The setup, its data and, if weights came along, where training begins."""
    from nnstudio.core.exchange.importing import dataset_for, fits, setup_of, task_of
    from nnstudio.engine.importing import state_of

    if fits(reading, data) and task_of(reading) == data.task:
        dataset = setup.dataset
    else:
        dataset = dataset_for(reading, setup)
        data = dataset.load()
    made = setup_of(reading, dataset, data, setup)
    return made, data, state_of(reading, made, data) if reading.parameters else None
