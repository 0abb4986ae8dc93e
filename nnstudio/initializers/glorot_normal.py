"""Glorot initialisation from a normal distribution (Glorot and Bengio 2010)."""

from __future__ import annotations

import math

import numpy as np

from nnstudio.core.contracts import Initializer, Parameter
from nnstudio.core.registry import register
from nnstudio.core.text import mark


@register("GlorotNormal.v1")
class GlorotNormal(Initializer):
    """Variance 2 / (fan_in + fan_out)."""

    label = mark("Glorot normal")
    help = mark("Keeps the size of signals steady both ways; suits tanh and sigmoid.")
    formula = "w ~ N(0, var), var = 2 / (fan_in + fan_out)"
    name = "glorot_normal"

    def fill(self, parameter: Parameter, random: np.random.Generator) -> np.ndarray:
        """Independent values."""
        variance = 2 / (parameter.fan_in + parameter.fan_out)
        values = random.standard_normal(parameter.shape) * math.sqrt(variance)
        return values.astype(np.float32)
