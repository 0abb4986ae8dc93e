"""``nnstudio predict``: what a trained project says about the rows or images of a file."""

from __future__ import annotations

import argparse
import json
import sys
import time

from nnstudio.core.text import mark, tr

HELP = mark("predict with a trained project")


def declare(parser: argparse.ArgumentParser) -> None:
    """What to predict with, what, and where the answers go."""
    parser.add_argument(
        "model", metavar="PROJECT", help=tr("a project, or a folder that train --out filled")
    )
    parser.add_argument("--input", required=True, metavar="FILE", help=tr("rows or images"))
    parser.add_argument(
        "--output", required=True, metavar="FILE",
        help=tr("a CSV, JSON lines (.jsonl) or Parquet (.parquet) file to write"),
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help=tr("end with one JSON object"))


def run(options: argparse.Namespace) -> int:
    """Run the verb."""
    from nnstudio.core.model import read_model
    from nnstudio.engine.answers import predict_file

    began = time.perf_counter()
    found = predict_file(read_model(options.model), options.input, options.output)
    found["wall_s"] = round(time.perf_counter() - began, 3)
    if options.json:
        sys.stdout.write(json.dumps(found) + "\n")
    else:
        text = tr("{rows} predictions written to {name}", rows=f"{found['rows']:,}",
                  name=options.output)  # fmt: skip
        sys.stderr.write(text + "\n")
    return 0
