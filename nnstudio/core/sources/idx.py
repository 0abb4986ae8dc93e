"""Read IDX files of bytes, the format of MNIST: a magic number, the sizes, then the values.

Format: http://yann.lecun.com/exdb/mnist (two zero bytes, the type 8 for unsigned bytes, the number
of dimensions, each size as a big-endian 32-bit number, the values with the last axis fastest).
"""

from __future__ import annotations

import gzip
import math
import zlib
from pathlib import Path

import numpy as np

from nnstudio.core.contracts import Shape
from nnstudio.core.text import StudioError, mark


def read_idx(path: Path, shape: Shape, count: int) -> np.ndarray:
    """The first ``count`` records, each of ``shape``, of a gzipped IDX file: (count, *shape) uint8.

    Never reads more than those records, whatever sizes the file declares. Raises ``StudioError``
    if the file is missing, not gzipped, of another type or shape, or has fewer records.
    """
    head = 4 + 4 * (1 + len(shape))
    wanted = count * math.prod(shape)
    try:
        with gzip.open(path) as file:
            start = file.read(head)
            _check(path, start, shape, count)
            values = file.read(wanted)
    except FileNotFoundError:
        raise _error(path, mark("The file {name} is missing. Install NNStudio again.")) from None
    except (EOFError, zlib.error):
        raise _error(path, mark("The file {name} ends too early or is damaged. {cure}")) from None
    except OSError:
        raise _error(path, mark("The file {name} cannot be read as gzip. {cure}")) from None
    if len(values) < wanted:
        raise StudioError(
            mark("The file {name} holds {found} bytes of values instead of {wanted}. {cure}"),
            name=path.name,
            found=len(values),
            wanted=wanted,
            cure=_CURE,
        )
    return np.frombuffer(bytearray(values), np.uint8).reshape(count, *shape)


_CURE = mark("Put an undamaged copy in its place or install NNStudio again.")


def _error(path: Path, template: str) -> StudioError:
    return StudioError(template, name=path.name, cure=_CURE)


def _check(path: Path, start: bytes, shape: Shape, count: int) -> None:
    """Raise ``StudioError`` unless the head declares bytes of the shape, at least ``count``."""
    dimensions = 1 + len(shape)
    if start[:4] != bytes([0, 0, 8, dimensions]):
        raise StudioError(
            mark(
                "The file {name} is not an IDX file of bytes in {dimensions} dimensions: "
                "it begins with “{found}”. {cure}"
            ),
            name=path.name,
            dimensions=dimensions,
            found=start[:4].hex(" ") or "—",
            cure=_CURE,
        )
    sizes = tuple(int.from_bytes(start[at : at + 4], "big") for at in range(4, len(start), 4))
    if len(sizes) != dimensions or sizes[1:] != shape or sizes[0] < count:
        raise StudioError(
            mark("The file {name} declares sizes {found} instead of {wanted}. {cure}"),
            name=path.name,
            found=" × ".join(map(str, sizes)) or "—",
            wanted=" × ".join(map(str, (count, *shape))),
            cure=_CURE,
        )
