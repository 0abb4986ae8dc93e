"""``nnstudio folds``: cross-validation of data of one's own."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys

from nnstudio.commands.train import apply_settings, read_recipe
from nnstudio.core.opening import load
from nnstudio.core.text import mark, tr
from nnstudio.engine.cross_validation import FoldScore, cross_validate, spread

HELP = mark("train once for each fold of the data and score the rest")


def declare(parser: argparse.ArgumentParser) -> None:
    """Of what, and how many."""
    parser.add_argument("what", metavar="FILE", help=tr("a table or images, or a project"))
    parser.add_argument("--target", help=tr("the column of a table to predict"))
    parser.add_argument("--folds", type=int, default=5, help=tr("how many equal parts"))
    parser.add_argument(
        "--recipe", metavar="FILE", help=tr("how the data is prepared, a JSON file")
    )
    parser.add_argument("--sample", type=int, help=tr("read so many rows, chosen at random"))
    parser.add_argument("--epochs", type=int, help=tr("passes over the training data"))
    parser.add_argument(
        "--set", action="append", default=[], nargs="+", metavar="NAME=VALUE", dest="settings",
        help=tr("a setting, such as lr=0.01, optimizer=adam, data.noise=0.1"),
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help=tr("one JSON object"))


def run(options: argparse.Namespace) -> int:
    """Run the verb."""
    setup, _ = load(options.what, options.target, read_recipe(options))
    setup = apply_settings(setup, [item for group in options.settings for item in group])
    if options.epochs is not None:
        setup = setup.with_training(epochs=options.epochs)

    def tell(score: FoldScore) -> None:
        name = "R²" if score.accuracy != score.accuracy else tr("accuracy")
        line = tr(
            "fold {n}: loss {loss}, {name} {figure}", n=score.fold, loss=f"{score.loss:.4g}",
            name=name, figure=f"{score.figure:.4f}",
        )  # fmt: skip
        sys.stderr.write(line + "\n")

    scores = cross_validate(setup, options.folds, tell)
    mean, deviation = spread(scores)
    figures = {"mean": f"{mean:.4f}", "deviation": f"{deviation:.4f}"}
    sys.stderr.write(tr("mean {mean}, deviation {deviation}", **figures) + "\n")
    if options.json:
        rows = [
            {name: None if value != value else value for name, value in one.items()}
            for one in map(dataclasses.asdict, scores)
        ]
        found = {"folds": rows, "mean": mean, "deviation": deviation}
        sys.stdout.write(json.dumps(found) + "\n")
    return 0
