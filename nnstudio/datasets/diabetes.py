"""Diabetes: how far the disease goes in a year (Efron, Hastie, Johnstone, Tibshirani 2004)."""

from __future__ import annotations

from nnstudio.core.recipes.included import IncludedTable
from nnstudio.core.registry import register
from nnstudio.core.text import mark


@register("Diabetes.v1")
class Diabetes(IncludedTable):
    """Ten measurements of 442 patients, and a number for the progression."""

    label = mark("Diabetes")
    help = mark("442 patients: how far the disease has gone a year later, a number.")
    file = "diabetes.csv"
    source = "B. Efron, T. Hastie, I. Johnstone, R. Tibshirani (2004), copy of scikit-learn"
    licence = "BSD 3-Clause"
    task = "regression"
    order = 14
