"""The tree of runs inside a project: names, notes, settings, curves and keyframes of every run."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np

from nnstudio.core.data import Data
from nnstudio.core.project import State
from nnstudio.core.setup import Setup
from nnstudio.core.text import StudioError
from nnstudio.engine import keyframes_file, keyframes_read
from nnstudio.engine.history import COLUMNS, MORE, Curves
from nnstudio.engine.keyframes_file import is_whole
from nnstudio.engine.runs import COLOURS, MOST_RUNS, Run
from nnstudio.engine.timeline import Timeline

MOST_TEXT = 2000
#: Different data that earlier runs may ask to be made again when a file is opened.
MOST_LOADED = 8

#: What ``Runs.capture`` gives.
Captured = tuple[list[Run], dict[int, Timeline]]


class _Numbered:
    """Setups and data, each once, by number."""

    def __init__(self, present: Data) -> None:
        self.setups: list[dict[str, Any]] = []
        self.data: list[Data] = [present]
        self.own: dict[str, Data] = {}
        self._keys: dict[str, int] = {}
        self._seen: dict[int, tuple[Setup, int]] = {}  # the setup is held: its id stays its own

    def setup(self, setup: Setup) -> int:
        """The number of a setup."""
        if id(setup) not in self._seen:
            key = keyframes_file.setup_key(setup)
            if key not in self._keys:
                self._keys[key] = len(self.setups)
                self.setups.append(setup.to_json())
            self._seen[id(setup)] = (setup, self._keys[key])
        return self._seen[id(setup)][1]

    def number_data(self, setup: Setup, data: Data) -> int:
        """The number of data; 0 is the project's own. What came from a file travels along."""
        for number, known in enumerate(self.data):
            if known is data or known.digest == data.digest:
                return number
        self.data.append(data)
        if getattr(setup.dataset, "path", ""):
            self.own[data.digest] = data
        return len(self.data) - 1


def with_runs(state: State, captured: Captured, data: Data) -> State:
    """A state that holds the tree of runs too. Slow: not for the session's thread."""
    runs, lines = captured
    numbered = _Numbered(data)
    present = runs[-1].number if runs else 0
    plain: list[dict[str, Any]] = []
    arrays: dict[str, np.ndarray] = {}
    for run in runs:
        names = ("number", "parent", "branched_at", "name", "notes", "colour", "pinned", "hidden",
                 "steps", "diverged")  # fmt: skip
        one: dict[str, Any] = {name: getattr(run, name) for name in names}
        one["setup"] = None if run.setup is None else numbered.setup(run.setup)
        plain.append(one)
        if run.number != present and run.curves is not None:
            for name, column in run.curves.columns().items():
                arrays[f"runs/{run.number}/{name}"] = np.asarray(column, np.float64)
    first = sorted(runs, key=lambda run: (run.number != present, not run.pinned, -run.number))
    lines = {run.number: lines[run.number] for run in first}
    keyframes_file.thinned(lines, present, state.step)
    kept, frames = keyframes_file.describe(lines, numbered.setup, numbered.number_data)
    tree = {
        "runs": plain, "setups": numbered.setups,
        "data": [one.digest for one in numbered.data], **kept,
    }  # fmt: skip
    return dataclasses.replace(state, tree=tree, runs=arrays | frames, data=numbered.own)


def read(state: State, present: Data) -> list[Run]:
    """The runs that ``with_runs`` told, the present one last; what is unsound is left out.
    ``present`` is the project's data."""
    tree = state.tree
    setups = _Setups(tree.get("setups"))
    data = _DataOf(tree.get("data"), state.data, present)
    plain = tree.get("runs")
    lines = keyframes_read.read(tree, state.runs, setups.find, data.find)
    found: dict[int, Run] = {}
    for one in plain[-MOST_RUNS:] if isinstance(plain, list) else []:
        run = _run(one, state.runs, setups) if isinstance(one, dict) else None
        if run is not None:
            line = lines.get(run.number)
            found[run.number] = dataclasses.replace(run, timeline=line) if line else run
    known = set(found) | {0}
    return [
        run if run.parent in known and run.parent != run.number
        else dataclasses.replace(run, parent=0, branched_at=0)
        for run in found.values()
    ]  # fmt: skip


class _Setups:
    """The setups of a file by number, each made when it is first asked for."""

    def __init__(self, plain: Any) -> None:
        self._plain = plain if isinstance(plain, list) else []
        self._made: dict[int, Setup | None] = {}

    def find(self, number: Any) -> Setup | None:
        """A setup; None if there is none of that number or it is unsound."""
        if not is_whole(number) or number >= len(self._plain):
            return None
        if number not in self._made:
            try:
                self._made[number] = Setup.from_json(self._plain[number])
            except StudioError:
                self._made[number] = None
        return self._made[number]


class _DataOf:
    """The data of earlier runs: the project's own, or what travels along, or made again."""

    def __init__(self, digests: Any, along: dict[str, Data], present: Data) -> None:
        self._digests = digests if isinstance(digests, list) else []
        self._along = along
        self._present = present
        self._loaded: list[tuple[Any, Data | None]] = []

    def find(self, number: Any, setup: Setup) -> Data | None:
        """Data; None if it cannot be had, or is no longer what it was."""
        if not is_whole(number) or number >= len(self._digests):
            return None
        digest = self._digests[number]
        if digest == self._present.digest:
            return self._present
        if isinstance(digest, str) and digest in self._along:
            return self._along[digest]
        if getattr(setup.dataset, "path", ""):  # a stranger's file opens no other file
            return None
        data = self._load(setup)
        return data if data is not None and data.digest == digest else None

    def _load(self, setup: Setup) -> Data | None:
        for dataset, data in self._loaded:
            if dataset == setup.dataset:
                return data
        found = None
        if len(self._loaded) < MOST_LOADED:
            try:
                found = setup.dataset.load()
            except StudioError:
                found = None
        self._loaded.append((setup.dataset, found))
        return found


def _run(one: dict[str, Any], arrays: dict[str, np.ndarray], setups: _Setups) -> Run | None:
    whole = {}
    for name in ("number", "parent", "branched_at", "colour", "steps"):
        value = one.get(name)
        if type(value) is not int or not 0 <= value < 2**53:
            return None
        whole[name] = value
    diverged = one.get("diverged")
    prefix = f"runs/{whole['number']}/"
    curves = Curves.of({name: arrays.get(prefix + name) for name in (*COLUMNS, *MORE)})
    return Run(
        whole["number"], whole["parent"], whole["branched_at"],
        str(one.get("name", ""))[:MOST_TEXT], str(one.get("notes", ""))[:MOST_TEXT],
        whole["colour"] % COLOURS, one.get("pinned") is True, one.get("hidden") is True,
        whole["steps"], diverged if type(diverged) is int and abs(diverged) < math.inf else -1,
        curves, setups.find(one.get("setup")),
    )  # fmt: skip
