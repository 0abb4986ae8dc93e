"""A table from a file of one's own: any kind of file that a reader knows."""

from __future__ import annotations

from nnstudio.core.fields import text
from nnstudio.core.recipes.own_data import PreparedDataset
from nnstudio.core.registry import register
from nnstudio.core.sources import reading
from nnstudio.core.sources.raw import Raw
from nnstudio.core.text import mark


@register("OwnTable.v1")
class OwnTable(PreparedDataset):
    """Columns of numbers, categories and dates; one or more of them are predicted."""

    label = mark("Your table")
    help = mark("A CSV, Parquet, JSON lines or NumPy file with a row for each example.")
    own = True
    group = "Tables"
    order = 1

    path: str = text("", label=mark("File"), help=mark("The file with the table."))

    def raw(self) -> Raw:
        """All rows, or the recipe's sample of them."""
        return reading.read(self.path, self.recipe)
