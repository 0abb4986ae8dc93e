"""A zip of a folder with a folder of pictures for each class."""

from __future__ import annotations

from functools import partial

from nnstudio.core.registry import register
from nnstudio.core.sources.pictures import MOST_FILE, Entry, is_picture, stack_pictures
from nnstudio.core.sources.raw import Raw
from nnstudio.core.sources.reading import Options, Reader, Source
from nnstudio.core.sources.zips import SafeZip, entry_names
from nnstudio.core.text import mark


@register("ImageZip.v1")
class ImageZipReader(Reader):
    """Folders in the archive are classes; nothing is unpacked to the disk."""

    label = mark("Zip of images")
    endings = (".zip",)
    order = 30

    @classmethod
    def recognises(cls, source: Source) -> bool:
        """A zip with a picture in it."""
        return source.head.startswith(b"PK") and any(map(is_picture, entry_names(source.path)))

    def read(self, source: Source, options: Options) -> Raw:
        """Read the pictures one by one."""
        with SafeZip(source.path, source.name) as archive:
            entries = [
                Entry(name, partial(archive.read, name, MOST_FILE))
                for name in archive.names
                if is_picture(name)
            ]
            return stack_pictures(source.name, entries, options)
