"""Colours, type and style of the window: one table of tokens a theme, the rest derives from it."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from nnstudio.core.resources import resource


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
    groove: str  # behind what is chosen among several, and under bars and grids
    under: str  # of a button or field under the mouse


LIGHT = Theme(
    "light", False, "#ffffff", "#ffffff", "#fafbfd", "#e3e6ec", "#1b2230", "#5e6776",
    "#2f6fde", "#e4edfc", "#ffffff", "#1f77b4", "#f28e2b", "#f7f7f7",
    "#0e7d4e", "#eefaf4", "#8a5a00", "#fff8e6", "#b3261e", "#fdeeed", "#1b2230", "#ffffff",
    "#c3c7d0", "#e3e6ec", "#f4f7fd",
)  # fmt: skip

DARK = Theme(
    "dark", True, "#14171d", "#1a1e26", "#151920", "#2d333e", "#e7eaf0", "#98a1b0",
    "#5b93f5", "#22324f", "#ffffff", "#4a9fdc", "#f6a04d", "#262b34",
    "#4cc38a", "#16291f", "#f0b952", "#2e2615", "#f2827a", "#331b1a", "#e7eaf0", "#14171d",
    "#4a5260", "#2d333e", "#222935",
)  # fmt: skip

#: For eyes that need it: black on white, lines that are lines, darker colours of data.
CONTRAST = Theme(
    "contrast", False, "#ffffff", "#ffffff", "#ffffff", "#4a4a4a", "#000000", "#1f1f1f",
    "#0037b8", "#cfdcff", "#ffffff", "#003f9e", "#c25100", "#ffffff",
    "#00502c", "#e3f7ec", "#5c3b00", "#fff3d1", "#8f0e08", "#ffe3e0", "#000000", "#ffffff",
    "#5a5a5a", "#dedede", "#cfdcff",
)  # fmt: skip

THEMES = {theme.name: theme for theme in (LIGHT, DARK, CONTRAST)}

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


# --- putting it on ---

#: Inter where it is installed, else the system's own face; then faces that hold Chinese.
FAMILIES = (
    "Inter",
    "Segoe UI",
    ".AppleSystemUIFont",
    "Noto Sans",
    "DejaVu Sans",
    "Microsoft YaHei",
    "PingFang SC",
    "Noto Sans CJK SC",
)
BASE_PIXELS = 13

#: What a person may choose: one of the themes, or what the desktop says.
CHOICES = ("system", *THEMES)


def font(pixels: int = BASE_PIXELS, *, bold: bool = False) -> QFont:
    """The window's type with tabular figures, so that running numbers do not dance."""
    return QFont(_made_font(round(pixels * _scale), bold))


@functools.cache
def _made_font(size: int, bold: bool) -> QFont:
    # Kept, because every paint asks for some; who gets a copy of it may change that.
    made = QFont()
    made.setFamilies(list(FAMILIES))
    made.setPixelSize(size)
    made.setFeature(QFont.Tag("tnum"), 1)
    made.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return made


_scale = 1.0


def scale() -> float:
    """How much larger than usual text is now."""
    return _scale


def pixels(number: float) -> int:
    """A height or a width that grows with the text."""
    return round(number * _scale)


def set_scale(factor: float) -> None:
    """Make text larger; ``apply`` shows it."""
    global _scale
    _scale = factor


def _scaled(match: re.Match[str]) -> str:
    return f"{match[1]}{round(float(match[2]) * _scale)}px"


def stylesheet(theme: Theme) -> str:
    """The style sheet of the whole window in a theme's colours, at the present scale."""
    template = resource("themes", "studio.qss").read_text(encoding="utf-8")
    # Longest names first, so that @accent does not eat the start of @accent_soft.
    for name, value in sorted(vars(theme).items(), key=lambda item: -len(item[0])):
        template = template.replace(f"@{name}", str(value))
    return re.sub(r"((?:font-size|min-height): ?)(\d+)px", _scaled, template)


def palette(theme: Theme) -> QPalette:
    """A complete Fusion palette: plain X11 and offscreen screens offer no dark one."""
    roles = QPalette.ColorRole
    made = QPalette()
    for role, colour in {
        roles.Window: theme.window,
        roles.WindowText: theme.text,
        roles.Base: theme.panel,
        roles.AlternateBase: theme.canvas,
        roles.Text: theme.text,
        roles.PlaceholderText: theme.muted,
        roles.Button: theme.panel,
        roles.ButtonText: theme.text,
        roles.BrightText: theme.bad,
        roles.Highlight: theme.accent,
        roles.HighlightedText: theme.on_accent,
        roles.Accent: theme.accent,
        roles.Link: theme.accent,
        roles.LinkVisited: theme.accent,
        roles.ToolTipBase: theme.tooltip,
        roles.ToolTipText: theme.on_tooltip,
        roles.Light: theme.panel,
        roles.Midlight: theme.hairline,
        roles.Mid: theme.hairline,
        roles.Dark: theme.earlier,
        roles.Shadow: theme.hairline,
    }.items():
        made.setColor(role, QColor(colour))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.earlier))
    return made


def resolve(choice: str) -> Theme:
    """The theme that a choice means now: ``"system"`` asks the desktop."""
    if choice in THEMES:
        return THEMES[choice]
    hints = QGuiApplication.styleHints()
    if hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast:
        return CONTRAST
    dark = hints.colorScheme() == Qt.ColorScheme.Dark
    return DARK if dark else LIGHT


def prepare(app: QApplication, choice: str) -> Theme:
    """Style, type and palette of a theme, without its sheet: see ``Looks.dress``."""
    global _current
    _current = resolve(choice)
    if not app.styleSheet():  # once: a style under a sheet has no name, and to replace it while
        app.setStyle("Fusion")  # widgets live is a rare crash, and polishes them all twice
    app.setFont(font())
    app.setPalette(palette(_current))
    return _current


def apply(app: QApplication, choice: str) -> Theme:
    """Dress the application in a theme; every widget gets a ``PaletteChange``."""
    before = app.palette()
    made = prepare(app, choice)
    app.setStyleSheet(stylesheet(made))
    if app.palette() == before:  # of a new scale alone Qt tells nobody
        for widget in app.allWidgets():
            QApplication.sendEvent(widget, QEvent(QEvent.Type.PaletteChange))
    return made
