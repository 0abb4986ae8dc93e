"""Projects: one ``.nnst`` file with all of a person's work.

An archive (core/archive.py) with the setup as JSON, the data (embedded, or how it is made and the
hash it must have), parameters and optimizer state as raw little-endian float32 with shape and
SHA-256, the curves, and whatever the window adds (notes, layout, a small picture). Opened again,
training goes on to the bit where it stopped.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

import nnstudio
from nnstudio.core import archive, data_file, migrations
from nnstudio.core.archive import Archive
from nnstudio.core.data import Data
from nnstudio.core.recipes.preparation import preparation_of
from nnstudio.core.setup import Setup
from nnstudio.core.text import StudioError, mark

FORMAT = "nnstudio-project"
#: Older versions are brought up to this one (core/migrations.py).
VERSION = 2
SUFFIX = ".nnst"
#: Data from a file travels inside the project up to this size; larger data is named with its hash.
MOST_EMBEDDED = 512 << 20
#: What the window adds is bounded too.
MOST_NOTES = 1_000_000


@dataclass(frozen=True)
class State:
    """Where training stands, by name and so independent of how the engine lays its memory out.

    ``arrays``: ``parameters/<node>/<name>``, ``slots/<number>/<node>/<name>``, and where they are
    kept ``averages/<node>/<name>`` (running means) and ``kept/<node>/<name>`` (the best so far),
    all float32.
    ``counters``: step, epoch, position in the epoch, updates. ``schedule``: what it remembers.
    ``curves``: equally long columns by name, float64. ``extra`` is plain JSON of whoever keeps
    more. ``tree`` tells of all runs (plain JSON) and ``runs`` has their arrays: curves as
    ``runs/<number>/<name>``, moments to go on from as ``keyframes/<stack>/...``. ``data`` is what
    earlier runs were trained on, by hash, where that is from a file and is not the project's.
    """

    arrays: dict[str, np.ndarray]
    counters: tuple[int, ...] = (0, 0, 0, 0)
    schedule: tuple[float, ...] = (1.0,)
    curves: dict[str, np.ndarray] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)
    runs: dict[str, np.ndarray] = field(default_factory=dict)
    tree: dict[str, Any] = field(default_factory=dict)
    data: dict[str, Data] = field(default_factory=dict)

    @property
    def step(self) -> int:
        """Steps done."""
        return self.counters[0]


@dataclass(frozen=True)
class Project:
    """A setup with its data and, once it has been trained, where training stands.

    ``notices`` are sentences for whoever opens the file, such as that its data has changed.
    ``extra`` and ``pictures`` (uint8 arrays by name) belong to the window.
    """

    setup: Setup
    data: Data
    state: State | None = None
    notes: str = ""
    extra: dict[str, Any] = field(default_factory=dict)
    pictures: dict[str, np.ndarray] = field(default_factory=dict)
    notices: tuple[StudioError, ...] = ()


def write(path: Path | str, project: Project, *, backup: bool = True) -> None:
    """Save in one step; raises ``StudioError`` and leaves the file before as it was if it cannot.

    The version before stays beside it as ``.bak``.
    """
    archive.write(path, *_packed(project), backup=backup)


def pack(project: Project) -> bytes:
    """The file's bytes."""
    return archive.pack(*_packed(project))


def _packed(project: Project) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "app": nnstudio.__version__,
        "saved": datetime.now(UTC).isoformat(timespec="seconds"),
        "setup": project.setup.to_json(),
        "notes": project.notes[:MOST_NOTES],
        "extra": project.extra,
    }
    # Apart from the data, so that a model predicts without it.
    manifest["preparation"] = preparation_of(project.data).to_json()
    arrays: dict[str, np.ndarray] = {}
    data: dict[str, Any] = {"sha256": project.data.digest}
    if is_embedded(project.setup, project.data):
        data["embedded"], arrays = data_file.describe(project.data)
    manifest["data"] = data
    if project.state is not None:
        state = project.state
        manifest["state"] = {
            "counters": list(state.counters),
            "schedule": list(state.schedule),
            "extra": state.extra,
            "tree": state.tree,
            "data": {},
        }
        for number, (digest, one) in enumerate(state.data.items()):
            if _size(one) + sum(array.nbytes for array in arrays.values()) <= MOST_EMBEDDED:
                plain, more = data_file.describe(one, f"data{number + 1}")
                manifest["state"]["data"][digest] = {"prefix": f"data{number + 1}", **plain}
                arrays |= more
        arrays |= state.arrays
        arrays |= state.runs
        arrays |= {f"curves/{name}": column for name, column in state.curves.items()}
    arrays |= {f"pictures/{name}": picture for name, picture in project.pictures.items()}
    return manifest, arrays


def is_embedded(setup: Setup, data: Data) -> bool:
    """Whether the data travels inside the file: what comes from a file of the person's does, what
    the program makes or ships is made again."""
    return bool(getattr(setup.dataset, "path", "")) and _size(data) <= MOST_EMBEDDED


def _size(data: Data) -> int:
    return sum(part.x.nbytes + part.y.nbytes for part in (data.train, data.valid))


def is_project(path: Path | str) -> bool:
    """Whether a file is meant to be a project, by its name."""
    return Path(path).suffix.lower() == SUFFIX


def read(path: Path | str) -> Project:
    """The project in a file; raises ``StudioError`` for anything else. No code of it is run."""
    with Archive(path) as found:
        manifest = found.manifest
        if manifest.get("format") != FORMAT:
            raise StudioError(
                mark("“{name}” is damaged or is no file of NNStudio. Nothing was changed."),
                name=found.name,
            )
        version = manifest.get("version")
        if not isinstance(version, int) or version > VERSION:
            raise StudioError(
                mark(
                    "“{name}” was made by a newer NNStudio ({app}). Open it with that one; "
                    "it was left as it is."
                ),
                name=found.name,
                app=str(manifest.get("app", "?"))[:20],
            )
        manifest = migrations.upgraded(manifest, version)
        setup = Setup.from_json(manifest.get("setup"))
        data, notices = _data(manifest.get("data"), setup, found)
        state = _state(manifest["state"], found) if "state" in manifest else None
        pictures = {
            name.removeprefix("pictures/"): found.array(name, "uint8")
            for name in found.names()
            if name.startswith("pictures/")
        }
        extra = manifest.get("extra")
        return Project(
            setup,
            data,
            state,
            str(manifest.get("notes", ""))[:MOST_NOTES],
            extra if isinstance(extra, dict) else {},
            pictures,
            notices,
        )


def _data(plain: Any, setup: Setup, found: Archive) -> tuple[Data, tuple[StudioError, ...]]:
    if not isinstance(plain, dict):
        raise _damaged(found)
    if "embedded" in plain:
        return data_file.restore(plain["embedded"], found), ()
    data = setup.dataset.load()
    if data.digest == plain.get("sha256"):
        return data, ()
    changed = StudioError(
        mark("The data “{data}” is no longer what “{name}” was trained on; training goes on with "
             "the present data."),
        data=data.name,
        name=found.name,
    )  # fmt: skip
    return data, (changed,)


def _state(plain: Any, found: Archive) -> State:
    if not isinstance(plain, dict):
        raise _damaged(found)
    counters = _numbers(plain.get("counters"), 4, 16, found)
    schedule = _numbers(plain.get("schedule"), 1, 64, found)
    extra = plain.get("extra")
    if not all(n == int(n) and 0 <= n < 2**53 for n in counters):
        raise _damaged(found)
    names = found.names()
    arrays = {
        name: found.array(name, "float32")
        for name in names
        if name.startswith(("parameters/", "slots/", "averages/", "kept/"))
    }
    curves = {
        name.removeprefix("curves/"): found.array(name, "float64")
        for name in names
        if name.startswith("curves/")
    }
    runs = {name: found.array(name, "float64") for name in names if name.startswith("runs/")}
    runs |= {name: found.array(name) for name in names if name.startswith("keyframes/")}
    tree = plain.get("tree")
    if len({column.shape for column in curves.values()}) > 1:
        raise _damaged(found)
    return State(
        arrays,
        tuple(int(n) for n in counters),
        schedule,
        curves,
        extra if isinstance(extra, dict) else {},
        runs,
        tree if isinstance(tree, dict) else {},
        _earlier_data(plain.get("data"), found),
    )


def _earlier_data(plain: Any, found: Archive) -> dict[str, Data]:
    """What earlier runs were trained on; data that is not what it is said to be is left out."""
    kept = {}
    for digest, one in plain.items() if isinstance(plain, dict) else ():
        prefix = one.get("prefix") if isinstance(one, dict) else None
        if isinstance(prefix, str):
            data = data_file.restore(one, found, prefix)
            if data.digest == digest:
                kept[digest] = data
    return kept


def _numbers(plain: Any, least: int, most: int, found: Archive) -> tuple[float, ...]:
    """A list of finite numbers, of a length within bounds."""
    if not isinstance(plain, list) or not least <= len(plain) <= most:
        raise _damaged(found)
    if not all(type(n) in (int, float) and abs(n) < 1e300 for n in plain):
        raise _damaged(found)
    return tuple(float(n) for n in plain)


def _damaged(found: Archive) -> StudioError:
    return StudioError(
        mark("“{name}” is damaged or is no file of NNStudio. Nothing was changed."),
        name=found.name,
    )


def named(project: Project, name: str) -> Project:
    """The same work under another name."""
    return dataclasses.replace(project, setup=dataclasses.replace(project.setup, name=name))
