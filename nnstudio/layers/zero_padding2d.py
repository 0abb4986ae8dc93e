"""ZeroPadding2D: an image inside a frame of zeros."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnstudio.core.compiled.copying import backward_block, block, copy
from nnstudio.core.compiled.jit import kernel
from nnstudio.core.contracts import Layer, Plan, Shape
from nnstudio.core.fields import integer
from nnstudio.core.ops import Op, Pad
from nnstudio.core.registry import register
from nnstudio.core.shapes import need_image
from nnstudio.core.text import mark

f32 = np.float32


@kernel
def clear(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: y, numbers an example."""
    y, count = row[1], row[2] * n
    for i in range(count):
        mem[y + i] = f32(0.0)


@register("ZeroPadding2D.v1")
class ZeroPadding2D(Layer):
    """Rows and columns of zeros around an image."""

    label = mark("Zero padding 2-D")
    group = mark("Shape")
    help = mark("Puts rows and columns of zeros around the image.")
    formula = mark("y = x inside a frame of zeros")
    examples = (
        ({}, ((3, 4, 2),)),
        ({"top": 2, "bottom": 0, "left": 3, "right": 1}, ((2, 3, 1),)),
        ({"top": 0, "bottom": 0, "left": 0, "right": 0}, ((2, 2, 3),)),
    )

    top: int = integer(1, minimum=0, maximum=1024, label=mark("Top"), help=mark("Rows above."))
    bottom: int = integer(
        1, minimum=0, maximum=1024, label=mark("Bottom"), help=mark("Rows below.")
    )
    left: int = integer(
        1, minimum=0, maximum=1024, label=mark("Left"), help=mark("Columns on the left.")
    )
    right: int = integer(
        1, minimum=0, maximum=1024, label=mark("Right"), help=mark("Columns on the right.")
    )

    def infer(self, *shapes: Shape) -> Shape:
        """(height, width, channels), taller and wider by the frame."""
        height, width, channels = need_image(self, shapes[0])
        return (self.top + height + self.bottom, self.left + width + self.right, channels)

    def operations(self, *shapes: Shape) -> tuple[Op, ...]:
        """One."""
        return (Pad((self.top, self.left), (self.bottom, self.right)),)

    def lower(self, plan: Plan, *inputs: Any) -> Any:
        """Zeros everywhere, then the image inside; back, the inside only."""
        (x,) = inputs
        height, width, channels = x.shape
        y = plan.tensor(self.infer(x.shape))
        line, wide = width * channels, y.shape[1] * channels
        there = block(
            (height, line), (line, 1), (wide, 1),
            begin=(0, self.top * wide + self.left * channels), steps=(x.size, y.size),
        )  # fmt: skip
        plan.forward(clear, y, y.size)
        plan.forward(copy, x, y, *there)
        plan.backward(copy, y.grad, x.grad, *backward_block(there), inputs=(x,))
        return y
