"""Recording training as an animated GIF or WebP, or as a folder of frames."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from nnstudio.app.entry import Entry
from nnstudio.app.feature import Feature, feature
from nnstudio.app.time.film import Film
from nnstudio.app.time.record_box import RecordBox
from nnstudio.app.widgets.file_dialog import FileDialog
from nnstudio.core.text import mark, tr


@feature
class Recording(Feature):
    """Frames are grabbed when something new shows; encoding never holds the window up."""

    name = "recording"
    order = 60
    entries = (
        Entry("record", mark("Record training…"), "open", "Ctrl+Alt+R", menu="View",
              rule=True),
    )  # fmt: skip

    box: RecordBox | None = None
    film: Film | None = None
    dialog: QFileDialog | None = None

    def start(self) -> None:
        """Two timers: one grabs, one waits for the encoder."""
        self._seen = 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._grab)
        self._waiter = QTimer(self)
        self._waiter.setInterval(100)
        self._waiter.timeout.connect(self._wait)

    def stop(self) -> None:
        """What has been recorded is written."""
        self._timer.stop()
        self._waiter.stop()
        if self.film is not None:
            self.film.finish()
            self.film.join()
        if self.box is not None:
            self.box.hide()

    @Slot()
    def open(self) -> None:
        """Show the choices."""
        if self.box is None:
            self.box = RecordBox(self.window)
            self.box.start_wanted.connect(self._ask)
            self.box.stop_wanted.connect(self.end)
        if self.film is None:
            self.box.offer(self._parts())
        self.box.open()

    def _parts(self) -> dict[str, str]:
        parts = {"window": tr("the window"), "network": tr("the network")}
        for name, frame in self.window.area.frames.items():
            if frame.panel.isVisible():
                parts[name] = tr(frame.panel.title)
        return parts

    def _part(self, name: str) -> QWidget:
        window = self.window
        if name == "window":
            return window
        frame = window.area.frames.get(name)
        return window.stage if frame is None else frame.panel

    @Slot()
    def _ask(self) -> None:
        """Where to."""
        assert self.box is not None
        self.dialog = FileDialog(self.window)
        form = self.box.form.currentData()
        if form != "frames":
            self.dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            self.dialog.setDefaultSuffix(form)
            self.dialog.selectFile(f"training.{form}")
        else:
            self.dialog.setFileMode(QFileDialog.FileMode.Directory)
        self.dialog.fileSelected.connect(self.record_to)
        self.dialog.open()

    @Slot(str)
    def record_to(self, path: str) -> None:
        """Begin."""
        box = self.box
        if box is None or self.film is not None:
            return
        rate = int(box.rate.currentData())
        self.film = Film(
            Path(path), form=box.form.currentData(), rate=rate,
            width=int(box.width_box.currentData()),
        )  # fmt: skip
        self._seen = 0
        self._timer.start(round(1000 / rate))
        self._tell()

    @Slot()
    def _grab(self) -> None:
        """A frame, if something new shows."""
        film, shown, box = self.film, self.window.bridge.shown, self.box
        if film is None or shown is None or box is None:
            return
        if shown.sequence != self._seen:
            self._seen = shown.sequence
            film.add(self._part(box.what.currentData()).grab().toImage())
        if film.full or film.done:
            self.end()
        else:
            self._tell()

    def _tell(self) -> None:
        if self.film is not None and self.box is not None:
            words = tr("{n} frames. Train, or look back, to record.", n=self.film.frames)
            self.box.show_recording(True, words)

    @Slot()
    def end(self) -> None:
        """No more frames; write what there is."""
        self._timer.stop()
        if self.film is not None:
            self.film.finish()
            self._waiter.start()

    @Slot()
    def _wait(self) -> None:
        film = self.film
        if film is None or not film.done:
            return
        self._waiter.stop()
        self.film = None
        if film.error is not None:
            self.window.notice.show_error(film.error)
        elif film.frames:
            self.window.notice.show_text(mark("The recording is saved."), "good")
        if self.box is not None:
            self.box.show_recording(False, tr("{n} frames saved.", n=film.frames))
