"""Work that takes longer than a frame, done on a thread of its own, one piece after the other."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from nnstudio.core.text import StudioError, mark


class Background(QObject):
    """Runs pieces of work in order. What a piece gives comes back on the GUI thread.

    The thread is made with the first piece and ends with ``stop``, after what it has begun.
    """

    busy_changed = Signal(bool)
    _done = Signal(object, object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._queue: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._waiting = 0
        self._done.connect(self._deliver)

    @property
    def busy(self) -> bool:
        """Whether a result is awaited."""
        return self._waiting > 0

    def run(
        self,
        work: Callable[[], Any],
        then: Callable[[Any], None],
        failed: Callable[[StudioError], None],
    ) -> None:
        """Do ``work`` on the thread; ``then`` gets its result, ``failed`` the sentence if it could
        not be done, both on the GUI thread."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name=self._name, daemon=True)
            self._thread.start()
        self._waiting += 1
        if self._waiting == 1:
            self.busy_changed.emit(True)
        self._queue.put((work, then, failed))

    def stop(self, seconds: float = 10.0) -> None:
        """Finish what was asked for and end the thread."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join(timeout=seconds)
            self._thread = None

    def _serve(self) -> None:
        while True:
            piece = self._queue.get()
            if piece is None:
                return
            work, then, failed = piece
            try:
                self._done.emit(then, work())
            except StudioError as unfit:
                self._done.emit(failed, unfit)
            except MemoryError:
                error = StudioError(mark("There is not enough memory for this."))
                self._done.emit(failed, error)
            except Exception as unforeseen:
                reason = str(unforeseen)[:200] or type(unforeseen).__name__
                error = StudioError(mark("That could not be done: {reason}."), reason=reason)
                self._done.emit(failed, error)

    @Slot(object, object)
    def _deliver(self, then: Callable[[Any], None], result: Any) -> None:
        self._waiting -= 1
        if self._waiting == 0:
            self.busy_changed.emit(False)
        then(result)
