"""Linear: the identity, for a layer that applies no activation."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnstudio.core.contracts import Activation, Plan, Shape
from nnstudio.core.ops import Op
from nnstudio.core.registry import register
from nnstudio.core.text import mark


@register("Linear.v1")
class Linear(Activation):
    """y = x."""

    label = mark("Linear")
    name = "linear"
    help = mark("Passes its input on unchanged.")
    formula = "y = x"
    examples = (({}, ((5,),)),)

    def value(self, x: np.ndarray) -> np.ndarray:
        """x."""
        return x

    def derivative(self, x: np.ndarray) -> np.ndarray:
        """1."""
        return np.ones_like(x)

    def operations(self, *shapes: Shape) -> tuple[Op, ...]:
        """None."""
        return ()

    def lower(self, plan: Plan, *inputs: Any) -> Any:
        """Nothing to compute: the input itself."""
        return inputs[0]
