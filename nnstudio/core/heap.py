"""Memory that is free goes back to the system.

Keyframes and snapshots of changing sizes leave gaps of whole pages in the C library's heaps, which
it would keep for good: 80 MB after three minutes of changing presets. So the gaps are given back
now and then; there are two heaps instead of one for every thread; and what is large never goes into
one of them. (Left alone, the C library puts blocks of up to 32 MB there once such a one was freed:
after eight minutes of changing presets the studio held 430 MB instead of 290. Blocks of 256 KB and
more instead of 4 MB, in the same run: 249 MB instead of 254 beside keyframes and curves, and
neither training nor frames slower.)
"""

from __future__ import annotations

import ctypes
import sys
import time
from functools import cache
from typing import Any

#: Seconds between two times that it is looked for; it takes some milliseconds of one thread.
SECONDS = 10.0
#: ``mallopt``'s numbers of what it sets, from malloc.h, and what to.
ARENAS, MAPPED = (-8, 2), (-3, 256 << 10)

_next = 0.0


@cache
def c_function(name: str) -> Any:
    """A function of the C library, where it is one that has it."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None


def tidy() -> None:
    """Set how the C library keeps memory, before threads are started."""
    choose = c_function("mallopt")
    if choose is not None:
        for what, value in (ARENAS, MAPPED):
            choose(what, value)


def give_back(at_once: bool = False) -> bool:
    """Give back what is free now, unless that was done a moment ago; whether it was done."""
    global _next
    now = time.monotonic()
    trim = c_function("malloc_trim")
    if trim is None or (now < _next and not at_once):
        return False
    _next = now + SECONDS
    trim(ctypes.c_size_t(0))
    return True
