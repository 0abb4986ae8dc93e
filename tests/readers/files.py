"""Files for the tests: pictures, arrays and tables of every kind, sound and broken."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

#: Twenty sound rows: a number, a number, a class.
ROWS = "".join(f"{row},{row * 2}.5,{'ab'[row % 2]}\n" for row in range(1, 21))


def png(seed: int = 0, size: tuple[int, int] = (9, 9), colour: bool = False) -> bytes:
    """A PNG picture of noise, width x height."""
    shape = (size[1], size[0], 3) if colour else (size[1], size[0])
    pixels = np.random.default_rng(seed).integers(0, 256, shape).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def write_folder(top: Path, counts: dict[str, int], **how: object) -> Path:
    """A folder of pictures for each class."""
    for place, (name, count) in enumerate(counts.items()):
        folder = top / name
        folder.mkdir(parents=True)
        for number in range(count):
            (folder / f"{number}.png").write_bytes(png(100 * place + number, **how))
    return top


def write_zip(path: Path, entries: dict[str, bytes]) -> Path:
    """A zip of the given entries."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return path


def idx(array: np.ndarray, kind: int = 8) -> bytes:
    """An array of bytes in IDX."""
    head = struct.pack(">BBBB", 0, 0, kind, array.ndim)
    return head + b"".join(struct.pack(">I", size) for size in array.shape) + array.tobytes()


def npy(array: np.ndarray, **how: object) -> bytes:
    """An array in NPY."""
    buffer = io.BytesIO()
    np.save(buffer, array, **how)
    return buffer.getvalue()
