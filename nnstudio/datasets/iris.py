"""Iris: 150 flowers of three species (Fisher 1936)."""

from __future__ import annotations

from nnstudio.core.recipes.included import IncludedTable
from nnstudio.core.registry import register
from nnstudio.core.text import mark


@register("Iris.v1")
class Iris(IncludedTable):
    """Four lengths in centimetres, and the species."""

    label = mark("Iris")
    help = mark("150 flowers: which of three species, from sepals and petals.")
    file = "iris.csv"
    source = "R. A. Fisher (1936), UCI Machine Learning Repository"
    licence = "CC BY 4.0"
    order = 10
