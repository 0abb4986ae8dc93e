"""``nnstudio warm``: compile every kernel now, not at first use."""

from __future__ import annotations

import argparse
import sys

from nnstudio.core.text import mark, tr

HELP = mark("compile everything now, not at first use")


def declare(parser: argparse.ArgumentParser) -> None:
    """Nothing a person would set."""
    parser.add_argument("--plain", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--share", default="", help=argparse.SUPPRESS)  # “1/2”: every other kernel
    parser.add_argument("--stamp", action="store_true", help=argparse.SUPPRESS)


def run(options: argparse.Namespace) -> int:
    """Compile what the cache lacks, with a progress bar."""
    from nnstudio.core.compiled import jit
    from nnstudio.engine import warm

    if options.stamp:
        sys.stdout.write(jit.source_stamp() + "\n")
        return 0
    if options.share:
        which, _, of = options.share.partition("/")
        for _ in warm.compile_all(int(which), int(of)):
            pass
        return 0
    if options.plain:
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
