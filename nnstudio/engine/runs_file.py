"""The tree of runs inside a project: names, notes, settings and curves of every run.

Keyframes of runs other than the present one stay behind: they are many and tied to how this
version lays memory out. A run that was read again shows its curves and can lend its settings.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np

from nnstudio.core.project import State
from nnstudio.core.setup import Setup
from nnstudio.core.text import StudioError
from nnstudio.engine.history import COLUMNS, MORE, Curves
from nnstudio.engine.runs import COLOURS, MOST_RUNS, Run, Runs

MOST_TEXT = 2000


def describe(runs: Runs) -> tuple[list[dict[str, Any]], dict[str, np.ndarray]]:
    """Plain JSON of every run, the present one last, and the curves of the others, float64."""
    plain: list[dict[str, Any]] = []
    arrays: dict[str, np.ndarray] = {}
    present = runs.present
    others = [run for run in runs.all() if present is None or run.number != present.number]
    for run in [*others, *([] if present is None else [present])]:
        names = ("number", "parent", "branched_at", "name", "notes", "colour", "pinned", "hidden",
                 "steps", "diverged")  # fmt: skip
        one: dict[str, Any] = {name: getattr(run, name) for name in names}
        one["setup"] = None if run.setup is None else run.setup.to_json()
        plain.append(one)
        if run is not present and run.curves is not None:
            for name, column in run.curves.columns().items():
                arrays[f"runs/{run.number}/{name}"] = np.asarray(column, np.float64)
    return plain, arrays


def read(plain: Any, arrays: dict[str, np.ndarray]) -> list[Run]:
    """The runs that ``describe`` told, the present one last; what is unsound is left out."""
    found: dict[int, Run] = {}
    for one in plain[-MOST_RUNS:] if isinstance(plain, list) else []:
        run = _run(one, arrays) if isinstance(one, dict) else None
        if run is not None:
            found[run.number] = run
    known = set(found) | {0}
    return [
        run if run.parent in known and run.parent != run.number
        else dataclasses.replace(run, parent=0, branched_at=0)
        for run in found.values()
    ]  # fmt: skip


def _run(one: dict[str, Any], arrays: dict[str, np.ndarray]) -> Run | None:
    whole = {}
    for name in ("number", "parent", "branched_at", "colour", "steps"):
        value = one.get(name)
        if type(value) is not int or not 0 <= value < 2**53:
            return None
        whole[name] = value
    diverged = one.get("diverged")
    prefix = f"runs/{whole['number']}/"
    curves = Curves.of({name: arrays.get(prefix + name) for name in (*COLUMNS, *MORE)})
    try:
        setup = None if one.get("setup") is None else Setup.from_json(one["setup"])
    except StudioError:
        setup = None
    return Run(
        whole["number"], whole["parent"], whole["branched_at"],
        str(one.get("name", ""))[:MOST_TEXT], str(one.get("notes", ""))[:MOST_TEXT],
        whole["colour"] % COLOURS, one.get("pinned") is True, one.get("hidden") is True,
        whole["steps"], diverged if type(diverged) is int and abs(diverged) < math.inf else -1,
        curves, setup,
    )  # fmt: skip


def with_runs(state: State, runs: Runs) -> State:
    """A state that holds the tree of runs too."""
    plain, arrays = describe(runs)
    return dataclasses.replace(state, extra={**state.extra, "runs": plain}, runs=arrays)
