"""One window with everything behind it: document, session, bridge."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Slot

from nnstudio.app.application import Application
from nnstudio.app.bridge import Bridge
from nnstudio.app.document import Document
from nnstudio.app.first_paint import FirstPaint
from nnstudio.app.settings import Settings
from nnstudio.app.window import Window
from nnstudio.core.opening import load
from nnstudio.core.project import is_project
from nnstudio.core.text import StudioError
from nnstudio.engine.session import Session

#: Seconds between offers of the GIL: a busy session must not stutter the window.
SWITCH_INTERVAL = 5e-4
#: What the window begins with.
FIRST = "two-spirals"


class Studio(QObject):
    """Puts the parts together, starts and ends them in order."""

    def __init__(
        self,
        what: str,
        target: str | None = None,
        settings: Settings | None = None,
        problem: StudioError | None = None,
    ):
        """``problem`` is told in the window when it is there."""
        super().__init__()
        self._problem = problem
        sys.setswitchinterval(SWITCH_INTERVAL)
        self._file = what if is_project(what) else ""
        setup, data = load(FIRST if self._file else what, target)
        self.document = Document(setup, data, self)
        settings = settings or Settings.load()
        self.session = Session(settings.threads)
        self.bridge = Bridge(self.document, self.session, self)
        self.window = Window(self.document, self.session, self.bridge, settings)
        self.first_paint = FirstPaint(self.window)
        self.first_paint.painted.connect(self._start_engine)
        self.session.load(setup, data)

    def start(self) -> None:
        """Show the window; once it has painted, let the engine load behind it.

        Not before: importing the compiler holds the GIL and would delay the first picture.
        """
        self.window.show()

    @Slot()
    def _start_engine(self) -> None:
        gc.enable()  # see main.application; with gc.freeze before it, a later collection crashes
        self.bridge.start()
        self.session.start()
        self._listen(self.open_path)
        if self._problem is not None:
            self.window.notice.show_error(self._problem)
        if self._file:  # with its window there, a file that cannot be read is told in it
            for part in self.window.features.values():
                if part.opens(self._file):
                    break

    @Slot(str)
    def open_path(self, path: str) -> None:
        """Open what the system asks for, in the window, in front of others."""
        if self.window.isMinimized():
            self.window.showNormal()
        self.window.raise_()
        self.window.activateWindow()
        self.window.open_path(path)

    @staticmethod
    def _listen(open_path: Callable[[str], object] | None) -> None:
        application = QCoreApplication.instance()
        if isinstance(application, Application):
            application.listen(open_path)

    def close(self) -> None:
        """End the threads, then the window."""
        self._listen(None)
        gc.enable()
        self.window.end()  # while the session can still say where training stands
        self.first_paint.stop()
        self.bridge.stop()
        self.session.close()
        self.window.close()
        # Now, by Qt and from the inside out: left to Python's collector, the parts would be
        # destroyed in an order in which the window outlives what it listens to.
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(self.window, QEvent.Type.DeferredDelete)
