"""One small value for all weights: shows why weights must begin differently."""

from __future__ import annotations

import numpy as np

from nnstudio.core.contracts import Initializer, Parameter
from nnstudio.core.registry import register
from nnstudio.core.text import mark


@register("Constant.v1")
class Constant(Initializer):
    """0.1 everywhere: signals pass, but all units of a layer learn the same."""

    label = mark("Constant")
    help = mark("Every weight begins at 0.1: all units of a layer stay alike. Try it and see.")
    formula = "w = 0.1"
    name = "constant"

    def fill(self, parameter: Parameter, random: np.random.Generator) -> np.ndarray:
        """The same value everywhere."""
        return np.full(parameter.shape, 0.1, np.float32)
