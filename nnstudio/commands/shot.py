"""``nnstudio shot``: a picture of the window, without a screen if there is none."""

from __future__ import annotations

import argparse

from nnstudio.core.text import mark, tr

HELP = mark("save a picture of the window")


def declare(parser: argparse.ArgumentParser) -> None:
    """What the picture is of, and how it looks."""
    parser.add_argument("--preset", default="two-spirals", help=tr("a preset or a CSV file"))
    parser.add_argument("--target", help=tr("the column of a CSV file to predict"))
    parser.add_argument("--seconds", type=float, default=3.0, help=tr("train so long first"))
    parser.add_argument("--size", default="1440x900", help=tr("of the window, such as 1440x900"))
    parser.add_argument("--theme", default="light", choices=("light", "dark", "contrast"))
    parser.add_argument("--language", default="en", choices=("en", "zh"))
    parser.add_argument("--out", required=True, help=tr("the PNG file to write"))


def run(options: argparse.Namespace) -> int:
    """Draw and save."""
    from nnstudio.app.main import take_shot

    return take_shot(options)
