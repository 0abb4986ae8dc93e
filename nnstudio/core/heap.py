"""Memory that is free goes back to the system.

Keyframes and snapshots of changing sizes leave gaps of whole pages in the C library's heaps, which
it would keep for good: 80 MB after three minutes of changing presets.
"""

from __future__ import annotations

import ctypes
import sys
import time
from functools import cache
from typing import Any

#: Seconds between two times that it is looked for; it takes some milliseconds of one thread.
SECONDS = 10.0

_next = 0.0


@cache
def _trim() -> Any:
    """The C library's function, where it has one."""
    if sys.platform != "linux":
        return None
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim.argtypes = [ctypes.c_size_t]
    return trim


def give_back() -> bool:
    """Give back what is free now, unless that was done a moment ago; whether it was done."""
    global _next
    now = time.monotonic()
    trim = _trim()
    if trim is None or now < _next:
        return False
    _next = now + SECONDS
    trim(0)
    return True
