"""``nnstudio export``: a trained network as a program or a file for others."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from nnstudio.core.text import StudioError, mark, tr

if TYPE_CHECKING:
    from nnstudio.core.exchange.trained import Trained

HELP = mark("write a network for other programs: Keras, PyTorch, ONNX, HTML and more")


def declare(parser: argparse.ArgumentParser) -> None:
    """What, in which format, where to."""
    parser.add_argument("what", metavar="PROJECT|PRESET", help=tr("a project or a preset"))
    parser.add_argument("--to", required=True, metavar="FORMAT", help=tr(
        "keras, pytorch, numpy, onnx, safetensors, html, report, svg, png or tikz"
    ))  # fmt: skip
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help=tr("where to"))
    parser.add_argument("--target", help=tr("the column of a CSV file to predict"))
    parser.add_argument(
        "--epochs", type=int, default=0,
        help=tr("train a preset or table so long first; 0 takes its first weights"),
    )  # fmt: skip
    parser.add_argument(
        "--set", action="append", default=[], nargs="+", metavar="NAME=VALUE", dest="settings",
        help=tr("an option of the format, such as data=false"),
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Run the verb."""
    from nnstudio.core import fields
    from nnstudio.core.project import is_project, read
    from nnstudio.engine import exporting

    made = exporting.exporter(options.to)
    values = {}
    for item in (item for group in options.settings for item in group):
        name, equals, value = item.partition("=")
        if not equals:
            raise StudioError(
                mark("“{item}” is no setting. Write it as name=value, such as lr=0.01."),
                item=item[:100],
            )
        values[name] = value
    made = fields.build(type(made), values)
    if is_project(options.what) or Path(options.what).is_dir():
        place = Path(options.what)
        model = exporting.of_project(read(place / "model.nnst" if place.is_dir() else place))
    else:
        model = _trained(options)
    for path in made.write(model, Path(options.output)):
        sys.stderr.write(f"{path}\n")
    return 0


def _trained(options: argparse.Namespace) -> Trained:
    """A preset or a table, trained for some epochs."""
    import numpy as np

    from nnstudio.core.opening import load
    from nnstudio.engine import exporting
    from nnstudio.engine.keyframe import initial_parameters
    from nnstudio.engine.scoring import score
    from nnstudio.engine.trainer import Trainer

    setup, data = load(options.what, options.target)
    if options.epochs < 0:
        raise StudioError(
            mark("--{name} cannot be {value}; the least is {least}."),
            name="epochs", value=options.epochs, least=0,
        )  # fmt: skip
    if not options.epochs:
        first = initial_parameters(setup.network, setup.training.seed)
        return exporting.trained(setup, data, first)
    trainer = Trainer(setup, data)
    try:
        rows = []
        for _ in range(options.epochs):
            losses, _ = trainer.run(trainer.steps_per_epoch)
            valid, _ = score(trainer, data.valid)
            rows.append((trainer.step, float(losses.mean()), valid))
            if trainer.watch.stopped:
                break
        trainer.finish()
        found = {key: value.copy() for key, value in trainer.parameters.items()}
        columns = np.array(rows).T
        curves = dict(zip(("step", "train_loss", "valid_loss"), columns, strict=True))
        return exporting.trained(setup, data, found, trainer.step, trainer.epoch, curves)
    finally:
        trainer.close()
