"""Work beside the window: one thread at a time that counts, with progress, and a way to stop it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from nnstudio.core.sources.watching import Cancelled, watched
from nnstudio.core.text import StudioError, mark


class Job(QObject):
    """Runs functions on a thread. Only the newest one counts; older ones are told to stop.

    ``finished`` carries (tag, result), ``failed`` (tag, ``StudioError``); ``busy_changed`` says
    whether something is awaited, and ``share`` how much of it is done, 0 to 1.
    """

    finished = Signal(object, object)
    failed = Signal(object, object)
    busy_changed = Signal(bool)
    _arrived = Signal(object, object, object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        """``name`` is the thread's."""
        super().__init__(parent)
        self.name = name
        self.share = 0.0
        self._run: _Run | None = None
        self._threads: list[threading.Thread] = []
        self._stopped = False
        self._arrived.connect(self._take)

    @property
    def busy(self) -> bool:
        """Whether a result is awaited."""
        return self._run is not None

    def start(self, tag: object, work: Callable[[], Any], what: str = "") -> None:
        """Begin; what was begun before is forgotten. ``what`` names it in an unforeseen error."""
        if self._run is not None:
            self._run.cancelled.set()
        run = _Run(self, tag, work, what)
        self._run = run
        self.share = 0.0
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=run.go, name=self.name, daemon=True)
        self._threads.append(thread)
        thread.start()
        self.busy_changed.emit(True)

    @Slot()
    def cancel(self) -> None:
        """Forget what is under way."""
        if self._run is not None:
            self._run.cancelled.set()
            self._run = None
            self.busy_changed.emit(False)

    def stop(self) -> None:
        """Forget everything and wait for the threads (the window closes)."""
        self._stopped = True
        self.cancel()
        for thread in self._threads:
            thread.join(timeout=2)

    @Slot(object, object, object)
    def _take(self, run: _Run, result: Any, error: StudioError | None) -> None:
        if run is not self._run:
            return
        self._run = None
        self.busy_changed.emit(False)
        if error is None:
            self.finished.emit(run.tag, result)
        elif not isinstance(error, Cancelled):
            self.failed.emit(run.tag, error)


class _Run:
    """One piece of work."""

    def __init__(self, job: Job, tag: object, work: Callable[[], Any], what: str) -> None:
        self.job = job
        self.tag = tag
        self.work = work
        self.what = what
        self.cancelled = threading.Event()

    def report(self, share: float) -> None:
        if self.job._run is self:
            self.job.share = share

    def go(self) -> None:
        result: Any = None
        error: StudioError | None = None
        try:
            with watched(self.report, self.cancelled.is_set):
                result = self.work()
        except StudioError as unfit:
            error = unfit
        except Exception as unforeseen:
            error = StudioError(
                mark("{name} could not be loaded: {reason}."),
                name=self.what or type(unforeseen).__name__,
                reason=str(unforeseen)[:200] or type(unforeseen).__name__,
            )
        if not self.job._stopped:
            self.job._arrived.emit(self, result, error)
