"""IDX files, the format of MNIST, also compressed; images and labels find one another.

Format: http://yann.lecun.com/exdb/mnist (two zero bytes, the type of the numbers, how many
dimensions, each size as a big-endian 32-bit number, then the numbers, the last axis fastest).
"""

from __future__ import annotations

import gzip
import math
import re
import zlib
from pathlib import Path

import numpy as np

from nnstudio.core.registry import register
from nnstudio.core.sampling import generator
from nnstudio.core.sources.arrays import from_arrays, stack_of
from nnstudio.core.sources.raw import MOST_STACK_BYTES, TEST, TRAIN, Raw
from nnstudio.core.sources.reading import LOOK_ROWS, Options, Reader, Source
from nnstudio.core.text import StudioError, mark

TYPES = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}


@register("IdxFile.v1")
class IdxReader(Reader):
    """One file of images and one of labels beside it; a test pair is read too if it is there."""

    label = mark("IDX arrays")
    endings = (".gz",)
    order = 40

    @classmethod
    def recognises(cls, source: Source) -> bool:
        """Two zero bytes and a known type, perhaps after unpacking."""
        head = source.head
        if head.startswith(b"\x1f\x8b"):
            try:
                head = zlib.decompressobj(31).decompress(head, 64)
            except zlib.error:
                return False
        return len(head) >= 4 and head[:2] == b"\0\0" and head[2] in TYPES and 0 < head[3] < 6

    def read(self, source: Source, options: Options) -> Raw:
        """The images with their labels."""
        array = read_idx_file(source.path)
        images, labels = source.path, None
        if array.ndim == 1:  # somebody opened the labels
            partner = _partner(source.path, labels=False)
            if partner is None:
                return from_arrays(source.name, {"y": array})
            images, labels, array = partner, array, read_idx_file(partner)
        else:
            partner = _partner(source.path, labels=True)
            if partner is not None:
                labels = read_idx_file(partner)
        if labels is not None and len(labels) != len(array):
            raise StudioError(
                mark("“{name}” has {inputs} inputs but {targets} targets. They must be as many."),
                name=images.name,
                inputs=f"{len(array):,}",
                targets=f"{len(labels):,}",
            )
        parts = None
        test = _test_pair(images) if labels is not None else None
        if test is not None and test[0].shape[1:] == array.shape[1:] and labels is not None:
            parts = np.repeat(np.array([TRAIN, TEST], np.int8), (len(array), len(test[0])))
            array, labels = np.concatenate([array, test[0]]), np.concatenate([labels, test[1]])
        stack: Raw
        if array.ndim == 2:
            stack = from_arrays(
                source.name, {"x": array} if labels is None else {"x": array, "y": labels}
            )
        else:
            stack = stack_of(images.name, array, labels, parts)
        wanted = LOOK_ROWS if options.first else options.sample
        if wanted and wanted < stack.rows:
            rows = np.sort(generator(options.seed, 9).permutation(stack.rows)[:wanted])
            return stack.take(rows)
        return stack


def read_idx_file(path: Path) -> np.ndarray:
    """The array of an IDX file; reads no more than it declares and than fits.

    Raises ``StudioError`` for another format, an unsound head, or missing numbers.
    """
    try:
        with path.open("rb") as plain:
            packed = plain.read(2) == b"\x1f\x8b"
        with gzip.open(path) if packed else path.open("rb") as file:
            start = file.read(4)
            if len(start) < 4 or start[:2] != b"\0\0" or start[2] not in TYPES:
                raise StudioError(
                    mark("“{name}” is no IDX file: it begins with “{found}”."),
                    name=path.name,
                    found=start.hex(" ") or "—",
                )
            head = file.read(4 * start[3])
            sizes = [int.from_bytes(head[at : at + 4], "big") for at in range(0, len(head), 4)]
            dtype = np.dtype(TYPES[start[2]])
            wanted = math.prod(sizes) * dtype.itemsize
            if len(sizes) != start[3] or not sizes or wanted == 0 or wanted > 4 * MOST_STACK_BYTES:
                raise StudioError(
                    mark("“{name}” declares impossible sizes: {sizes}. Get a fresh copy of it."),
                    name=path.name,
                    sizes=" × ".join(map(str, sizes)) or "—",
                )
            raw = file.read(wanted)
    except (EOFError, zlib.error, OSError):
        raise _ends(path) from None
    if len(raw) < wanted:
        raise _ends(path)
    return np.frombuffer(raw, dtype).reshape(sizes).astype(dtype.newbyteorder("="))


def _ends(path: Path) -> StudioError:
    return StudioError(
        mark("“{name}” ends too early or is damaged. Get a fresh copy of it."), name=path.name
    )


def _partner(path: Path, labels: bool) -> Path | None:
    """The file of labels beside one of images, or the other way round."""
    old, new = ("images?", "labels") if labels else ("labels?", "images")
    name = re.sub(old, new, path.name, flags=re.IGNORECASE)
    if name == path.name:
        return None
    dims = ("1",) if labels else ("3", "4", "2")
    for dim in dims:
        wanted = re.sub(r"idx\d", f"idx{dim}", name)
        for candidate in (wanted, wanted.removesuffix(".gz"), wanted + ".gz"):
            found = path.with_name(candidate)
            if candidate != path.name and found.is_file() and not found.is_symlink():
                return found
    return None


def _test_pair(images: Path) -> tuple[np.ndarray, np.ndarray] | None:
    """The test images and labels beside the training ones."""
    for word in ("t10k", "test"):
        found = images.with_name(images.name.replace("train", word))
        if found != images and found.is_file():
            partner = _partner(found, labels=True)
            if partner is not None:
                x, y = read_idx_file(found), read_idx_file(partner)
                return (x, y) if len(x) == len(y) else None
    return None
