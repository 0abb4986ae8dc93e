"""Opening what a person names: a preset, or a file with a table."""

from __future__ import annotations

from pathlib import Path

from nnstudio.core import registry
from nnstudio.core.contracts import Dataset
from nnstudio.core.data import Data
from nnstudio.core.defaults import setup_for
from nnstudio.core.fitting import fit
from nnstudio.core.project import is_project, read
from nnstudio.core.setup import Setup, preset, preset_names
from nnstudio.core.text import StudioError, mark


def load(what: str, target: str | None) -> tuple[Setup, Data]:
    """A preset by name, or a CSV file with its target column, ready to train."""
    if what in preset_names():
        setup = preset(what)
        data = setup.dataset.load()
        return fit(setup, data), data
    if is_project(what):
        found = read(what)
        return found.setup, found.data
    if not (Path(what).exists() or "." in what or "/" in what):
        raise StudioError(
            mark("There is no preset and no file called “{name}”. Presets are: {known}."),
            name=what[:200],
            known=", ".join(preset_names()),
        )
    if target is None:
        from nnstudio.core.table import read_header

        target = read_header(what)[-1].name
    dataset = registry.from_json(
        Dataset, {"type": "TableFile.v1", "path": str(Path(what)), "target": target}
    )
    data = dataset.load()
    return setup_for(dataset, data, Path(what).stem), data
