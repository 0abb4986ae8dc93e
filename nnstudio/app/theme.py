"""Colours, type and style of the window: one table of tokens a theme, everything derives from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Theme:
    """Named colours (``#rrggbb``) of one look; views ask ``theme.current()`` when they paint."""

    name: str
    dark: bool
    window: str  # behind everything
    panel: str  # cards and columns
    canvas: str  # behind the network
    hairline: str
    text: str
    muted: str  # captions, units
    accent: str  # the one blue: what is selected or acts
    accent_soft: str  # chosen chips
    on_accent: str
    positive: str  # weights and values above zero
    negative: str  # and below
    zero: str
    good: str
    good_soft: str
    warn: str
    warn_soft: str
    bad: str
    bad_soft: str
    tooltip: str
    on_tooltip: str
    earlier: str  # curves of earlier runs


LIGHT = Theme(
    "light", False, "#ffffff", "#ffffff", "#fafbfd", "#e3e6ec", "#1b2230", "#6b7483",
    "#2f6fde", "#e4edfc", "#ffffff", "#1f77b4", "#f28e2b", "#f7f7f7",
    "#128453", "#eefaf4", "#8a5a00", "#fff8e6", "#b3261e", "#fdeeed", "#1b2230", "#ffffff",
    "#c3c7d0",
)  # fmt: skip

DARK = Theme(
    "dark", True, "#14171d", "#1a1e26", "#151920", "#2d333e", "#e7eaf0", "#98a1b0",
    "#5b93f5", "#22324f", "#ffffff", "#4a9fdc", "#f6a04d", "#262b34",
    "#4cc38a", "#16291f", "#f0b952", "#2e2615", "#f2827a", "#331b1a", "#e7eaf0", "#14171d",
    "#4a5260",
)  # fmt: skip

THEMES = {theme.name: theme for theme in (LIGHT, DARK)}

_current = LIGHT


def current() -> Theme:
    """The theme now in use."""
    return _current


def rgb(colour: str) -> tuple[int, int, int]:
    """``#rrggbb`` as three bytes."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def diverging_lut(theme: Theme | None = None) -> np.ndarray:
    """(256, 3) uint8: negative colour, almost the background at zero, positive colour."""
    theme = theme or _current
    ends = [np.array(rgb(c), float) for c in (theme.negative, theme.zero, theme.positive)]
    t = np.linspace(-1, 1, 256)[:, None]
    mixed = np.where(t < 0, ends[1] + (ends[0] - ends[1]) * -t, ends[1] + (ends[2] - ends[1]) * t)
    return np.round(mixed).astype(np.uint8)
