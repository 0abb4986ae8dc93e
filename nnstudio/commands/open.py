"""``nnstudio open``: the window."""

from __future__ import annotations

import argparse

from nnstudio.core.text import mark, tr

HELP = mark("open the studio (the default)")


def declare(parser: argparse.ArgumentParser) -> None:
    """What to open."""
    parser.add_argument(
        "preset", nargs="?", default="two-spirals", help=tr("a preset or a CSV file")
    )
    parser.add_argument("--target", help=tr("the column of a CSV file to predict"))


def run(options: argparse.Namespace) -> int:
    """Open the window; ends with it."""
    from nnstudio.app.main import open_window

    return open_window(options)
