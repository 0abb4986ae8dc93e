"""LeCun initialisation from a normal distribution (LeCun, Bottou, Orr and Müller 1998)."""

from __future__ import annotations

import math

import numpy as np

from nnstudio.core.contracts import Initializer, Parameter
from nnstudio.core.registry import register
from nnstudio.core.text import mark


@register("LeCunNormal.v1")
class LeCunNormal(Initializer):
    """Variance 1 / fan_in."""

    label = mark("LeCun normal")
    help = mark("Keeps the size of signals steady on their way forward; suits SELU.")
    formula = "w ~ N(0, var), var = 1 / fan_in"
    name = "lecun_normal"

    def fill(self, parameter: Parameter, random: np.random.Generator) -> np.ndarray:
        """Independent values."""
        values = random.standard_normal(parameter.shape) * math.sqrt(1 / parameter.fan_in)
        return values.astype(np.float32)
