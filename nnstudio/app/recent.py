"""Recently used project files with their small pictures, in one readable file."""

from __future__ import annotations

import base64
import binascii
import contextlib
import json
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

from nnstudio.core import atomic
from nnstudio.core.text import StudioError

MOST = 12
MOST_BYTES = 4 << 20


def recent_path() -> Path:
    """Where the list is on this system."""
    return user_data_path("nnstudio", appauthor=False) / "recent.json"


@dataclass(frozen=True)
class Recent:
    """One file; ``picture`` is a PNG, perhaps empty."""

    path: str
    picture: bytes = b""


class RecentFiles:
    """The newest first. A list that cannot be read is empty; one that cannot be written is lost."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or recent_path()

    def entries(self) -> list[Recent]:
        """Files that still exist."""
        try:
            if self.path.stat().st_size > MOST_BYTES:
                return []
            found = json.loads(self.path.read_text(encoding="utf-8"))
            read = [
                Recent(one["path"], base64.b64decode(one.get("picture", ""), validate=True))
                for one in found[:MOST]
                if isinstance(one["path"], str)
            ]
        except (OSError, ValueError, KeyError, TypeError, binascii.Error, RecursionError):
            return []
        return [one for one in read if one.path and Path(one.path).is_file()]

    def add(self, path: Path, picture: bytes) -> None:
        """Put a file first."""
        first = Recent(str(path.resolve()), picture)
        rest = [one for one in self.entries() if one.path != first.path]
        self._write([first, *rest][:MOST])

    def clear(self) -> None:
        """Forget all."""
        self._write([])

    def _write(self, entries: list[Recent]) -> None:
        plain = [
            {"path": one.path, "picture": base64.b64encode(one.picture).decode()} for one in entries
        ]
        with contextlib.suppress(OSError, StudioError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            atomic.write(self.path, json.dumps(plain, ensure_ascii=False, indent=1).encode())
