"""LeCun initialisation from a uniform distribution (LeCun, Bottou, Orr and Müller 1998)."""

from __future__ import annotations

import math

import numpy as np

from nnstudio.core.contracts import Initializer, Parameter
from nnstudio.core.registry import register
from nnstudio.core.text import mark


@register("LeCunUniform.v1")
class LeCunUniform(Initializer):
    """Variance 1 / fan_in."""

    label = mark("LeCun uniform")
    help = mark("Keeps the size of signals steady on their way forward; suits SELU.")
    formula = "w ~ U(−√(3·var), √(3·var)), var = 1 / fan_in"
    name = "lecun_uniform"

    def fill(self, parameter: Parameter, random: np.random.Generator) -> np.ndarray:
        """Independent values."""
        limit = math.sqrt(3 / parameter.fan_in)
        return random.uniform(-limit, limit, parameter.shape).astype(np.float32)
