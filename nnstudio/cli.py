"""The command line: ``nnstudio [VERB]``; without a verb it opens the window, with a file if one is
named.

Each verb is one file in ``commands/``, found by itself: its name is the file's, ``HELP`` says what
it does, ``declare`` adds its options to an ``argparse`` parser, ``run`` does it and gives the exit
status. What a user does wrong ends in one sentence on standard error and exit status 2.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nnstudio import __version__, commands
from nnstudio.core.text import StudioError, mark, tr


def verbs() -> dict[str, Any]:
    """Every verb's module by its name, in alphabetical order."""
    names = sorted(found.name for found in pkgutil.iter_modules(commands.__path__))
    modules = {name: importlib.import_module(f"{commands.__name__}.{name}") for name in names}
    return {name.rstrip("_"): module for name, module in modules.items()}  # try_ is “try”


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(prog="nnstudio", description=tr("See a neural network learn."))
    top.add_argument("--version", action="version", version=f"NNStudio {__version__}")
    choices = top.add_subparsers(dest="verb", metavar="VERB")
    for name, module in verbs().items():
        one = choices.add_parser(name, help=tr(module.HELP), description=tr(module.HELP))
        one.set_defaults(run=module.run)
        module.declare(one)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; gives the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given and given[0] not in verbs() and Path(given[0]).exists():
        given.insert(0, "open")  # a file dropped on the program, or “Open with”
    options = parser().parse_args(given or ["open"])
    try:
        return int(options.run(options))
    except StudioError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write(tr(mark("Stopped.")) + "\n")
        return 130
