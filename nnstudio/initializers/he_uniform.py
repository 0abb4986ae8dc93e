"""He initialisation from a uniform distribution (He et al. 2015)."""

from __future__ import annotations

import math

import numpy as np

from nnstudio.core.contracts import Initializer, Parameter
from nnstudio.core.registry import register
from nnstudio.core.text import mark


@register("HeUniform.v1")
class HeUniform(Initializer):
    """Variance 2 / fan_in."""

    label = mark("He uniform")
    help = mark("Keeps the size of signals steady through ReLUs, which halve them.")
    formula = "w ~ U(−√(3·var), √(3·var)), var = 2 / fan_in"
    name = "he_uniform"

    def fill(self, parameter: Parameter, random: np.random.Generator) -> np.ndarray:
        """Independent values."""
        variance = 2 / parameter.fan_in
        limit = math.sqrt(3 * variance)
        return random.uniform(-limit, limit, parameter.shape).astype(np.float32)
