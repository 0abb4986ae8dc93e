"""Numbers as colours: negative, almost white at zero, positive.

Two steps, so that each runs where it should. ``quantize`` turns numbers into one byte each, off
the GUI thread; ``image`` puts the theme's colours to the bytes, which costs microseconds. A new
theme needs nothing measured again.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PySide6.QtGui import QImage

from nnstudio.app import theme
from nnstudio.app.theme import Theme, diverging_lut, rgb

#: Byte of a number that is exactly zero; 0 to 254 run from −scale to +scale.
ZERO = 127
#: Byte of what is no number: a gap, or NaN. It shows the background.
NOTHING = 255


def quantize(values: np.ndarray, scale: float) -> np.ndarray:
    """Numbers as bytes of the same shape; beyond ±``scale`` they keep the last colour."""
    with np.errstate(invalid="ignore"):
        scaled = np.clip(np.asarray(values, np.float32) / np.float32(scale), -1.0, 1.0)
        known = ~np.isnan(scaled)
        return np.where(known, np.rint(np.nan_to_num(scaled) * ZERO) + ZERO, NOTHING).astype(
            np.uint8
        )


@lru_cache(maxsize=8)
def _table(look: Theme) -> list[int]:
    """256 colours as 0xAARRGGBB; the last one is clear."""
    lut = diverging_lut(look)
    spread = lut[np.rint(np.linspace(0, 255, NOTHING)).astype(int)]
    spread[ZERO] = rgb(look.zero)
    return [*(0xFF000000 | int(r) << 16 | int(g) << 8 | int(b) for r, g, b in spread), 0]


def image(levels: np.ndarray) -> QImage:
    """Bytes (rows, columns) as a picture in the present theme; clear where there is nothing."""
    rows, columns = levels.shape
    levels = np.ascontiguousarray(levels)
    made = QImage(levels.data, columns, rows, columns, QImage.Format.Format_Indexed8)
    made.setColorTable(_table(theme.current()))
    # The conversion is also a copy: the bytes may go.
    return made.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def colours(values: np.ndarray, scale: float) -> list[int]:
    """Numbers (n,) as 0xffRRGGBB."""
    table = _table(theme.current())
    return [table[level] for level in quantize(values, scale).tolist()]


def round_up(value: float, least: float = 0.1) -> float:
    """The next of 0.1, 0.2, 0.3, 0.5, 1, 2, 3, 5, 10... that is not smaller; ``least`` at least."""
    if not np.isfinite(value) or value <= least:
        return least
    power = 10.0 ** np.floor(np.log10(value))
    for step in (1, 2, 3, 5, 10):
        if value <= step * power * (1 + 1e-9):
            return float(f"{step * power:.6g}")
    return float(f"{10 * power:.6g}")
