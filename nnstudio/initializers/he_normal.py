"""He initialisation from a normal distribution (He et al. 2015)."""

from __future__ import annotations

import math

import numpy as np

from nnstudio.core.contracts import Initializer, Parameter
from nnstudio.core.registry import register
from nnstudio.core.text import mark


@register("HeNormal.v1")
class HeNormal(Initializer):
    """Variance 2 / fan_in."""

    label = mark("He normal")
    help = mark("Keeps the size of signals steady through ReLUs, which halve them.")
    formula = "w ~ N(0, var), var = 2 / fan_in"
    name = "he_normal"

    def fill(self, parameter: Parameter, random: np.random.Generator) -> np.ndarray:
        """Independent values."""
        variance = 2 / parameter.fan_in
        values = random.standard_normal(parameter.shape) * math.sqrt(variance)
        return values.astype(np.float32)
