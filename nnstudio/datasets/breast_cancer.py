"""Breast cancer: 569 diagnoses (Wolberg, Mangasarian, Street and Street 1993)."""

from __future__ import annotations

from nnstudio.core.recipes.included import IncludedTable
from nnstudio.core.registry import register
from nnstudio.core.text import mark


@register("BreastCancer.v1")
class BreastCancer(IncludedTable):
    """Thirty measurements of cell nuclei, and whether the mass was malignant."""

    label = mark("Breast cancer")
    help = mark("569 masses: malignant or benign, from measurements of cell nuclei.")
    file = "breast_cancer.csv"
    source = (
        "W. Wolberg, O. Mangasarian, N. Street and others (1993), UCI Machine Learning Repository"
    )
    licence = "CC BY 4.0"
    order = 13
