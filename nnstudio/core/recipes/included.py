"""What tables that ship with the program share: a file among the resources, and a recipe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from nnstudio.core.data import Data, held
from nnstudio.core.recipes.own_data import PreparedDataset
from nnstudio.core.resources import resource
from nnstudio.core.sources import reading
from nnstudio.core.sources.raw import Raw


@dataclass(frozen=True)
class IncludedTable(PreparedDataset):
    """A classic table; its last column is what is usually predicted."""

    group: ClassVar[str] = "Tables"
    file: ClassVar[str] = ""

    def load(self) -> Data:
        """Prepared once for each recipe."""
        return held(self, super().load)

    def raw(self) -> Raw:
        """All rows."""
        return reading.read(resource("datasets", "tables", self.file), self.recipe)
