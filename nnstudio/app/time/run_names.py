"""How runs are called and coloured."""

from __future__ import annotations

from nnstudio.app import theme
from nnstudio.core.text import tr
from nnstudio.engine.runs import Run

#: Colours of runs that can be told apart by those who see no red or green, light and dark.
LIGHT = ("#e07b00", "#7b52c7", "#008f9c", "#b0487f", "#6b7483")
DARK = ("#f6a04d", "#a98be8", "#3fb8c4", "#dd7fae", "#98a1b0")


def run_name(run: Run) -> str:
    """The name a person gave it, else its number."""
    return run.name or tr("Run {n}", n=run.number)


def run_colour(run: Run) -> str:
    """``#rrggbb`` in the present theme."""
    colours = DARK if theme.current().dark else LIGHT
    return colours[run.colour % len(colours)]


def metric_colour(number: int) -> str:
    """``#rrggbb`` of so many-th of the metrics that one plot shows, the first in the accent."""
    colours = DARK if theme.current().dark else LIGHT
    return theme.current().accent if number == 0 else colours[(number - 1) % len(colours)]
