"""What a chart shows, as plain data. Colours are names of the theme's tokens (``"accent"``),
``"class:3"`` or ``#rrggbb``, looked up when they are painted: a new theme needs nothing anew."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtGui import QColor, QImage

from nnstudio.app import theme
from nnstudio.app.class_colours import class_colour


@dataclass(frozen=True)
class Axis:
    """A range. ``kind`` is ``"plain"``, ``"log"`` (values are log10), ``"percent"`` (shares) or
    ``"none"`` (no words); ``label`` is already translated."""

    low: float = 0.0
    high: float = 1.0
    kind: str = "plain"
    label: str = ""


@dataclass(frozen=True)
class Line:
    """A curve through (x, y); ``fill`` shades down to the bottom; only named ones are read."""

    x: np.ndarray
    y: np.ndarray
    colour: str = "accent"
    name: str = ""
    dashed: bool = False
    width: float = 1.5
    alpha: float = 1.0
    fill: bool = False


@dataclass(frozen=True)
class Dots:
    """Points (x, y) with a colour each, or one for all; ``chosen`` is ringed (−1: none)."""

    x: np.ndarray
    y: np.ndarray
    colours: tuple[str, ...] = ("accent",)
    size: float = 5.0
    alpha: float = 0.8
    chosen: int = -1


@dataclass(frozen=True)
class Bars:
    """Bars between ``edges`` (n + 1) of heights (n) from the bottom."""

    edges: np.ndarray
    heights: np.ndarray
    colour: str = "accent"
    alpha: float = 0.35


@dataclass(frozen=True)
class Figure:
    """Everything in one chart; ``image`` fills the inside behind the rest; ``square`` keeps one
    scale on both axes; ``empty`` is said in its place when there is nothing yet."""

    x: Axis = field(default_factory=Axis)
    y: Axis = field(default_factory=Axis)
    lines: tuple[Line, ...] = ()
    dots: tuple[Dots, ...] = ()
    bars: tuple[Bars, ...] = ()
    image: QImage | None = None
    values: np.ndarray | None = None  # what the image shows, lowest row first, to be read
    value_name: str = ""
    marks: tuple[tuple[float, str], ...] = ()  # vertical hairlines with words
    note: str = ""
    note_right: bool = True
    note_low: bool = False
    square: bool = False
    empty: str = ""


def ink(name: str, alpha: float = 1.0) -> QColor:
    """A colour by its name."""
    if name.startswith("class:"):
        colour = QColor(class_colour(int(name[6:])))
    else:
        colour = QColor(getattr(theme.current(), name, name))
    colour.setAlphaF(alpha)
    return colour


def span(*arrays: np.ndarray, pad: float = 0.05, least: float = 1e-9) -> tuple[float, float]:
    """A range that holds all finite numbers, a little wider; (0, 1) if there are none."""
    parts = [a[np.isfinite(a)] for a in arrays]
    parts = [a for a in parts if a.size]
    if not parts:
        return 0.0, 1.0
    low, high = min(float(a.min()) for a in parts), max(float(a.max()) for a in parts)
    room = max((high - low) * pad, least, abs(high) * 1e-6)
    return low - room, high + room


def log10(values: np.ndarray, least: float = 1e-12) -> np.ndarray:
    """log10 of positive numbers; NaN for what is none."""
    values = np.asarray(values, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(values >= least, np.log10(np.maximum(values, least)), math.nan)
