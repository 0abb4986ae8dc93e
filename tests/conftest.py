"""What holds for every test: no screen, private folders, and nothing left running."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from nnstudio.core import text
from nnstudio.core.compiled import jit

#: How long threads and windows may take to end after a test.
PATIENCE = 2.0

_private = Path()


def pytest_configure() -> None:
    """Set the environment before Qt, Numba or the settings are first used."""
    global _private
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    # Compiling is slow, so compiled code comes from the user's own cache; all else is private.
    os.environ.setdefault("NUMBA_CACHE_DIR", str(jit.cache_folder()))
    _private = Path(tempfile.mkdtemp(prefix="nnstudio-tests-"))
    for name in ("CONFIG", "DATA", "CACHE", "STATE"):
        os.environ[f"XDG_{name}_HOME"] = str(_private / name.lower())
    for name in ("APPDATA", "LOCAL_APPDATA"):
        os.environ[f"WIN_PD_OVERRIDE_{name}"] = str(_private / name.lower())

    hypothesis.settings.register_profile("here", deadline=None)
    hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, database=None)
    hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_unconfigure() -> None:
    """Take the private folders away."""
    if _private != Path():
        shutil.rmtree(_private, ignore_errors=True)


@pytest.fixture(scope="session")
def qapp_cls() -> type:
    """Windows are tested in our own application, as the program has it."""
    from nnstudio.app.application import Application

    return Application


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """A test that changes the language changes it for itself alone."""
    yield
    if text.language() != "en":
        text.set_language("en")


@pytest.fixture(autouse=True)
def no_stray_threads() -> Iterator[None]:
    """A thread that outlives its test fails it."""
    before = set(threading.enumerate())
    yield
    end = time.monotonic() + PATIENCE
    started = [thread for thread in threading.enumerate() if thread not in before]
    for thread in started:
        if thread is not threading.current_thread():
            thread.join(max(0.0, end - time.monotonic()))
    left = [thread.name for thread in started if thread.is_alive()]
    assert not left, f"still running after the test: {left}. Stop and join what you start."


def _running_windows() -> list[Any]:
    """Windows that show, or hold a timer that ticks."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    return [
        window
        for window in QApplication.topLevelWidgets()
        if window.isVisible() or any(timer.isActive() for timer in window.findChildren(QTimer))
    ]


@pytest.fixture(autouse=True)
def no_stray_windows() -> Iterator[None]:
    """A window that is still open, or whose timers still tick, fails its test."""
    if "PySide6.QtWidgets" not in sys.modules:
        yield
        return
    from PySide6.QtCore import QCoreApplication, QEvent

    before = _running_windows()
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    left = [repr(window) for window in _running_windows() if window not in before]
    assert not left, f"left open: {left}. Give it to qtbot.addWidget, or close it."
