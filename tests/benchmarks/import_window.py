"""How a window feels while it imports a table: a child process of ``import_rows``.

    python -m tests.benchmarks.import_window FILE [--trace]

Opens the studio, drops the file on it, accepts the proposed target, shows the data page and waits
until all is there. Prints one JSON line: seconds, peak memory in MB, and the longest stalls of the
event loop in ms, measured in three ways: by the clock, which on a busy machine also counts what
other programs take; by the processor time of this whole process, which does not (a thread that
keeps the interpreter's lock shows here); and by that of the window's thread alone.
``--trace`` says on standard error what the other threads were doing after each long stall.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import time
import traceback
from pathlib import Path
from typing import Any

#: A stall that ``--trace`` tells, in seconds.
LONG = 0.05


class Heart:
    """Beats in the event loop; the time between two beats is a stall."""

    def __init__(self, trace: bool) -> None:
        self.trace = trace
        self.phase = ""
        self.times = self._now()
        self.stalls: list[tuple[str, list[float]]] = []

    def _now(self) -> tuple[float, float, float]:
        return time.perf_counter(), time.process_time(), time.thread_time()

    def beat(self) -> None:
        """One turn of the event loop."""
        now = self._now()
        gaps = [new - old for new, old in zip(now, self.times, strict=True)]
        self.stalls.append((self.phase, gaps))
        if self.trace and gaps[1] > LONG:
            self._tell(gaps)
        self.times = self._now()

    @property
    def rest(self) -> float:
        """Seconds since the window's thread was last busy for longer than a frame."""
        total = 0.0
        for _, (clock, _, own) in reversed(self.stalls):
            if own > 0.01 or total > 10:
                break
            total += clock
        return total

    def _tell(self, gaps: list[float]) -> None:
        clock, process, own = (round(1e3 * gap) for gap in gaps)
        sys.stderr.write(f"{self.phase}: {clock} ms, process {process} ms, own {own} ms\n")
        for frame in sys._current_frames().values():
            lines = traceback.extract_stack(frame)
            if Path(lines[-1].filename).name not in ("import_window.py", "threading.py"):
                last = [f"{Path(x.filename).name}:{x.lineno} {x.line}" for x in lines[-4:]]
                sys.stderr.write("    " + " | ".join(last) + "\n")

    def longest(self, phase: str) -> list[int]:
        """The longest stalls of a phase in ms: by the clock, the process, the window's thread."""
        of = [gaps for name, gaps in self.stalls if name == phase] or [[0.0, 0.0, 0.0]]
        return [round(1e3 * max(gaps)) for gaps in zip(*of, strict=True)]


def measure(path: str, trace: bool) -> dict[str, Any]:
    """Import a file in a real window."""
    from PySide6.QtCore import QEventLoop, QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
    from PySide6.QtGui import QDragEnterEvent, QDropEvent
    from PySide6.QtTest import QTest

    from nnstudio.app.main import application
    from nnstudio.app.settings import Settings
    from nnstudio.app.studio import Studio

    app = application(["nnstudio"])
    studio = Studio("two-spirals", None, Settings())
    window = studio.window
    window.resize(1440, 900)
    studio.start()
    heart = Heart(trace)

    def until(done: Any, seconds: float = 120.0) -> None:
        begin = time.perf_counter()
        while not done() and time.perf_counter() - begin < seconds:
            app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)

    timer = QTimer()
    timer.timeout.connect(heart.beat)
    timer.start(5)
    until(lambda: studio.session.ready)
    heart.phase = "start"
    until(lambda: heart.rest > 4.0)  # the window loads more after its first paint
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(path)])
    copy = Qt.DropAction.CopyAction
    heart.phase = "look"
    window.dragEnterEvent(QDragEnterEvent(QPoint(5, 5), copy, mime, left, none))
    window.dropEvent(QDropEvent(QPointF(5, 5), copy, mime, left, none))
    page = window.databar.pages["Tables"]
    until(page.chooser.isVisible)
    heart.phase = "import"
    begin = time.perf_counter()
    QTest.mouseClick(page.chooser.use, left)
    until(lambda: window.document.setup.dataset.group == "Tables")
    found = {"window_import_s": round(time.perf_counter() - begin, 2)}
    settled = time.perf_counter()
    until(lambda: time.perf_counter() - settled > 1.0)
    heart.phase = "data_page"
    begin = time.perf_counter()
    QTest.mouseClick(page.look, left)
    shown = window.stage.pages["data"].content
    until(lambda: shown.known is not None and not shown.job.busy)
    found["data_page_s"] = round(time.perf_counter() - begin, 2)
    settled = time.perf_counter()
    until(lambda: time.perf_counter() - settled > 1.0)
    timer.stop()
    found["window_peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3)
    found["window_before_mb"] = round(before)
    for phase in ("look", "import", "data_page"):
        clock, process, own = heart.longest(phase)
        found[f"{phase}_stall_ms"] = {"clock": clock, "process": process, "own": own}
    studio.close()
    return found


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path")
    parser.add_argument("--trace", action="store_true")
    options = parser.parse_args()
    if not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.stdout.write(json.dumps(measure(options.path, options.trace)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
