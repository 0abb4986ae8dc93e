"""Arrays that begin at a cache line."""

from __future__ import annotations

import numpy as np


def aligned(size: int, dtype: type = np.float32) -> np.ndarray:
    """A zeroed array that begins at a cache line."""
    item = np.dtype(dtype).itemsize
    raw = np.zeros(size * item + 64, np.uint8)
    start = -raw.ctypes.data % 64
    return raw[start : start + size * item].view(dtype)
