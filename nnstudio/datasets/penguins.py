"""Penguins: 344 penguins of three species (Horst, Hill and Gorman 2020)."""

from __future__ import annotations

from nnstudio.core.recipes.included import IncludedTable
from nnstudio.core.registry import register
from nnstudio.core.text import mark


@register("Penguins.v1")
class Penguins(IncludedTable):
    """Sizes, sex, island and year, some of them missing, and the species."""

    label = mark("Penguins")
    help = mark("344 penguins: which of three species, with missing values.")
    file = "penguins.csv"
    source = "A. Horst, A. Hill, K. Gorman (2020), palmerpenguins"
    licence = "CC0"
    order = 12
