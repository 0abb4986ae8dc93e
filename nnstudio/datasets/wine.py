"""Wine: 178 wines of three cultivars (Aeberhard and Forina 1992)."""

from __future__ import annotations

from nnstudio.core.recipes.included import IncludedTable
from nnstudio.core.registry import register
from nnstudio.core.text import mark


@register("Wine.v1")
class Wine(IncludedTable):
    """Thirteen chemical measurements, and the cultivar."""

    label = mark("Wine")
    help = mark("178 wines: which of three cultivars, from a chemical analysis.")
    file = "wine.csv"
    source = "S. Aeberhard, M. Forina (1992), UCI Machine Learning Repository"
    licence = "CC BY 4.0"
    order = 11
