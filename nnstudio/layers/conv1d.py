"""Conv1D: filters slide along a sequence; an image of height 1 to the engine."""

from __future__ import annotations

from typing import Any

from nnstudio.core.compiled.convolution import (
    Geometry,
    convolve,
    filter_gradient,
    image_gradient,
    sum_pixels,
)
from nnstudio.core.compiled.jit import kernel
from nnstudio.core.contracts import Parameter, Plan, Shape
from nnstudio.core.convolutional import Convolutional
from nnstudio.core.fields import sizes
from nnstudio.core.ops import Op
from nnstudio.core.registry import register
from nnstudio.core.shapes import need_sequence
from nnstudio.core.text import mark


@kernel
def conv1d_forward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, weight, bias or −1, y, room, geometry."""
    convolve(mem, row, 6, n, row[1], row[2], row[3], row[4], row[5])


@kernel
def conv1d_backward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, weight, dy, dx or −1, dweight, dbias or −1, room, geometry."""
    x, w, dy, dx, dw, db, work = row[1], row[2], row[3], row[4], row[5], row[6], row[7]
    g = 8
    filter_gradient(mem, row, g, n, x, dy, dw, work)
    if db >= 0:
        sum_pixels(mem, n * row[g + 13], row[g + 3], dy, db)
    if dx >= 0:
        image_gradient(mem, row, g, n, w, dy, dx, work)


@register("Conv1D.v1")
class Conv1D(Convolutional):
    """Each filter looks at a few neighbouring steps of a sequence, everywhere alike."""

    label = mark("Conv 1-D")
    help = mark("Small filters slide along a sequence and answer to patterns wherever they are.")
    formula = "y[i, f] = f(Σ x[s i + a, c] w[a, c, f] + b[f])"
    examples = (
        ({"filters": 3, "kernel": [3]}, ((8, 2),)),
        ({"filters": 5, "kernel": [4], "padding": "same", "activation": "tanh"}, ((7, 3),)),
        ({"filters": 18, "kernel": [2], "stride": [2], "use_bias": False}, ((9, 1),)),
        ({"filters": 2, "kernel": [3], "dilation": [2]}, ((9, 4),)),
    )

    kernel: tuple[int, ...] = sizes(
        (3,), maximum=1024, length=1, label=mark("Kernel size"),
        help=mark("How many steps a filter sees."),
    )  # fmt: skip
    stride: tuple[int, ...] = sizes(
        (1,), maximum=1024, length=1, label=mark("Stride"),
        help=mark("How far the window moves each time."),
    )  # fmt: skip
    dilation: tuple[int, ...] = sizes(
        (1,), maximum=1024, length=1, label=mark("Dilation"),
        help=mark("The distance between the steps that a window takes."),
    )  # fmt: skip

    def geometry(self, shape: Shape) -> Geometry:
        """Sizes for an input; raises ``StudioError`` if it is no sequence or too short."""
        steps, channels = need_sequence(self, shape)
        return self.windows(1, steps, channels, self.filters)

    def infer(self, *shapes: Shape) -> Shape:
        """(steps, channels) -> (output steps, filters)."""
        return (self.geometry(shapes[0]).output[1], self.filters)

    def parameters(self, *shapes: Shape) -> tuple[Parameter, ...]:
        """weight (kernel size, channels, filters), bias (filters,)."""
        made = self.geometry(shapes[0])
        shape = (made.kernel[1], made.channels, self.filters)
        fan_out = made.kernel[1] * self.filters
        weight = Parameter("weight", shape, self.start, made.depth, fan_out, True)
        bias = Parameter("bias", (self.filters,), "zeros", made.depth, fan_out)
        return (weight, bias) if self.use_bias else (weight,)

    def flops(self, *shapes: Shape) -> int:
        """Two a weight and output step, one a bias, one an activation."""
        made = self.geometry(shapes[0])
        return self.cost(made, made.output[1])

    def operations(self, *shapes: Shape) -> tuple[Op, ...]:
        """Convolution, then the activation."""
        made = self.geometry(shapes[0])
        return self.convolution(made)

    def lower(self, plan: Plan, *inputs: Any) -> Any:
        """Convolution and bias, then the activation."""
        (x,) = inputs
        made = self.geometry(x.shape)
        w, b = self.places(plan)
        z = plan.tensor((made.output[1], self.filters))
        room = made.workspace()
        plan.forward(conv1d_forward, x, w, b, z, plan.workspace(room), *made.row())
        plan.backward(
            conv1d_backward, x, w, z.grad, x.grad, w.grad, b.grad if b else None,
            plan.workspace(room), *made.row(), inputs=(x,),
        )  # fmt: skip
        return plan.activate(self.activation, z)
