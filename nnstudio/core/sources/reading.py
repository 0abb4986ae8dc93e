"""The one door for data of one's own: any file or folder in, a table or a stack of examples out.

What a file is, is recognised by its content, never by its name. ``look`` reads the first rows
only and is quick; ``read`` reads all of it, can be watched and cancelled (``core/sources/watching.py``),
and remembers the last two results, so that a changed recipe does not read the file again.
Nothing here changes a file, and nothing that is read is ever executed.
"""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from nnstudio.core import registry
from nnstudio.core.recipes.recipe import ImageRecipe, Recipe
from nnstudio.core.registry import contract
from nnstudio.core.sources.raw import Raw
from nnstudio.core.text import StudioError, mark

#: How much of a file decides what it is.
HEAD_BYTES = 65_536
#: Rows of a first look.
LOOK_ROWS = 1000
#: How many results ``read`` remembers.
REMEMBERED = 2


@dataclass(frozen=True)
class Source:
    """A file or folder that somebody chose: its path, size in bytes and first bytes."""

    path: Path
    name: str
    size: int
    head: bytes
    is_folder: bool = False


@dataclass(frozen=True)
class Options:
    """What a reader must know before it reads.

    ``first``: only so many rows, for a look; 0 reads all. ``sample``: so many rows, chosen at
    random by ``seed``; 0 takes all of them.
    """

    header: str = "automatic"
    first: int = 0
    sample: int = 0
    seed: int = 1
    images: ImageRecipe = field(default_factory=ImageRecipe)

    @classmethod
    def of(cls, recipe: Recipe) -> Options:
        """What a recipe says about reading."""
        return cls(recipe.header, 0, recipe.sample, recipe.split.seed, recipe.images)


@contract
class Reader:
    """A kind of file: how it is recognised, and how it becomes a table or a stack.

    ``endings`` are what a file dialog offers. Readers are asked in their ``order``.
    """

    type_name: ClassVar[str] = ""
    label: ClassVar[str] = ""
    endings: ClassVar[tuple[str, ...]] = ()
    order: ClassVar[int] = 100

    @classmethod
    def recognises(cls, source: Source) -> bool:
        """Whether the content is of this kind; must be quick and must not fail."""
        raise NotImplementedError

    def read(self, source: Source, options: Options) -> Raw:
        """Read it; raises ``StudioError`` for whatever is wrong, ``TooLarge`` beyond the limit."""
        raise NotImplementedError


def readers() -> list[type[Reader]]:
    """All readers in the order in which they are asked."""
    return sorted(registry.table(Reader).values(), key=lambda cls: (cls.order, cls.type_name))


def endings() -> tuple[str, ...]:
    """Every ending of a name that some reader suggests, such as ``".csv"``."""
    return tuple(dict.fromkeys(ending for cls in readers() for ending in cls.endings))


def open_source(path: str | Path) -> Source:
    """Look at a path; raises ``StudioError`` if nothing there can be read."""
    if not str(path).strip():
        raise StudioError(mark("No file is chosen yet. Open one, or drop it on the window."))
    name = Path(path).name[:200] or str(path)[:200]
    try:
        place = Path(path).expanduser()
        status = place.stat()
        if stat.S_ISDIR(status.st_mode):
            next(place.iterdir(), None)
            return Source(place, name, 0, b"", True)
        if not stat.S_ISREG(status.st_mode):
            raise StudioError(
                mark("“{name}” is a device, not a file. Choose a file or a folder."), name=name
            )
        with place.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except FileNotFoundError:
        raise StudioError(
            mark("“{name}” does not exist. Has it been moved or renamed? Open it again."),
            name=str(path)[:300],
        ) from None
    except PermissionError:
        raise StudioError(
            mark("“{name}” may not be read. Ask its owner, or copy it to your own folder."),
            name=name,
        ) from None
    except (OSError, ValueError, RuntimeError):
        raise StudioError(
            mark("“{name}” cannot be read. Copy it to this computer and open it from there."),
            name=name,
        ) from None
    if not head:
        raise StudioError(mark("“{name}” is empty. Choose a file with data in it."), name=name)
    return Source(place, name, status.st_size, head)


def recognise(source: Source) -> Reader:
    """The reader for a source; raises ``StudioError`` that says what it is instead."""
    for cls in readers():
        if cls.recognises(source):
            return cls()
    raise _unknown(source)


_FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", mark("a PDF document")),
    (b"\xd0\xcf\x11\xe0", mark("an old Excel workbook; save its sheet as “CSV UTF-8”")),
    (b"\x89PNG", mark("a single picture; open the folder that holds a folder for each class")),
    (b"\xff\xd8\xff", mark("a single picture; open the folder that holds a folder for each class")),
    (b"GIF8", mark("a single picture; open the folder that holds a folder for each class")),
    (b"BM", mark("a single picture; open the folder that holds a folder for each class")),
    (b"\x80\x02", mark("a Python pickle, which could run code; save it as NPZ or CSV")),
    (b"\x80\x03", mark("a Python pickle, which could run code; save it as NPZ or CSV")),
    (b"\x80\x04", mark("a Python pickle, which could run code; save it as NPZ or CSV")),
    (b"\x80\x05", mark("a Python pickle, which could run code; save it as NPZ or CSV")),
    (b"\x89HDF", mark("an HDF5 file; save its arrays as NPZ")),
    (b"\x1f\x8b", mark("a compressed file; unpack it first")),
    (b"Rar!", mark("an archive; unpack it first")),
    (b"7z\xbc\xaf", mark("an archive; unpack it first")),
    (b"PK\x03\x04", mark("an archive without pictures or arrays; unpack it first")),
    (b"MZ", mark("a program")),
    (b"\x7fELF", mark("a program")),
)


def _unknown(source: Source) -> StudioError:
    if b"xl/workbook" in source.head or b"xl/worksheets" in source.head:
        return StudioError(
            mark("“{name}” is an Excel workbook. Save its sheet as “CSV UTF-8” and open that."),
            name=source.name,
        )
    for start, what in _FOREIGN:
        if source.head.startswith(start):
            return StudioError(
                mark("“{name}” is {what}. Tables, arrays and folders of images can be opened."),
                name=source.name,
                what=what,
            )
    return StudioError(
        mark(
            "“{name}” is no kind of file that can be opened here: a CSV, Parquet, JSON lines, NPZ, "
            "NPY or IDX file, or images in a folder for each class."
        ),
        name=source.name,
    )


def look(path: str | Path, recipe: Recipe | None = None) -> Raw:
    """The first rows of a file, quickly: what its columns seem to hold, or some of its images."""
    source = open_source(path)
    options = Options.of(recipe or Recipe())
    options = Options(options.header, LOOK_ROWS, 0, options.seed, options.images)
    return guarded(recognise(source), source, options)


_remembered: dict[tuple[object, ...], Raw] = {}
_lock = threading.Lock()


def read(path: str | Path, recipe: Recipe | None = None) -> Raw:
    """All of a file, or the recipe's sample of it. Raises ``StudioError``; see ``watched`` for
    progress and cancelling."""
    source = open_source(path)
    options = Options.of(recipe or Recipe())
    key = (str(source.path.absolute()), _stamp(source), options)
    with _lock:
        if key in _remembered:
            return _remembered[key]
    raw = guarded(recognise(source), source, options)
    with _lock:
        for old in list(_remembered)[: max(0, len(_remembered) - REMEMBERED + 1)]:
            del _remembered[old]
        _remembered[key] = raw
    return raw


def forget() -> None:
    """Let go of what ``read`` remembers."""
    with _lock:
        _remembered.clear()


def guarded(reader: Reader, source: Source, options: Options) -> Raw:
    """Read; what a library says about a broken file becomes a sentence."""
    try:
        return reader.read(source, options)
    except (StudioError, ImportError):
        raise
    except MemoryError:
        raise StudioError(
            mark("There is not enough memory for “{name}”. Take a sample of it."), name=source.name
        ) from None
    except Exception as error:
        raise damaged(source, error) from None


def damaged(source: Source, error: BaseException | None = None) -> StudioError:
    """The sentence for a file that its reader could not make sense of."""
    words = " ".join(str(error or "").split())[:120].rstrip(".")
    return StudioError(
        mark("“{name}” is damaged or not what it seems to be ({reason}). Get a fresh copy of it."),
        name=source.name,
        reason=words or mark("it ends too early"),
    )


def _stamp(source: Source) -> tuple[object, ...]:
    """What changes when the file does: size and time, and those of a folder's folders."""

    def of(path: Path | str) -> tuple[int, int]:
        status = Path(path).stat()
        return status.st_size, status.st_mtime_ns

    if not source.is_folder:
        return of(source.path)
    return tuple(_of_entries(source.path, of))


def _of_entries(folder: Path, of: object) -> Iterable[object]:
    assert callable(of)
    yield of(folder)
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.is_dir(follow_symlinks=False):
                yield entry.name, of(entry.path)
