"""Input: the place where examples enter the network."""

from __future__ import annotations

import math
from typing import Any

from nnstudio.core.contracts import Layer, Plan, Shape
from nnstudio.core.fields import sizes
from nnstudio.core.ops import Op
from nnstudio.core.registry import register
from nnstudio.core.text import StudioError, mark

#: No example may have more numbers than this.
MOST_NUMBERS = 16_777_216


@register("Input.v1")
class Input(Layer):
    """The data's examples, each of the given shape."""

    label = mark("Input")
    group = mark("Input")
    help = mark("The examples as the network sees them.")
    formula = "x"
    arity = 0
    examples = (({"shape": [3]}, ()), ({"shape": [4, 4, 1]}, ()))

    shape: Shape = sizes(
        (2,), label=mark("Shape"), help=mark("How many numbers one example has, by axis.")
    )

    def infer(self, *shapes: Shape) -> Shape:
        """The declared shape."""
        if math.prod(self.shape) > MOST_NUMBERS:
            raise StudioError(
                mark(
                    "One example would have {count} numbers; the most is {most}. Make it smaller."
                ),
                count=f"{math.prod(self.shape):,}",
                most=f"{MOST_NUMBERS:,}",
            )
        return self.shape

    def summary(self) -> str:
        """Its shape."""
        return " × ".join(str(size) for size in self.shape)

    def operations(self, *shapes: Shape) -> tuple[Op, ...]:
        """None: it is what others read."""
        return ()

    def lower(self, plan: Plan, *inputs: Any) -> Any:
        """The planner's gather rows fill it."""
        return plan.tensor(self.shape)
