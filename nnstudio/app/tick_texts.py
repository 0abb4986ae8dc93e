"""Round numbers on a logarithmic axis, and how they are written."""

from __future__ import annotations

import math


def log_ticks(low: float, high: float, most: int = 5) -> list[float]:
    """log10 of round numbers within a range of log10: 1 and 3 of each power if there is room,
    else every, every second, every third... power."""
    first, last = math.floor(low), math.ceil(high)
    fine = [p + m for p in range(first, last + 1) for m in (0.0, math.log10(3))]
    inside = [at for at in fine if low <= at <= high]
    stride = 1
    while len(inside) > most:
        inside = [float(p) for p in range(first, last + 1) if p % stride == 0 and low <= p <= high]
        stride += 1
    return inside


def power_text(exponent: float) -> str:
    """``10 ** exponent`` with one figure: ``0.03``, ``1``, ``1e−7``."""
    if -3.1 <= exponent <= 5:
        return f"{float(f'{10**exponent:.1g}'):,.10g}"
    return f"{10**exponent:.0e}".replace("e-0", "e−").replace("e-", "e−").replace("e+0", "e")
