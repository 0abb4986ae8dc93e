"""Compiled kernels as files: their machine code alone, loaded without the compiler.

One file a kernel in the folder of compiled code: a line with the source stamp, the symbol and a
SHA-256, then the object file. Linux on x86-64 only; elsewhere Numba's own cache serves.
"""

from __future__ import annotations

import hashlib
import os
import platform
import sys
from functools import cache
from pathlib import Path

from nnstudio.core.compiled import jit, linking


@cache
def usable() -> bool:
    """Whether code can be loaded this way here."""
    return sys.platform == "linux" and platform.machine().lower() in ("x86_64", "amd64")


@cache
def folder() -> Path:
    """Where the files are. Code for "this very processor" has a folder for each kind of it: a home
    folder may be shared by different machines."""
    jit.settle()
    root = Path(os.environ["NUMBA_CACHE_DIR"])
    if os.environ.get("NUMBA_CPU_NAME") or not usable():
        return root
    kind = " ".join(sorted(name for name, there in jit.host_features().items() if there))
    return root / f"processor-{hashlib.sha256(kind.encode()).hexdigest()[:8]}"


def load(name: str) -> int | None:
    """The address of a kernel's code, or None if there is none that is whole and of this source."""
    if not usable():
        return None
    try:
        head, _, code = (folder() / f"{name}.o").read_bytes().partition(b"\n")
        stamp, symbol, digest = head.decode().split(" ")
    except (OSError, ValueError):
        return None
    if stamp != jit.source_stamp() or digest != hashlib.sha256(code).hexdigest():
        return None
    try:
        return linking.link(code, symbol)
    except linking.Unlinkable:
        return None


def save(name: str, symbol: str, code: bytes) -> None:
    """Keep a kernel's code; silently not where nothing can be written."""
    digest = hashlib.sha256(code).hexdigest()
    head = f"{jit.source_stamp()} {symbol} {digest}\n".encode()
    target = folder() / f"{name}.o"
    new = target.with_suffix(f".{os.getpid()}")
    try:
        folder().mkdir(parents=True, exist_ok=True)
        new.write_bytes(head + code)
        new.replace(target)
    except OSError:
        new.unlink(missing_ok=True)
