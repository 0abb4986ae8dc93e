"""Work that was not saved: copies that outlive a crash, and finding them again.

Each running window owns one folder, held by a lock; a folder whose lock is free belongs to a
program that has ended. A copy is opened as unnamed work and never touches the file it came from.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platformdirs import user_data_path
from PySide6.QtCore import QLockFile

from nnstudio.core import atomic
from nnstudio.core.project import SUFFIX
from nnstudio.core.text import StudioError

COPY = "copy" + SUFFIX
ABOUT = "about.json"
LOCK = "lock"
#: A copy that was tried and did not open this often is put aside: no crash loop.
MOST_TRIES = 2
#: Copies kept at most, and for so long, in seconds.
MOST_KEPT = 12
KEPT_SECONDS = 60 * 24 * 3600.0


def recovery_path() -> Path:
    """Where the copies are on this system."""
    return user_data_path("nnstudio", appauthor=False) / "recovery"


@dataclass(frozen=True)
class Lost:
    """A copy that waits: its folder, what it is called, when it was written (Unix time), and the
    file that it came from, if any. ``crashed`` says that the program did not end by itself."""

    folder: Path
    title: str
    written: float
    source: str
    crashed: bool


class Recovery:
    """This window's own folder, and what others have left."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = root or recovery_path()
        self.folder = self.root / uuid.uuid4().hex
        self._lock: QLockFile | None = None

    def keep(self, content: bytes, title: str, source: str) -> None:
        """Write the copy in one step; raises ``StudioError`` if it cannot be written."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise atomic.told(error, self.folder) from error
        if self._lock is None:
            lock = QLockFile(str(self.folder / LOCK))
            lock.setStaleLockTime(0)  # stale when its program is gone, however old
            lock.tryLock(0)
            self._lock = lock
        atomic.write(self.folder / COPY, content)
        about: dict[str, object] = {"title": title, "written": time.time(), "source": source}
        self._describe(self.folder, about)

    def ends(self) -> None:
        """The program ends by itself: the copy stays, unlocked, as work that was put aside."""
        if (self.folder / COPY).exists():
            self._describe(self.folder, {**_about(self.folder), "crashed": False})
        self._unlock()

    def forget(self) -> None:
        """All is saved: the copy goes."""
        self._unlock()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _unlock(self) -> None:
        if self._lock is not None:
            self._lock.unlock()
            self._lock = None

    @staticmethod
    def _describe(folder: Path, about: dict[str, object]) -> None:
        atomic.write(folder / ABOUT, json.dumps(about, ensure_ascii=False).encode())

    def lost(self) -> list[Lost]:
        """What ended programs have left, the newest first; sweeps what is empty or too old."""
        found: list[Lost] = []
        with contextlib.suppress(OSError):
            for folder in self.root.iterdir():
                if folder == self.folder or not folder.is_dir() or _held(folder):
                    continue
                about = _about(folder)
                copy = folder / COPY
                if not copy.is_file():
                    shutil.rmtree(folder, ignore_errors=True)
                elif int(about.get("tries", 0)) < MOST_TRIES:
                    written = float(about.get("written", copy.stat().st_mtime))
                    title, source = str(about.get("title", "")), str(about.get("source", ""))
                    crashed = bool(about.get("crashed", True))
                    found.append(Lost(folder, title[:200], written, source, crashed))
        found.sort(key=lambda one: -one.written)
        for number, one in enumerate(found):
            if number >= MOST_KEPT or time.time() - one.written > KEPT_SECONDS:
                shutil.rmtree(one.folder, ignore_errors=True)
        return [one for one in found[:MOST_KEPT] if one.folder.exists()]

    def begin(self, lost: Lost) -> Path:
        """The file of a copy that is about to be opened. One that fails is not offered for ever."""
        about = _about(lost.folder)
        with contextlib.suppress(StudioError):
            self._describe(lost.folder, {**about, "tries": int(about.get("tries", 0)) + 1})
        return lost.folder / COPY

    def opened(self, lost: Lost) -> None:
        """The copy has become this window's work; its own copy replaces it."""
        shutil.rmtree(lost.folder, ignore_errors=True)


def _about(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        tries, written = found.get("tries", 0), found.get("written", 0.0)
        fit = isinstance(tries, int) and isinstance(written, int | float)
        return found if isinstance(found, dict) and fit else {}
    except (OSError, ValueError, AttributeError, RecursionError):
        return {}


def _held(folder: Path) -> bool:
    """Whether a running program holds the folder."""
    if not (folder / LOCK).exists():
        return False
    lock = QLockFile(str(folder / LOCK))
    lock.setStaleLockTime(0)
    if lock.tryLock(0):
        lock.unlock()
        return False
    return True
