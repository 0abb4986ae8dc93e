"""A normal distribution of one width for all layers."""

from __future__ import annotations

import numpy as np

from nnstudio.core.contracts import Initializer, Parameter
from nnstudio.core.registry import register
from nnstudio.core.text import mark


@register("Normal.v1")
class Normal(Initializer):
    """Standard deviation 0.05, as in Keras."""

    label = mark("Normal")
    help = mark("Small random numbers, whatever the layer's size; deep networks fade out.")
    formula = "w ~ N(0, 0.05²)"
    name = "normal"

    def fill(self, parameter: Parameter, random: np.random.Generator) -> np.ndarray:
        """Independent values."""
        return (0.05 * random.standard_normal(parameter.shape)).astype(np.float32)
