"""Reading archives that may be hostile: nothing is extracted, no declared size is believed."""

from __future__ import annotations

import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from types import TracebackType

from nnstudio.core.sources.columns import shorten
from nnstudio.core.text import StudioError, mark

MOST_ENTRIES = 600_000
#: An archive may hold so many times its own size, and so many bytes beyond, in all.
MOST_RATIO, MOST_BEYOND = 200, 200_000_000


class SafeZip:
    """A zip opened for reading, entry by entry, within limits.

    ``names`` are those of its files; folders and symbolic links are left out. Raises
    ``StudioError`` for an archive that is damaged, locked, or that names places outside of itself.
    """

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        self._left = path.stat().st_size * MOST_RATIO + MOST_BEYOND
        try:
            self._file = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, OSError):
            raise self._damaged() from None
        self._infos: dict[str, zipfile.ZipInfo] = {}
        self.links = 0
        infos = self._file.infolist()
        try:
            if len(infos) > MOST_ENTRIES:
                raise StudioError(
                    mark("“{name}” holds {count} files; the most is {most}."),
                    name=name,
                    count=f"{len(infos):,}",
                    most=f"{MOST_ENTRIES:,}",
                )
            for info in infos:
                self._add(info)
        except BaseException:
            self._file.close()
            raise

    def _add(self, info: zipfile.ZipInfo) -> None:
        path = info.filename
        parts = PurePosixPath(path.replace("\\", "/")).parts
        if path.startswith(("/", "\\")) or ".." in parts or (parts and ":" in parts[0]):
            raise StudioError(
                mark("“{name}” names a place outside of itself (“{path}”). It was not opened."),
                name=self.name,
                path=shorten(path),
            )
        if info.flag_bits & 1:
            raise StudioError(
                mark("“{name}” is locked with a password. Unlock it first."), name=self.name
            )
        if stat.S_ISLNK(info.external_attr >> 16):
            self.links += 1
        elif not info.is_dir():
            self._infos[path] = info

    @property
    def names(self) -> list[str]:
        """The paths of its files."""
        return list(self._infos)

    def read(self, name: str, most: int) -> bytes:
        """A file's bytes, ``most`` of them at most; raises ``StudioError`` beyond the limits."""
        if self._left <= 0:
            raise StudioError(
                mark("“{name}” unpacks to far more than it should. It was not opened further."),
                name=self.name,
            )
        try:
            with self._file.open(self._infos[name]) as file:
                raw = file.read(min(most, self._left) + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError):
            raise self._damaged() from None
        except (NotImplementedError, RuntimeError, KeyError):
            raise self._damaged() from None
        self._left -= len(raw)
        return raw

    def close(self) -> None:
        """Close it."""
        self._file.close()

    def __enter__(self) -> SafeZip:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _damaged(self) -> StudioError:
        return StudioError(
            mark("The archive “{name}” is damaged. Get a fresh copy of it."), name=self.name
        )


def entry_names(path: Path) -> list[str]:
    """The names in a zip, or none if it is no zip; never fails."""
    try:
        with zipfile.ZipFile(path) as file:
            return [info.filename for info in file.infolist()[:MOST_ENTRIES]]
    except Exception:
        return []
