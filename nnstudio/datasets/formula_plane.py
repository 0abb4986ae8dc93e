"""A formula's classes, or its surface, over the plane."""

from __future__ import annotations

import dataclasses

import numpy as np

from nnstudio.core.data import PLANE_LIMIT, Data
from nnstudio.core.fields import text
from nnstudio.core.formula import parse
from nnstudio.core.plane import PlaneDataset
from nnstudio.core.registry import register
from nnstudio.core.text import StudioError, mark


@register("FormulaPlane.v1")
class FormulaPlane(PlaneDataset):
    """Points anywhere; a condition gives two classes, a number gives a surface."""

    label = mark("Formula")
    help = mark("Labels points by a formula of your own.")
    order = 60
    own = True

    formula: str = text(
        "sin(x1) * x2 > 0", label=mark("Formula"),
        help=mark("A condition such as x1*x2 > 0 for two classes, or a number such as sin(x1)."),
    )  # fmt: skip

    def draw(self, random: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Points anywhere in the plane, and the formula there; a surface is brought to −1..1."""
        formula = parse(self.formula)
        points = random.uniform(-PLANE_LIMIT, PLANE_LIMIT, (count, 2))
        values = formula({"x1": points[:, 0], "x2": points[:, 1]})
        if values.min() == values.max():
            raise StudioError(
                mark("“{formula}” is the same everywhere, so there is nothing to learn."),
                formula=formula.text,
            )
        if not formula.is_condition:
            values = values / max(np.abs(values).max(), 1e-12)
        return points, values

    def make(self) -> Data:
        """The data; a regression where the formula is a number."""
        data = super().make()
        if parse(self.formula).is_condition:
            return data
        return dataclasses.replace(
            data, task="regression", classes=(), target_names=(mark("value"),)
        )
