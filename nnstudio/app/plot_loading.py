"""What draws curves is loaded a few milliseconds at a time, while the window lives.

pyqtgraph copies every class of Qt's modules, and PySide makes each when it is asked for; with
pyqtgraph's own modules that is 160 ms of a quick machine's time, and was up to 500 of a busy one's.
It may not be loaded on another thread: it patches Qt's classes, which crashes a window that paints
meanwhile.
"""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Iterator

from PySide6 import QtCore, QtGui, QtWidgets
from PySide6.QtCore import QObject, QTimer, Signal, Slot

#: Milliseconds between two slices, and seconds that one may take.
PAUSE, SLICE = 20, 0.004
#: What pyqtgraph imports besides; loaded before it, one at a time.
LEAVES = ("multiprocessing.reduction", "socket", "xml.etree.ElementTree", "pydoc", "decimal")
#: What is wanted.
PLOT = "nnstudio.app.plot"


class PlotLoading(QObject):
    """Begins when somebody wants to draw; ``loaded`` is emitted when they can."""

    loaded = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._pieces = _pieces()
        self._timer = QTimer(self)
        self._timer.setInterval(PAUSE)
        self._timer.timeout.connect(self._go_on)

    def is_done(self) -> bool:
        """Whether curves can be drawn now; if not, loading begins."""
        done = PLOT in sys.modules
        if not done and not self._timer.isActive():
            self._timer.start()
        return done

    @Slot()
    def _go_on(self) -> None:
        end = time.perf_counter() + SLICE
        for _ in self._pieces:
            if time.perf_counter() > end:
                return
        self._timer.stop()
        self.loaded.emit()


def load_at_once() -> None:
    """For a picture, which does not wait."""
    importlib.import_module(PLOT)


def _pieces() -> Iterator[None]:
    """Load one thing after the other; between two there may be a pause."""
    for module in (QtCore, QtGui, QtWidgets):
        for name in dir(module):
            getattr(module, name)
            yield
    for leaf in LEAVES:
        importlib.import_module(leaf)
        yield
    for whole in ("pyqtgraph", PLOT):
        importlib.import_module(whole)
        yield
