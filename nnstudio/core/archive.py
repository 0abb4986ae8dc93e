"""Archives: a zip with a JSON manifest and raw arrays, safe to open from a stranger.

``manifest.json`` holds plain JSON; under ``"arrays"`` it lists every array with its entry, type,
shape and SHA-256. Each array is one entry of little-endian numbers. No pickle, no code, nothing is
extracted to the disk, and no size that a file declares is believed: reading stops at the limits.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from nnstudio.core import atomic
from nnstudio.core.text import StudioError, mark

MANIFEST = "manifest.json"
#: The bytes of all arrays together, of the manifest, and the entries that a reader accepts.
MOST_BYTES = 4 << 30
MOST_MANIFEST = 64 << 20
MOST_ENTRIES = 20_000
#: Number types by the name that the manifest gives them.
TYPES = {"float32": "<f4", "float64": "<f8", "int64": "<i8", "uint8": "|u1"}
NAME = re.compile(r"arrays/[A-Za-z0-9_.-]{1,80}")
#: Arrays that hold data rather than weights shrink well; weights hardly do, and saving is quick.
SQUEEZED = ("uint8", "int64")


def pack(manifest: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> bytes:
    """The archive as bytes. ``manifest`` is plain JSON without the key ``"arrays"``."""
    listed: dict[str, Any] = {}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED, allowZip64=True) as file:
        for number, (name, array) in enumerate(arrays.items()):
            kind = array.dtype.name
            raw = np.ascontiguousarray(array, dtype=TYPES[kind]).tobytes()
            entry = f"arrays/{number:05d}.{kind}"
            listed[name] = {
                "entry": entry,
                "type": kind,
                "shape": list(array.shape),
                "sha256": hashlib.sha256(raw).hexdigest(),
            }
            how = zipfile.ZIP_DEFLATED if kind in SQUEEZED else zipfile.ZIP_STORED
            file.writestr(zipfile.ZipInfo(entry), raw, how, 1 if how else None)
        text = json.dumps({**manifest, "arrays": listed}, ensure_ascii=False, indent=1)
        file.writestr(zipfile.ZipInfo(MANIFEST), text.encode(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def write(
    path: Path | str,
    manifest: Mapping[str, Any],
    arrays: Mapping[str, np.ndarray],
    *,
    backup: bool = False,
) -> None:
    """Write an archive in one step: a kill at any moment leaves the old file or the new one."""
    atomic.write(path, pack(manifest, arrays), backup=backup)


class Archive:
    """An archive opened for reading; ``manifest`` is read, arrays are read when asked for.

    Raises ``StudioError`` for anything that is not a whole archive within the limits.
    """

    def __init__(self, path: Path | str, most_bytes: int = MOST_BYTES) -> None:
        self.name = Path(path).name
        self._left = most_bytes
        try:
            self._file = zipfile.ZipFile(Path(path))
        except OSError as error:
            raise StudioError(
                mark("“{name}” cannot be read: {reason}."),
                name=self.name,
                reason=error.strerror or str(error),
            ) from error
        except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error) as error:
            raise self._damaged() from error
        try:
            self.manifest = self._read_manifest()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __contains__(self, name: str) -> bool:
        return name in self._listed

    def names(self) -> list[str]:
        """The names of all arrays."""
        return list(self._listed)

    def array(self, name: str, kind: str | None = None) -> np.ndarray:
        """One array by the name that it was packed under; checked against its SHA-256.

        ``kind`` is the number type that it must have, if only one will do.
        """
        found = self._listed.get(name)
        if not isinstance(found, dict):
            raise self._damaged()
        entry, shape, type_name = found.get("entry"), found.get("shape"), found.get("type")
        if (
            not isinstance(type_name, str)
            or type_name not in TYPES
            or (kind is not None and type_name != kind)
            or not isinstance(entry, str)
            or not NAME.fullmatch(entry)
            or not isinstance(shape, list)
            or len(shape) > 8
            or not all(type(size) is int and 0 <= size < 2**40 for size in shape)
        ):
            raise self._damaged()
        dtype = np.dtype(TYPES[type_name])
        size = math.prod(shape) * dtype.itemsize
        raw = self._read(entry, size)
        if len(raw) != size or hashlib.sha256(raw).hexdigest() != found.get("sha256"):
            raise self._damaged()
        return np.frombuffer(raw, dtype).reshape(shape).astype(dtype.newbyteorder("="))

    def _read_manifest(self) -> dict[str, Any]:
        if len(self._file.infolist()) > MOST_ENTRIES:
            raise self._damaged()
        raw = self._read(MANIFEST, MOST_MANIFEST)
        try:
            manifest = json.loads(raw)
        except (ValueError, RecursionError) as error:
            raise self._damaged() from error
        if not isinstance(manifest, dict) or not isinstance(manifest.get("arrays"), dict):
            raise self._damaged()
        self._listed: dict[str, Any] = manifest["arrays"]
        return manifest

    def _read(self, entry: str, most: int) -> bytes:
        """At most so many bytes of an entry; more is an error, whatever the entry declares."""
        if most > self._left and entry != MANIFEST:
            raise StudioError(
                mark("“{name}” holds more than {limit} MB of numbers; that is over the limit."),
                name=self.name,
                limit=self._left >> 20,
            )
        try:
            info = self._file.getinfo(entry)
            if info.flag_bits & 1 or info.compress_type not in (
                zipfile.ZIP_STORED,
                zipfile.ZIP_DEFLATED,
            ):
                raise self._damaged()
            with self._file.open(info) as file:
                raw = file.read(most + 1)
        except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
            raise self._damaged() from error
        except (NotImplementedError, RuntimeError, struct.error) as error:
            raise self._damaged() from error
        if len(raw) > most:
            raise self._damaged()
        if entry != MANIFEST:
            self._left -= len(raw)
        return raw

    def _damaged(self) -> StudioError:
        return StudioError(
            mark("“{name}” is damaged or is no file of NNStudio. Nothing was changed."),
            name=self.name,
        )
