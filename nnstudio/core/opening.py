"""Opening what a person names: a preset, or a file or folder with data."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from nnstudio.core.data import Data
from nnstudio.core.defaults import setup_for
from nnstudio.core.fitting import fit
from nnstudio.core.project import is_project, read
from nnstudio.core.recipes.own_data import own_dataset
from nnstudio.core.recipes.recipe import Recipe
from nnstudio.core.setup import Setup, preset, preset_names
from nnstudio.core.text import StudioError, mark


def load(what: str, target: str | None, recipe: Recipe | None = None) -> tuple[Setup, Data]:
    """A preset by name, or data of any kind that a reader knows, ready to train.

    ``target`` is the column of a table to predict (several, separated by commas, if no column is
    called so); by default what ``recipe`` says, else the last one.
    """
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
    recipe = recipe or Recipe()
    if target:
        recipe = dataclasses.replace(recipe, targets=(target,))
    dataset = own_dataset(what, recipe)
    if target and "," in target:
        raw = dataset.raw()
        if target not in getattr(raw, "names", (target,)):
            several = tuple(name.strip() for name in target.split(",") if name.strip())
            dataset = dataset.with_recipe(dataclasses.replace(recipe, targets=several))
    data = dataset.load()
    return setup_for(dataset, data, Path(what).stem), data
