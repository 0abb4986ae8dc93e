"""A uniform distribution of one width for all layers."""

from __future__ import annotations

import numpy as np

from nnstudio.core.contracts import Initializer, Parameter
from nnstudio.core.registry import register
from nnstudio.core.text import mark


@register("Uniform.v1")
class Uniform(Initializer):
    """Between −0.05 and 0.05, as in Keras."""

    label = mark("Uniform")
    help = mark("Small random numbers, whatever the layer's size; deep networks fade out.")
    formula = "w ~ U(−0.05, 0.05)"
    name = "uniform"

    def fill(self, parameter: Parameter, random: np.random.Generator) -> np.ndarray:
        """Independent values."""
        return random.uniform(-0.05, 0.05, parameter.shape).astype(np.float32)
