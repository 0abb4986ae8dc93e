"""Opening the studio, and taking a picture of it without a display."""

from __future__ import annotations

import argparse
import contextlib
import gc
import os
import sys
import time
from pathlib import Path

from nnstudio.core import heap
from nnstudio.core.resources import resource
from nnstudio.core.text import StudioError, mark


def _has_display() -> bool:
    """Whether windows can be shown."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return not sys.platform.startswith("linux") or any(os.environ.get(name) for name in names)


def do_without_display() -> None:
    """Where no windows can be shown, draw them in memory."""
    if not _has_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"


def application(arguments: list[str]):  # type: ignore[no-untyped-def]
    """The QApplication. Until the first picture (studio.py) nothing is collected: all that is made
    by then stays, and looking through Qt's objects again and again takes a tenth of the time."""
    gc.disable()
    heap.tidy()
    from PySide6.QtGui import QIcon
    from PySide6.QtWidgets import QApplication

    from nnstudio.app.application import Application

    existing = QApplication.instance()
    if existing is not None:
        return existing
    QApplication.setApplicationName("NNStudio")
    QApplication.setApplicationDisplayName("NNStudio")
    QApplication.setDesktopFileName("nnstudio")
    made = Application(arguments)
    made.setWindowIcon(QIcon(str(resource("program", "nnstudio.svg"))))
    return made


def open_window(options: argparse.Namespace) -> int:
    """Open the studio and stay until the window is closed."""
    if not _has_display():
        raise StudioError(
            mark(
                "There is no display to open a window on. "
                "Without one, “nnstudio train” and “nnstudio shot” work."
            )
        )
    app = application(sys.argv[:1])
    from nnstudio.app.studio import FIRST, Studio

    try:
        studio = Studio(getattr(options, "preset", FIRST), getattr(options, "target", None))
    except StudioError as error:  # who double-clicked a file has no terminal to read it in
        studio = Studio(FIRST, problem=error)
    studio.window.places.suit_screen(studio.window)
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
    do_without_display()
    app = application(sys.argv[:1])
    from nnstudio.app.plot_loading import load_at_once
    from nnstudio.app.settings import Settings
    from nnstudio.app.studio import Studio

    load_at_once()
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
