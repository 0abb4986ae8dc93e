"""All ones: for scales, which then change nothing at first."""

from __future__ import annotations

import numpy as np

from nnstudio.core.contracts import Initializer, Parameter
from nnstudio.core.registry import register
from nnstudio.core.text import mark


@register("Ones.v1")
class Ones(Initializer):
    """One everywhere."""

    label = mark("Ones")
    help = mark("Begins at one: for scales, which then change nothing at first.")
    formula = "w = 1"
    name = "ones"

    def fill(self, parameter: Parameter, random: np.random.Generator) -> np.ndarray:
        """Ones."""
        return np.ones(parameter.shape, np.float32)
