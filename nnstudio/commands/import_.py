"""``nnstudio import``: Keras or PyTorch source, or ONNX, as a project."""

from __future__ import annotations

import argparse
import sys

from nnstudio.core.text import mark, tr

HELP = mark("read a network from Keras or PyTorch source or from ONNX")


def declare(parser: argparse.ArgumentParser) -> None:
    """From where, where to."""
    parser.add_argument("file", metavar="FILE", help=tr("a .py or .onnx file"))
    parser.add_argument("-o", "--output", required=True, metavar="PROJECT",
                        help=tr("the project to write"))  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Run the verb; what could not be read is told with its line."""
    from nnstudio.core import project
    from nnstudio.core.exchange import importing
    from nnstudio.engine.importing import project_of

    reading = importing.read_file(options.file)
    project.write(options.output, project_of(reading))
    for remark in reading.remarks:
        place = tr("line {n}", n=remark.line) + ": " if remark.line else ""
        sys.stderr.write(f"{place}{remark.text}\n")
    text = tr("{n} layers were read; {m} remarks.", n=len(reading.network.nodes) - 1,
              m=len(reading.remarks))  # fmt: skip
    sys.stderr.write(text + "\n")
    return 0
