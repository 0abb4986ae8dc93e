"""Opening the studio, and taking a picture of it without a display."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import time
from pathlib import Path

from nnstudio.core.text import StudioError, mark


def _has_display() -> bool:
    """Whether windows can be shown."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return not sys.platform.startswith("linux") or any(os.environ.get(name) for name in names)


def _application(arguments: list[str]):  # type: ignore[no-untyped-def]
    """The QApplication."""
    from PySide6.QtWidgets import QApplication

    existing = QApplication.instance()
    if existing is not None:
        return existing
    QApplication.setApplicationName("NNStudio")
    QApplication.setApplicationDisplayName("NNStudio")
    return QApplication(arguments)


class Studio:
    """One window with its document, session and bridge."""

    def __init__(self, what: str, target: str | None, settings=None) -> None:  # type: ignore[no-untyped-def]
        from nnstudio.app.bridge import Bridge
        from nnstudio.app.document import Document
        from nnstudio.app.settings import Settings
        from nnstudio.app.window import Window
        from nnstudio.core.opening import load
        from nnstudio.engine.session import Session

        # Threads change hands quickly, so that a busy session does not stutter the window.
        sys.setswitchinterval(5e-4)
        setup, data = load(what, target)
        self.document = Document(setup, data)
        self.session = Session()
        self.bridge = Bridge(self.document, self.session)
        self.window = Window(self.document, self.session, self.bridge, settings or Settings.load())
        self.session.load(setup, data)

    def start(self) -> None:
        """Show the window; once it has painted, let the engine load behind it.

        Not before: importing the compiler holds the GIL and would delay the first picture.
        """
        from nnstudio.app.first_paint import FirstPaint

        self._first_paint = FirstPaint(self.window)
        self._first_paint.painted.connect(self._start_engine)
        self.window.show()

    def _start_engine(self) -> None:
        self.bridge.start()
        self.session.start()

    def close(self) -> None:
        """End threads before the window goes."""
        self._first_paint.stop()
        self.bridge.stop()
        self.session.close()
        self.window.close()


def open_window(options: argparse.Namespace) -> int:
    """Open the studio and stay until the window is closed."""
    if not _has_display():
        raise StudioError(
            mark(
                "There is no display to open a window on. "
                "Without one, “nnstudio train” and “nnstudio shot” work."
            )
        )
    app = _application(sys.argv[:1])
    studio = Studio(getattr(options, "preset", "two-spirals"), getattr(options, "target", None))
    studio.start()
    try:
        return int(app.exec())
    finally:
        studio.close()


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdigit() and height.isdigit()) or not (
        320 <= int(width) <= 8192 and 240 <= int(height) <= 8192
    ):
        raise StudioError(mark("“{size}” is no size. Write it as 1440x900."), size=text[:40])
    return int(width), int(height)


def take_shot(options: argparse.Namespace) -> int:
    """Train for some seconds in the real window and save its picture."""
    width, height = _size(options.size)
    out = Path(options.out)
    if not out.parent.is_dir():
        raise StudioError(mark("There is no folder “{folder}”."), folder=str(out.parent)[:200])
    if not _has_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    app = _application(sys.argv[:1])
    from nnstudio.app.settings import Settings

    settings = Settings()  # a picture shows the defaults, whatever the person has chosen
    settings.theme = options.theme
    settings.language = options.language
    studio = Studio(options.preset, options.target, settings)
    studio.window.resize(width, height)
    studio.start()
    try:
        with contextlib.suppress(KeyboardInterrupt):
            while not studio.session.ready:
                app.processEvents()
                time.sleep(0.005)
            if options.seconds > 0:
                studio.session.play()
            end = time.perf_counter() + max(options.seconds, 0.5)
            while time.perf_counter() < end:
                app.processEvents()
                time.sleep(0.002)
        if not studio.window.grab().save(str(out)):
            raise StudioError(mark("“{file}” could not be written."), file=str(out)[:200])
    finally:
        studio.close()
    return 0
