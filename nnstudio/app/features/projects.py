"""Projects: new, open, save, recent files; the work is in one file, or kept for next time."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QProcess, QSize, Qt, Slot
from PySide6.QtGui import QAction, QIcon, QImage, QPixmap
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox
from shiboken6 import isValid

from nnstudio.app.background import Background
from nnstudio.app.entry import Entry
from nnstudio.app.feature import Feature, feature
from nnstudio.app.i18n import say
from nnstudio.app.recent import RecentFiles
from nnstudio.app.widgets.file_dialog import FileDialog
from nnstudio.core import project
from nnstudio.core.project import Project, State
from nnstudio.core.text import StudioError, mark, named, tr

PICTURE = QSize(320, 200)
ICON = QSize(64, 40)
#: Seconds that the training thread has to say where it stands.
WAIT_SECONDS = 30.0


@feature
class Projects(Feature):
    """The file that the window's work is kept in."""

    name = "projects"
    order = 5
    entries = (
        Entry("new", mark("New"), "new", "Ctrl+N", menu="File", before="open_csv",
              help=mark("Begin something new; what has work in it stays open (Ctrl+N)")),
        Entry("open_project", mark("Open project…"), "open_file", "Ctrl+Shift+O",
              menu="File", before="open_csv"),
        Entry("save", mark("Save"), "save", "Ctrl+S", menu="File", before="quit"),
        Entry("save_as", mark("Save as…"), "save_as", "Ctrl+Shift+S", menu="File", before="quit"),
        Entry("revert", mark("Revert to the saved file"), "revert", menu="File", before="quit"),
    )  # fmt: skip

    path: Path | None = None

    def start(self) -> None:
        """Everything is in its place: follow the document."""
        window = self.window
        self.work = Background("nnstudio-projects", self)
        self.recent = RecentFiles()
        self.notes = ""
        self.extra: dict[str, object] = {}
        self.saved_step = 0
        self.menu = say(QMenu(window), title=mark("Recent projects"))
        self.menu.aboutToShow.connect(self._fill_recent)
        self.menu.triggered.connect(self._open_recent)
        open_csv = window.actions_by_name["open_csv"]
        window.menus.menus["File"].insertMenu(open_csv, self.menu)
        window.menus.menus["File"].insertSeparator(window.actions_by_name["quit"])
        window.document.stack.cleanChanged.connect(self._show_modified)
        window.bridge.snapshot_changed.connect(self._show_modified)
        self._show_modified()

    def stop(self) -> None:
        """Finish writing."""
        self.work.stop()

    # --- what is modified ---

    @property
    def modified(self) -> bool:
        """Whether the file, or nothing if there is none, is older than the work."""
        if not self.window.document.stack.isClean():
            return True
        latest = self.window.session.latest
        step = 0 if latest is None else latest.step
        return self.path is not None and step != self.saved_step

    @Slot()
    def _show_modified(self) -> None:
        if not isValid(self.window.document.stack):  # its last word, at the end of the program
            return
        modified = self.modified
        if modified != self.window.isWindowModified():
            self.window.setWindowModified(modified)
            self.window.show_document()
        self.window.actions_by_name["revert"].setEnabled(self.path is not None and modified)

    # --- saving ---

    @Slot()
    def save(self) -> None:
        """Write the file; asks for a name the first time."""
        if self.path is None:
            self.save_as()
        else:
            self.save_to(self.path)

    @Slot()
    def save_as(self) -> None:
        """Ask for a file and write it."""
        folder = self.path.parent if self.path is not None else Path.home()
        name = self.path.name if self.path is not None else f"{self.title}{project.SUFFIX}"
        dialog = FileDialog(self.window, tr("Save as…"), str(folder), _filter())
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(project.SUFFIX[1:])
        dialog.selectFile(name)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.save_to)
        dialog.open()

    @property
    def title(self) -> str:
        """What the work is called."""
        document = self.window.document
        return document.title or named(document.data.name)

    @Slot(str)
    def save_to(self, path: Path | str) -> None:
        """Write all of the work to a file, beside the window; training goes on meanwhile."""
        file = Path(path)
        picture = self._picture()
        index = self.window.document.stack.index()
        setup, data = self.window.document.present
        notes, extra = self.notes, dict(self.extra)
        wait = self.state_later()

        def write() -> tuple[Path, bytes, int, int]:
            state = wait()
            pixels = _array_of(picture)
            made = Project(setup, data, state, notes, extra, {"small": pixels})
            project.write(file, made)
            return file, _png(picture), index, 0 if state is None else state.step

        self.work.run(write, self._saved, self.window.notice.show_error)

    def state_later(self):  # type: ignore[no-untyped-def]
        """Ask the session where training stands; gives a function that waits for the answer, also
        while a network is being prepared."""
        import queue

        session = self.window.session
        answer: queue.SimpleQueue[Callable[[], State] | None] = queue.SimpleQueue()
        if not session.alive or not session.ready:  # nothing was trained yet
            return _nothing
        session.state(answer.put)

        def wait() -> State | None:
            while True:
                with contextlib.suppress(queue.Empty):
                    make = answer.get(timeout=WAIT_SECONDS)
                    break
                if not (session.alive and session.preparing):
                    raise StudioError(mark("Training did not answer, so nothing was saved."))
            return None if make is None else make()

        return wait

    def _saved(self, done: tuple[Path, bytes, int, int]) -> None:
        path, picture, index, step = done
        self.path = path
        self.saved_step = step
        document = self.window.document
        document.title = path.stem
        if document.stack.index() == index:
            document.stack.setClean()
        self.recent.add(path, picture)
        self._show_modified()
        self.window.show_document()
        self.window.notice.show_text(mark("Saved."), "good")

    def _picture(self) -> QImage:
        grabbed = self.window.canvas.grab().toImage()
        scaled = grabbed.scaled(
            PICTURE, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        return scaled.convertToFormat(QImage.Format.Format_RGB888)

    # --- opening ---

    @Slot()
    def new(self) -> None:
        """Begin anew: here if nothing would be lost, else in a window of its own."""
        self._elsewhere([])

    @Slot()
    def open_file(self) -> None:
        """Ask for a project and open it."""
        folder = self.path.parent if self.path is not None else Path.home()
        dialog = FileDialog(self.window, tr("Open project…"), str(folder), _filter())
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.open_path)
        dialog.open()

    def opens(self, path: str) -> bool:
        """Projects are opened here, whoever brings them."""
        if not project.is_project(path):
            return False
        self.open_path(path)
        return True

    @Slot(str)
    def open_path(self, path: str) -> None:
        """Open a project: here, or in a window of its own if there is work in this one."""
        if self.window.document.stack.isClean() and not self.modified:
            self.work.run(lambda: (Path(path), project.read(path)), self._opened, self._refused)
        else:
            self._elsewhere([path])

    def _elsewhere(self, arguments: list[str]) -> None:
        """Another window is another program: neither can slow or take down the other."""
        program = [] if getattr(sys, "frozen", False) else ["-P", "-m", "nnstudio"]
        QProcess.startDetached(sys.executable, [*program, "open", *arguments], str(Path.cwd()))

    def _opened(self, done: tuple[Path, Project]) -> None:
        path, found = done
        self.put(found, path)
        self.recent.add(path, _png(_image_of(found.pictures.get("small"))))

    def put(self, found: Project, path: Path | None) -> None:
        """Make a project this window's work; ``path`` None leaves it without a file."""
        window = self.window
        title = path.stem if path is not None else found.setup.name
        window.session.pause()
        window.document.open(found.setup, found.data, title)
        if found.state is not None:
            window.session.reopen(found.setup, found.data, found.state)
        self.path = path
        self.notes, self.extra = found.notes, dict(found.extra)
        self.saved_step = 0 if found.state is None else found.state.step
        self._show_modified()
        window.show_document()
        for notice in found.notices:
            window.notice.show_error(notice)

    def _refused(self, error: StudioError) -> None:
        self.window.notice.show_error(error)

    @Slot()
    def revert(self) -> None:
        """Back to what the file holds. What is given up stays as a copy for recovery."""
        if self.path is None:
            return
        path = self.path
        kept = self.window.features.get("autosave")
        if kept is not None:
            kept.set_aside()  # type: ignore[attr-defined]
        self.work.run(lambda: (path, project.read(path)), self._opened, self._refused)

    # --- recent files ---

    @Slot()
    def _fill_recent(self) -> None:
        self.menu.clear()
        for one in self.recent.entries():
            action = QAction(Path(one.path).stem, self.menu)
            action.setToolTip(one.path)
            action.setData(one.path)
            picture = QPixmap()
            if one.picture and picture.loadFromData(one.picture):
                action.setIcon(QIcon(picture.scaled(ICON, Qt.AspectRatioMode.KeepAspectRatio)))
            self.menu.addAction(action)
        if self.menu.isEmpty():
            self.menu.addAction(tr("None yet")).setEnabled(False)

    @Slot(QAction)
    def _open_recent(self, action: QAction) -> None:
        if action.data():
            self.open_path(action.data())

    # --- closing ---

    def may_close(self) -> bool:
        """A file that is older than the work is asked about; unnamed work is kept by itself."""
        if self.path is None or not self.modified:
            return True
        buttons = QMessageBox.StandardButton
        box = QMessageBox(self.window)
        box.setIcon(QMessageBox.Icon.Question)
        box.setText(tr("Save what has changed in “{name}”?", name=self.title))
        box.setInformativeText(tr("What is not saved stays available for some weeks."))
        box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        box.setDefaultButton(buttons.Save)
        chosen = box.exec()
        if chosen == buttons.Cancel:
            return False
        if chosen == buttons.Save:
            self.save_to(self.path)
            self.work.stop(60)
            from PySide6.QtCore import QCoreApplication

            QCoreApplication.sendPostedEvents(self.work)
            if self.modified and self.window.document.stack.isClean() is False:
                return False  # it could not be written; the notice says why
        return True


def _nothing() -> None:
    return None


def _filter() -> str:
    return f"{tr('NNStudio projects')} (*{project.SUFFIX})"


def _array_of(image: QImage) -> np.ndarray:
    """Pixels (height, width, 3), uint8."""
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3).copy()


def _image_of(pixels: np.ndarray | None) -> QImage:
    """The picture of an array; an empty one of anything else."""
    if pixels is None or pixels.ndim != 3 or pixels.shape[2] != 3 or not 0 < pixels.size < 1 << 22:
        return QImage()
    height, width, _ = pixels.shape
    raw = np.ascontiguousarray(pixels).tobytes()
    return QImage(raw, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def _png(image: QImage) -> bytes:
    if image.isNull():
        return b""
    store = QByteArray()
    buffer = QBuffer(store)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(store.data())
