"""Writing a file so that it is whole or not there: the old version, or the new one.

The bytes go to a new file beside the target, are forced to the disk, and take the target's name
in one step. A program killed at any moment leaves the old file as it was.
"""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
import time
from pathlib import Path

from nnstudio.core.text import StudioError, mark

#: What the new file is called until it is whole: this, the target's name, and something random.
PREFIX = ".nnstudio-"
#: What Windows says of a file that another program holds.
IN_USE = (32, 33)
#: What a killed program left of a file goes with the next save after so many seconds.
STALE = 600.0


def write(path: Path | str, content: bytes, *, backup: bool = False) -> None:
    """Put ``content`` in place of the file at ``path``.

    With ``backup`` the version before stays as ``<name>.bak``. Raises ``StudioError`` and leaves
    everything as it was if the disk is full, the folder is missing or read-only, or the file is
    held by another program.
    """
    path = Path(path)
    temporary: Path | None = None
    try:
        target = path.resolve()  # a link stays a link; what it points to gets the content
        handle, name = tempfile.mkstemp(prefix=_prefix(target), dir=target.parent)
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _copy_mode(target, temporary)
        if backup and target.exists():
            _keep(target)
        temporary.replace(target)
        _force_folder(target.parent)
        _sweep(target)
    except OSError as error:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink()
        raise told(error, path) from error


def _prefix(target: Path) -> str:
    return f"{PREFIX}{target.name[:60]}-"


def _sweep(target: Path) -> None:
    """Remove what programs that were killed left of this file; others' files are not touched."""
    prefix, now = _prefix(target), time.time()
    with contextlib.suppress(OSError), os.scandir(target.parent) as entries:
        for entry in entries:
            if entry.name.startswith(prefix):
                with contextlib.suppress(OSError):
                    if now - entry.stat().st_mtime > STALE:
                        Path(entry.path).unlink()


def _copy_mode(target: Path, temporary: Path) -> None:
    """The permissions of the file before; those of any new file if there is none."""
    try:
        mode = target.stat().st_mode & 0o7777
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        mode = 0o666 & ~mask
    with contextlib.suppress(OSError):
        temporary.chmod(mode)


def _keep(target: Path) -> None:
    """Keep the present version as ``.bak``, itself never half-written: a second name for the same
    content where the disk has such, else a copy. Without room for a copy saving goes on."""
    kept = target.with_name(target.name + ".bak")
    new = target.with_name(f"{_prefix(target)}bak")
    with contextlib.suppress(OSError):
        with contextlib.suppress(FileNotFoundError):
            new.unlink()
        try:
            os.link(target, new)
        except OSError:
            new.write_bytes(target.read_bytes())
        new.replace(kept)


def _force_folder(folder: Path) -> None:
    """Make the new name itself survive a power cut, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def told(error: OSError, path: Path) -> StudioError:
    """The sentence for what stopped the writing of a file."""
    name = path.name
    folder = str(path.parent)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StudioError(
            mark("There is no room on the disk for “{name}”. Free some, or save elsewhere."),
            name=name,
        )
    if getattr(error, "winerror", None) in IN_USE or error.errno in (errno.EBUSY, errno.ETXTBSY):
        return StudioError(
            mark(
                "“{name}” is held by another program. Close it there, or save under another name."
            ),
            name=name,
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StudioError(
            mark("“{name}” cannot be written in “{folder}”. Save it in a folder of yours."),
            name=name,
            folder=folder,
        )
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return StudioError(
            mark("There is no folder “{folder}” any more. Save “{name}” elsewhere."),
            name=name,
            folder=folder,
        )
    return StudioError(
        mark("“{name}” could not be written: {reason}. Save it elsewhere."),
        name=name,
        reason=error.strerror or str(error),
    )
