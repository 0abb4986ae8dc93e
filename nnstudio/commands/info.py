"""``nnstudio info``: a table like Keras' summary of a preset or a CSV file's network."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from nnstudio.core import project
from nnstudio.core.exchange.importing import dataset_for, is_importable, read_file, summary
from nnstudio.core.opening import load
from nnstudio.core.setup import Setup, Training
from nnstudio.core.text import mark, tr

HELP = mark("layers, shapes, parameters and costs of a network")


def facts(setup: Setup) -> dict[str, Any]:
    """Layers and totals; memory is that of the parameters, in bytes."""
    layers: list[dict[str, Any]] = []
    for node in setup.network.nodes:
        found = setup.network.facts[node.id]
        learned = sum(p.size for p in found.parameters if p.trainable and not node.frozen)
        layers.append(
            {
                "id": node.id,
                "type": node.layer.type_name,
                "output_shape": list(found.shape or ()),
                "params": learned,
                "non_trainable": found.parameter_count - learned,
                "flops": found.flops,
                "memory_bytes": 4 * found.parameter_count,
                "inputs": list(node.inputs),
            }
        )
    totals = {
        name: sum(layer[name] for layer in layers)
        for name in ("params", "non_trainable", "flops", "memory_bytes")
    }
    return {**totals, "layers": layers}


def work_in(path: str) -> dict[str, Any]:
    """What a project holds besides its network: examples, how far it is trained, its runs, and the
    keyframes from which they go on."""
    found = project.read(path)
    state = found.state
    tree = {} if state is None else state.tree
    arrays = {} if state is None else state.runs
    kept = [len(array) for name, array in arrays.items()
            if name.startswith("keyframes/") and name.endswith("/where")]  # fmt: skip
    runs = tree.get("runs")
    return {
        "examples": {"train": len(found.data.train), "valid": len(found.data.valid)},
        "step": 0 if state is None else state.step,
        "epoch": 0 if state is None else state.counters[1],
        "arrays": 0 if state is None else len(state.arrays),
        "runs": len(runs) if isinstance(runs, list) else 0,
        "keyframes": sum(kept),
    }


def declare(parser: argparse.ArgumentParser) -> None:
    """Of what, and how."""
    parser.add_argument("what", metavar="PRESET|CSV", help=tr("a preset or a CSV file"))
    parser.add_argument("--target", help=tr("the column of a CSV file to predict"))
    parser.add_argument("--json", action="store_true", help=tr("one JSON object"))


def run(options: argparse.Namespace) -> int:
    """Run the verb."""
    read: dict[str, Any] = {}
    if is_importable(options.what):
        reading = read_file(options.what)
        dataset = dataset_for(reading)
        setup, read = Setup(dataset, reading.network, Training(), reading.name), summary(reading)
    else:
        setup, _ = load(options.what, options.target)
        if project.is_project(options.what):
            read = work_in(options.what)
    found = facts(setup) | read
    if options.json:
        sys.stdout.write(json.dumps(found) + "\n")
        return 0
    from rich.console import Console
    from rich.table import Table

    table = Table(title=setup.name)
    table.add_column(tr("Layer"))
    for title in (tr("Output shape"), tr("Parameters"), "FLOP", tr("Memory (bytes)")):
        table.add_column(title, justify="right")
    for node, layer in zip(setup.network.nodes, found["layers"], strict=True):
        table.add_row(
            f"{node.id} ({tr(node.layer.label)})",
            " × ".join(f"{size:,}" for size in layer["output_shape"]),
            f"{layer['params'] + layer['non_trainable']:,}",
            f"{layer['flops']:,}",
            f"{layer['memory_bytes']:,}",
        )
    table.add_section()
    totals = (found["params"] + found["non_trainable"], found["flops"], found["memory_bytes"])
    table.add_row(tr("Total"), "", *(f"{total:,}" for total in totals))
    console = Console()
    console.print(table)
    text = tr(
        "{learned} parameters are learned, {kept} are not.",
        learned=f"{found['params']:,}", kept=f"{found['non_trainable']:,}",
    )  # fmt: skip
    console.print(text, highlight=False)
    for remark in read.get("not_read", ()):
        place = tr("line {n}", n=remark["line"]) + ": " if remark["line"] else ""
        console.print(f"{place}{remark['text']}", highlight=False, markup=False)
    return 0
