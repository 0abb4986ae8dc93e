"""What activations of each number alone have in common: one row forward, one backward."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from nnstudio.core.compiled.jit import Kernel
from nnstudio.core.contracts import Activation, Plan, Shape


class Elementwise(Activation):
    """An activation y = f(x) of each number alone.

    ``kernels``: forward reads the row (x, y, numbers an example, settings...), backward the row
    (kept, dy, dx, numbers an example, settings...). ``keeps`` says what backward is given: the
    input ``"x"`` or the output ``"y"``. ``settings`` names the fields whose places follow.
    ``cost`` is what ``flops`` counts a number.
    """

    kernels: ClassVar[tuple[Kernel, Kernel]]
    keeps: ClassVar[str] = "y"
    settings: ClassVar[tuple[str, ...]] = ()
    cost: ClassVar[int] = 1
    examples: ClassVar[tuple[tuple[dict[str, Any], tuple[Shape, ...]], ...]] = (
        ({}, ((5,),)),
        ({}, ((3, 3, 2),)),
    )

    def flops(self, *shapes: Shape) -> int:
        """``cost`` a number; an exponential counts as one."""
        return self.cost * math.prod(shapes[0])

    def lower(self, plan: Plan, *inputs: Any) -> Any:
        """One row each way."""
        (x,) = inputs
        y = plan.tensor(x.shape)
        forward, backward = self.kernels
        settings = [plan.constant(getattr(self, name)) for name in self.settings]
        plan.forward(forward, x, y, x.size, *settings)
        kept = x if self.keeps == "x" else y
        plan.backward(backward, kept, y.grad, x.grad, x.size, *settings, inputs=(x,))
        return y
