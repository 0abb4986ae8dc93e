"""Conv2D: filters slide over an image (LeCun et al. 1989)."""

from __future__ import annotations

from typing import Any

from nnstudio.core.compiled import one_channel, winograd
from nnstudio.core.compiled.convolution import (
    GEOMETRY,
    Geometry,
    convolve,
    filter_gradient,
    image_gradient,
    sum_pixels,
    turn_filters,
)
from nnstudio.core.compiled.jit import kernel
from nnstudio.core.compiled.one_channel import convolve_one, filter_gradient_one
from nnstudio.core.compiled.winograd import convolve_tiles, convolve_tiles_backward
from nnstudio.core.contracts import Parameter, Plan, Shape
from nnstudio.core.convolutional import Convolutional
from nnstudio.core.fields import integer
from nnstudio.core.ops import Op
from nnstudio.core.registry import register
from nnstudio.core.shapes import need_image
from nnstudio.core.text import StudioError, mark


@kernel
def conv2d_forward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, weight, bias or −1, y, room, geometry."""
    convolve(mem, row, 6, n, row[1], row[2], row[3], row[4], row[5])


@kernel
def conv2d_backward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, weight, dy, dx or −1, dweight, dbias or −1, room, geometry, and that of the
    convolution with turned filters that gives dx (0 where there is none)."""
    x, w, dy, dx, dw, db, work = row[1], row[2], row[3], row[4], row[5], row[6], row[7]
    g = 8
    turned = g + GEOMETRY
    filter_gradient(mem, row, g, n, x, dy, dw, work)
    if db >= 0:
        sum_pixels(mem, n * row[g + 12] * row[g + 13], row[g + 3], dy, db)
    if dx >= 0 and row[turned] > 0:
        turn_filters(mem, row, g, w, work)
        size = row[g + 2] * row[g + 3] * row[g + 4] * row[g + 5]
        convolve(mem, row, turned, n, dy, work, -1, dx, work + size + 16)
    elif dx >= 0:
        image_gradient(mem, row, g, n, w, dy, dx, work)


@kernel
def conv2d_tiles_forward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, weight, bias or −1, y, room, tiles of a block, geometry (core/compiled/winograd.py)."""
    convolve_tiles(mem, row, 7, n, row[1], row[2], row[3], row[4], row[5], row[6])


@kernel
def conv2d_tiles_backward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, weight, dy, dx or −1, dweight, dbias or −1, room, tiles of a block, geometry."""
    dy, db, g = row[3], row[6], 9
    convolve_tiles_backward(mem, row, g, n, row[1], row[2], dy, row[4], row[5], row[7], row[8])
    if db >= 0:
        sum_pixels(mem, n * row[g + 12] * row[g + 13], row[g + 3], dy, db)


@kernel
def conv2d_one_forward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, weight, bias or −1, y, room, geometry (core/compiled/one_channel.py)."""
    convolve_one(mem, row, 6, n, row[1], row[2], row[3], row[4], row[5])


@kernel
def conv2d_one_backward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, weight, dy, dx or −1, dweight, dbias or −1, room, geometry."""
    x, w, dy, dx, dw, db, work = row[1], row[2], row[3], row[4], row[5], row[6], row[7]
    filter_gradient_one(mem, row, 8, n, x, dy, dw, db, work)
    if dx >= 0:
        image_gradient(mem, row, 8, n, w, dy, dx, work)


@register("Conv2D.v1")
class Conv2D(Convolutional):
    """Each filter looks at a small window of the image, everywhere with the same weights."""

    label = mark("Conv 2-D")
    help = mark("Small filters slide over the image and answer to patterns wherever they are.")
    formula = "y[i, j, f] = f(Σ x[s i + a, s j + b, c] w[a, b, c, f] + b[f])"
    examples = (
        ({"filters": 3, "kernel": [3, 3]}, ((6, 5, 2),)),
        ({"filters": 20, "kernel": [3, 3], "padding": "same", "activation": "relu"}, ((5, 5, 3),)),
        ({"filters": 4, "kernel": [3, 2], "stride": [2, 2], "padding": "same"}, ((7, 6, 1),)),
        ({"filters": 2, "kernel": [2, 3], "dilation": [2, 1]}, ((6, 7, 3),)),
        ({"filters": 6, "kernel": [3, 3], "groups": 2, "use_bias": False}, ((5, 5, 4),)),
        ({"filters": 17, "kernel": [1, 1], "activation": "tanh"}, ((3, 3, 16),)),
        ({"filters": 6, "kernel": [5, 3], "padding": "same"}, ((7, 9, 1),)),
        ({"filters": 18, "kernel": [3, 3], "use_bias": False}, ((6, 7, 1),)),
        ({"filters": 16, "kernel": [3, 3], "padding": "same"}, ((4, 5, 16),)),
        ({"filters": 16, "kernel": [3, 3], "use_bias": False}, ((7, 6, 16),)),
    )

    groups: int = integer(
        1, minimum=1, maximum=4096, label=mark("Groups"),
        help=mark("Cuts channels and filters into groups that do not see each other."),
    )  # fmt: skip

    def geometry(self, shape: Shape) -> Geometry:
        """Sizes for an input; raises ``StudioError`` if it is no image or too small."""
        height, width, channels = need_image(self, shape)
        if channels % self.groups or self.filters % self.groups:
            raise StudioError(
                mark(
                    "{layer} cannot cut {channels} channels and {filters} filters into {groups} "
                    "groups. Choose a number of groups that divides both."
                ),
                layer=self.label, channels=channels, filters=self.filters, groups=self.groups,
            )  # fmt: skip
        return self.windows(height, width, channels, self.filters, self.groups)

    def infer(self, *shapes: Shape) -> Shape:
        """(height, width, channels) -> (output height, output width, filters)."""
        return (*self.geometry(shapes[0]).output, self.filters)

    def parameters(self, *shapes: Shape) -> tuple[Parameter, ...]:
        """weight (kernel height, kernel width, channels / groups, filters), bias (filters,)."""
        made = self.geometry(shapes[0])
        shape = (*made.kernel, made.channels // self.groups, self.filters)
        fan_out = made.kernel[0] * made.kernel[1] * self.filters // self.groups
        weight = Parameter("weight", shape, self.start, made.depth, fan_out, True)
        bias = Parameter("bias", (self.filters,), "zeros", made.depth, fan_out)
        return (weight, bias) if self.use_bias else (weight,)

    def flops(self, *shapes: Shape) -> int:
        """Two a weight and output pixel, one a bias, one an activation."""
        made = self.geometry(shapes[0])
        return self.cost(made, made.output[0] * made.output[1])

    def operations(self, *shapes: Shape) -> tuple[Op, ...]:
        """Convolution, then the activation."""
        made = self.geometry(shapes[0])
        return self.convolution(made)

    def lower(self, plan: Plan, *inputs: Any) -> Any:
        """Convolution and bias, then the activation."""
        (x,) = inputs
        made = self.geometry(x.shape)
        w, b = self.places(plan)
        z = plan.tensor((*made.output, self.filters))
        room, rest = made.workspace(), made.row()
        forward, backward = conv2d_forward, conv2d_backward
        if winograd.suits(made):
            room = winograd.workspace(made, plan.examples)
            rest = (winograd.block_tiles(made, plan.examples), *rest)
            forward, backward = conv2d_tiles_forward, conv2d_tiles_backward
        elif one_channel.suits(made):
            room = max(room, one_channel.workspace(made))
            forward, backward = conv2d_one_forward, conv2d_one_backward
        plan.forward(forward, x, w, b, z, plan.workspace(room), *rest)
        if backward is conv2d_backward:
            turned = made.flipped()
            rest = (*rest, *(turned.row() if turned else [0] * GEOMETRY))
            if turned is not None:
                room = max(room, turned.workspace() + turned.depth * turned.filters + 16)
        plan.backward(
            backward, x, w, z.grad, x.grad, w.grad, b.grad if b else None,
            plan.workspace(room), *rest, inputs=(x,),
        )  # fmt: skip
        return plan.activate(self.activation, z)
