"""What all data sets of people's own files share: a raw table or stack, and a recipe."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnstudio.core import registry
from nnstudio.core.contracts import Dataset
from nnstudio.core.data import Data
from nnstudio.core.fields import value
from nnstudio.core.recipes.preparing import prepare
from nnstudio.core.recipes.recipe import Recipe
from nnstudio.core.sources import reading
from nnstudio.core.sources.raw import Raw, RawTable
from nnstudio.core.text import mark


@dataclass(frozen=True)
class PreparedDataset(Dataset):
    """A data set that a recipe prepares. ``raw()`` gives its rows or images as they are."""

    recipe: Recipe = value(  # noqa: RUF009
        Recipe(), label=mark("Preparation"), help=mark("How the data is prepared, as JSON.")
    )

    def raw(self) -> Raw:
        """The rows or images as they stand in the source; raises ``StudioError``."""
        raise NotImplementedError

    def load(self) -> Data:
        """Read, check, divide and encode; whatever is wrong is a ``StudioError``."""
        return prepare_raw(self.raw(), self.recipe)

    def with_recipe(self, recipe: Recipe) -> Any:
        """The same data, prepared otherwise."""
        return dataclasses.replace(self, recipe=recipe)


def prepare_raw(raw: Raw, recipe: Recipe) -> Data:
    """The data that a recipe makes of a table or a stack."""
    if isinstance(raw, RawTable):
        return prepare(raw, recipe)
    from nnstudio.core.recipes.stacks import prepare_stack

    return prepare_stack(raw, recipe)


def own_dataset(path: str | Path, recipe: Recipe | None = None) -> Any:
    """The data set for a file or folder, by what it holds: ``OwnTable.v1`` or ``OwnImages.v1``.

    Raises ``StudioError`` if it is no data. Looks at its first rows only.
    """
    recipe = recipe or Recipe()
    kind = "OwnTable.v1" if isinstance(reading.look(path, recipe), RawTable) else "OwnImages.v1"
    return registry.from_json(
        Dataset, {"type": kind, "path": str(path), "recipe": recipe.to_json()}
    )
