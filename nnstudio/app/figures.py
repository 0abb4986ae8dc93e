"""How losses, weights and shares are written: few figures, and always as many of them."""

from __future__ import annotations

import math

MINUS = "−"
UNKNOWN = "–"


def loss_text(value: float) -> str:
    """``0.0121``, ``12.3``, ``3.2e−07``; a dash if unknown."""
    if not math.isfinite(value):
        return UNKNOWN if math.isnan(value) else "∞"
    size = abs(value)
    if size == 0:
        text = "0"
    elif size < 0.00095:
        text = f"{value:.1e}".replace("e-0", "e-").replace("e+0", "e+")
    elif size < 10:
        text = f"{value:.4f}"
    elif size < 10_000:
        text = f"{value:,.1f}"
    else:
        text = f"{value:.2e}".replace("e+0", "e")
    return text.replace("-", MINUS)


def percent_text(share: float) -> str:
    """``98.5 %``; a dash if unknown."""
    return f"{share * 100:.1f} %" if math.isfinite(share) else UNKNOWN


def signed_text(value: float) -> str:
    """``+0.82``, ``−0.0034``, ``+12.5``: three figures, with its sign."""
    if not math.isfinite(value):
        return UNKNOWN if math.isnan(value) else f"{'+' if value > 0 else MINUS}∞"
    size = abs(value)
    if size >= 1e5:
        text = f"{value:+.2e}".replace("e+0", "e")
    elif size >= 100:
        text = f"{value:+,.0f}"
    elif size >= 10:
        text = f"{value:+.1f}"
    elif size >= 0.1 or size == 0:
        text = f"{value:+.2f}"
    elif size >= 0.0001:
        text = f"{value:+.4f}"
    else:
        text = f"{value:+.1e}".replace("e-0", "e-")
    return text.replace("-", MINUS)


def plain_text(value: float) -> str:
    """The same without a plus: ``0.82``, ``−3.10``."""
    text = signed_text(value)
    return text[1:] if text.startswith("+") else text
