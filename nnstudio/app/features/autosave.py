"""Autosave: a copy of the work every half minute, offered again after a crash."""

from __future__ import annotations

import contextlib
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QTimer, Slot

from nnstudio.app.background import Background
from nnstudio.app.entry import Entry
from nnstudio.app.feature import Feature, feature
from nnstudio.app.recovery import Lost, Recovery
from nnstudio.core import project
from nnstudio.core.project import Project
from nnstudio.core.text import StudioError, mark

if TYPE_CHECKING:
    from nnstudio.app.features.projects import Projects

#: Between copies; 0: as the settings say.
MILLISECONDS = 0
#: What is said of a copy, by whether the program crashed and whether it is the only one.
OFFERS = {
    (True, True): mark("“{name}” of {when} was not saved when the program ended."),
    (True, False): mark(
        "“{name}” of {when} was not saved when the program ended. More copies: {more}."
    ),
    (False, True): mark("“{name}” of {when} was kept when it was closed."),
    (False, False): mark("“{name}” of {when} was kept when it was closed. More copies: {more}."),
}


@feature
class Autosave(Feature):
    """Keeps copies, and offers what others left. Silent in a window that remembers nothing."""

    name = "autosave"
    order = 6
    entries = (
        Entry("kept", mark("Unsaved work…"), "show_kept", menu="File", before="open_csv",
              help=mark("Copies of work that was closed without saving")),
    )  # fmt: skip

    def start(self) -> None:
        """Begin to keep copies; look for lost ones once the window stands."""
        self.projects = cast("Projects", self.window.features["projects"])
        self.recovery = Recovery()
        self.work = Background("nnstudio-autosave", self)
        self.timer = QTimer(self)
        self.timer.setInterval(MILLISECONDS or 1000 * self.window.settings.autosave)
        self.timer.timeout.connect(self.keep)
        self._kept: object = None
        self._offered: list[Lost] = []
        self._trouble = ""
        self.active = self.window.settings.path is not None
        if self.active:
            self.timer.start()
            QTimer.singleShot(600, self, self.look)

    # --- keeping ---

    def _version(self) -> tuple[object, int]:
        latest = self.window.session.latest
        return self.window.document.present[0], 0 if latest is None else latest.step

    @property
    def unsaved(self) -> bool:
        """Whether there is work that no file holds."""
        if self.projects.modified:
            return True
        latest = self.window.session.latest
        return self.projects.path is None and latest is not None and latest.step > 0

    @Slot()
    def keep(self) -> None:
        """Write a copy beside the window, if the work has changed since the last."""
        version = self._version()
        if not self.active or self.work.busy or not self.unsaved or version == self._kept:
            return
        self._kept = version
        self._write()

    def _write(self) -> None:
        document, projects = self.window.document, self.projects
        (setup, data), title = document.present, projects.title
        source = "" if projects.path is None else str(projects.path)
        notes, extra = projects.notes, dict(projects.extra)
        wait, recovery = projects.state_later(), self.recovery

        def write() -> None:
            made = Project(setup, data, wait(), notes, extra)
            recovery.keep(project.pack(made), title, source)

        self.work.run(write, self._written, self._failed)

    def _written(self, _: object) -> None:
        self._trouble = ""

    def _failed(self, error: StudioError) -> None:
        if str(error) != self._trouble:  # once is enough
            self._trouble = str(error)
            self.window.notice.show_error(error)

    def set_aside(self) -> None:
        """Keep the work as it is now as a copy of its own, before something replaces it."""
        if not self.active or not self.unsaved:
            return
        self._write()
        before = self.recovery
        self.recovery = Recovery(before.root)
        self._kept = None
        self.work.run(before.ends, self._written, self._failed)

    def stop(self) -> None:
        """The window closes: unsaved work stays as a copy, saved work needs none."""
        self.timer.stop()
        if not self.active:
            self.work.stop()
            return
        self.active = False
        unsaved = self.unsaved
        if unsaved and self.window.session.alive:
            self._write()
        self.work.stop()
        with contextlib.suppress(StudioError):
            if unsaved:
                self.recovery.ends()
            else:
                self.recovery.forget()

    # --- offering ---

    @Slot()
    def look(self) -> None:
        """Offer what a crash has left, the newest first."""
        if self.active:
            self._offered = [one for one in self.recovery.lost() if one.crashed]
            self._offer()

    @Slot()
    def show_kept(self) -> None:
        """Offer every copy, also of work that was closed without a file."""
        self._offered = self.recovery.lost()
        if self._offered:
            self._offer()
        else:
            self.window.notice.show_text(mark("No unsaved work was kept."))

    def _offer(self) -> None:
        if not self._offered:
            return
        lost = self._offered[0]
        when = datetime.fromtimestamp(lost.written).strftime("%Y-%m-%d %H:%M")
        values: dict[str, Any] = {"name": lost.title, "when": when, "more": len(self._offered) - 1}
        alone = len(self._offered) == 1
        message = StudioError(OFFERS[lost.crashed, alone], **values)
        self.window.notice.offer(
            message,
            {
                mark("Open the copy"): self.open_first,
                mark("Not now") if alone else mark("Next copy"): self.skip_first,
                mark("Delete it"): self.delete_first,
            },
        )

    @Slot()
    def open_first(self) -> None:
        """Open the offered copy as unnamed work; the file that it came from is not touched."""
        lost = self._offered.pop(0)
        file = self.recovery.begin(lost)
        self.set_aside()
        self.work.run(lambda: (lost, project.read(file)), self._opened, self._refused)

    def _opened(self, done: tuple[Lost, Project]) -> None:
        lost, found = done
        self.projects.put(project.named(found, lost.title), None)
        self._kept = None
        self._write()
        self.work.run(lambda: self.recovery.opened(lost), self._written, self._failed)
        self._offer()

    def _refused(self, error: StudioError) -> None:
        self.window.notice.show_error(error)

    @Slot()
    def skip_first(self) -> None:
        """Leave the copy where it is and show the next."""
        self._offered.pop(0)
        self._offer()

    @Slot()
    def delete_first(self) -> None:
        """Delete the copy for good."""
        self.recovery.opened(self._offered.pop(0))
        self._offer()

    def copy(self) -> Path:
        """Where this window's copy is."""
        return self.recovery.folder
