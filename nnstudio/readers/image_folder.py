"""A folder with a folder of pictures for each class."""

from __future__ import annotations

import os
from pathlib import Path

from nnstudio.core.registry import register
from nnstudio.core.sources.pictures import (
    MOST_FILE,
    MOST_PICTURES,
    Entry,
    is_picture,
    stack_pictures,
)
from nnstudio.core.sources.raw import Raw
from nnstudio.core.sources.reading import Options, Reader, Source
from nnstudio.core.sources.watching import progress
from nnstudio.core.text import StudioError, mark

#: Folders within folders.
DEEPEST = 8


@register("ImageFolder.v1")
class ImageFolderReader(Reader):
    """Sub-folders are classes; train, valid and test above them are the parts."""

    label = mark("Folder of images")
    order = 10

    @classmethod
    def recognises(cls, source: Source) -> bool:
        """Any folder is taken for one."""
        return source.is_folder

    def read(self, source: Source, options: Options) -> Raw:
        """Find the pictures and read them; symbolic links are not followed."""
        entries: list[Entry] = []
        links = _walk(source.path, source.path, entries, 0)
        if links and not entries:
            raise StudioError(
                mark(
                    "“{name}” holds only symbolic links, which are not followed. Copy the pictures "
                    "themselves into it."
                ),
                name=source.name,
            )
        return stack_pictures(source.name, entries, options)


def _walk(top: Path, folder: Path, entries: list[Entry], depth: int) -> int:
    """Add the pictures below a folder; gives how many symbolic links there are."""
    links = 0
    folders = []
    with os.scandir(folder) as found:
        for number, entry in enumerate(found):
            if number % 1000 == 0:
                progress(0.0)
            if entry.is_symlink():
                links += 1
            elif entry.is_dir(follow_symlinks=False):
                folders.append(Path(entry.path))
            elif entry.is_file(follow_symlinks=False) and len(entries) <= MOST_PICTURES:
                path = Path(entry.path)
                inside = path.relative_to(top).as_posix()
                if is_picture(inside):
                    entries.append(Entry(inside, _Reading(path)))
    if depth < DEEPEST:
        for inner in sorted(folders):
            links += _walk(top, inner, entries, depth + 1)
    return links


class _Reading:
    """Reads a file when called, up to the most that a picture may have."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self) -> bytes:
        with self.path.open("rb") as file:
            return file.read(MOST_FILE + 1)
