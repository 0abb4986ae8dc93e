"""All zeros: for biases. Weights that all begin alike would stay alike."""

from __future__ import annotations

import numpy as np

from nnstudio.core.contracts import Initializer, Parameter
from nnstudio.core.registry import register
from nnstudio.core.text import mark


@register("Zeros.v1")
class Zeros(Initializer):
    """Zero everywhere."""

    label = mark("Zeros")
    help = mark("Begins at zero. Weights that begin alike learn alike, so this is for biases.")
    formula = "w = 0"
    name = "zeros"

    def fill(self, parameter: Parameter, random: np.random.Generator) -> np.ndarray:
        """Zeros."""
        return np.zeros(parameter.shape, np.float32)
