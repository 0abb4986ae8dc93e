"""Numbers as the window writes them."""

from __future__ import annotations

import math

from nnstudio.core.text import mark, tr

_SCALES = ((1e12, "T"), (1e9, "G"), (1e6, "M"))


def rounded(value: float) -> str:
    """A speed with three figures and thousands separators, so that it does not flicker."""
    if not math.isfinite(value) or value <= 0:
        return "0"
    digits = 2 - math.floor(math.log10(value))
    kept = round(value, digits)
    return f"{kept:,.0f}" if kept >= 100 else f"{kept:.3g}"


def in_units(value: float, unit: str) -> str:
    """``4.9 MFLOP``, ``372 FLOP``."""
    for factor, prefix in _SCALES:
        if value >= factor:
            return f"{value / factor:.3g} {prefix}{unit}"
    return f"{value:,.0f} {unit}"


def as_bytes(count: float) -> str:
    """``1.2 KB``, ``136 KB``, ``4.5 MB``."""
    for factor, unit in ((2**30, "GB"), (2**20, "MB"), (2**10, "KB")):
        if count >= factor:
            value = count / factor
            return f"{value:.0f} {unit}" if value >= 100 else f"{value:.1f} {unit}"
    return f"{count:.0f} B"


def time_left(seconds: float) -> str:
    """``21 s left``, ``3 min left``, ``1 h 20 min left``."""
    if not math.isfinite(seconds):
        return ""
    if seconds < 90:
        return tr(mark("{n} s left"), n=max(0, math.ceil(seconds)))
    minutes = round(seconds / 60)
    if minutes < 90:
        return tr(mark("{n} min left"), n=minutes)
    return tr(mark("{hours} h {minutes} min left"), hours=minutes // 60, minutes=minutes % 60)
