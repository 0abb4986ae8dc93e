"""The command line: ``nnstudio [train | shot | warm]``; without a verb it opens the window.

What a user does wrong ends in one sentence on standard error and exit status 2.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from nnstudio import __version__
from nnstudio.core.text import StudioError, mark, tr


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(prog="nnstudio", description=tr("See a neural network learn."))
    top.add_argument("--version", action="version", version=f"NNStudio {__version__}")
    verbs = top.add_subparsers(dest="verb", metavar="VERB")

    window = verbs.add_parser("open", help=tr("open the studio (the default)"))
    window.add_argument(
        "preset", nargs="?", default="two-spirals", help=tr("a preset or a CSV file")
    )
    window.add_argument("--target", help=tr("the column of a CSV file to predict"))

    train = verbs.add_parser("train", help=tr("train without a window"))
    train.add_argument("what", metavar="PRESET|CSV", help=tr("a preset or a CSV file"))
    train.add_argument("--target", help=tr("the column of a CSV file to predict"))
    length = train.add_mutually_exclusive_group()
    length.add_argument("--epochs", type=int, help=tr("passes over the training data"))
    length.add_argument("--steps", type=int, help=tr("batches"))
    length.add_argument("--seconds", type=float, help=tr("time"))
    train.add_argument("--seed", type=int, help=tr("of weights, shuffling and dropout"))
    train.add_argument("--threads", type=int, default=0, help=tr("0: all cores"))
    train.add_argument(
        "--set", action="append", default=[], nargs="+", metavar="NAME=VALUE", dest="settings",
        help=tr("a setting, such as lr=0.01, optimizer=adam, data.noise=0.1"),
    )  # fmt: skip
    train.add_argument("--json", action="store_true", help=tr("end with one JSON object"))

    info = verbs.add_parser("info", help=tr("layers, shapes, parameters and costs of a network"))
    info.add_argument("what", metavar="PRESET|CSV", help=tr("a preset or a CSV file"))
    info.add_argument("--target", help=tr("the column of a CSV file to predict"))
    info.add_argument("--json", action="store_true", help=tr("one JSON object"))

    shot = verbs.add_parser("shot", help=tr("save a picture of the window"))
    shot.add_argument("--preset", default="two-spirals", help=tr("a preset or a CSV file"))
    shot.add_argument("--target", help=tr("the column of a CSV file to predict"))
    shot.add_argument("--seconds", type=float, default=3.0, help=tr("train so long first"))
    shot.add_argument("--size", default="1440x900", help=tr("of the window, such as 1440x900"))
    shot.add_argument("--theme", default="light", choices=("light", "dark"))
    shot.add_argument("--language", default="en", choices=("en", "zh"))
    shot.add_argument("--out", required=True, help=tr("the PNG file to write"))

    warm = verbs.add_parser("warm", help=tr("compile everything now, not at first use"))
    warm.add_argument("--plain", action="store_true", help=argparse.SUPPRESS)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; gives the exit status."""
    options = parser().parse_args(arguments)
    try:
        if options.verb == "train":
            from nnstudio.train import train

            return train(options)
        if options.verb == "info":
            from nnstudio.info import info

            return info(options)
        if options.verb == "warm":
            return _warm(options.plain)
        from nnstudio.app.main import open_window, take_shot

        return take_shot(options) if options.verb == "shot" else open_window(options)
    except StudioError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write(tr(mark("Stopped.")) + "\n")
        return 130


def _warm(plain: bool) -> int:
    from nnstudio.engine import warm

    if plain:
        for done, total in warm.compile_all():
            sys.stdout.write(f"{done}/{total}\n")
            sys.stdout.flush()
    else:
        from rich.progress import Progress

        with Progress() as progress:
            task = progress.add_task(tr("Compiling"), total=None)
            for done, total in warm.compile_all():
                progress.update(task, completed=done, total=total)
    warm.finish_mark()
    return 0
