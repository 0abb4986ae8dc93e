"""Glorot initialisation from a uniform distribution (Glorot and Bengio 2010)."""

from __future__ import annotations

import math

import numpy as np

from nnstudio.core.contracts import Initializer, Parameter
from nnstudio.core.registry import register
from nnstudio.core.text import mark


@register("GlorotUniform.v1")
class GlorotUniform(Initializer):
    """Variance 2 / (fan_in + fan_out)."""

    label = mark("Glorot uniform")
    help = mark("Keeps the size of signals steady both ways; suits tanh and sigmoid.")
    formula = "w ~ U(−√(3·var), √(3·var)), var = 2 / (fan_in + fan_out)"
    name = "glorot_uniform"

    def fill(self, parameter: Parameter, random: np.random.Generator) -> np.ndarray:
        """Independent values."""
        variance = 2 / (parameter.fan_in + parameter.fan_out)
        limit = math.sqrt(3 * variance)
        return random.uniform(-limit, limit, parameter.shape).astype(np.float32)
