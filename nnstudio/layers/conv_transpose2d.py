"""ConvTranspose2D: a convolution backwards, from few pixels to many (Zeiler et al. 2010).

Its forward pass is the gradient of a convolution by its image, and the other way round, so the
three products of ``core/compiled/convolution.py`` change places. The geometry is that of the convolution
that would lead from this layer's output back to its input.
"""

from __future__ import annotations

from typing import Any

from nnstudio.core.compiled.convolution import (
    Geometry,
    convolve,
    filter_gradient,
    image_gradient,
    same_padding,
    sum_pixels,
)
from nnstudio.core.compiled.jit import kernel
from nnstudio.core.contracts import Parameter, Plan, Shape
from nnstudio.core.convolutional import Convolutional
from nnstudio.core.lowering import activation_ops
from nnstudio.core.ops import Op, TransposedConvolution
from nnstudio.core.registry import register
from nnstudio.core.shapes import need_image
from nnstudio.core.text import StudioError, mark


@kernel
def conv_transpose2d_forward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, weight, bias or −1, y, room, geometry of the convolution from y to x."""
    x, w, bias, y, g = row[1], row[2], row[3], row[4], 6
    image_gradient(mem, row, g, n, w, x, y, row[5])
    if bias >= 0:
        channels = row[g + 2]
        for p in range(n * row[g] * row[g + 1]):
            for q in range(channels):
                mem[y + p * channels + q] += mem[bias + q]


@kernel
def conv_transpose2d_backward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, weight, dy, dx or −1, dweight, dbias or −1, room, geometry."""
    x, w, dy, dx, dw, db, work = row[1], row[2], row[3], row[4], row[5], row[6], row[7]
    g = 8
    filter_gradient(mem, row, g, n, dy, x, dw, work)
    if db >= 0:
        sum_pixels(mem, n * row[g] * row[g + 1], row[g + 2], dy, db)
    if dx >= 0:
        convolve(mem, row, g, n, dy, w, -1, dx, work)


@register("ConvTranspose2D.v1")
class ConvTranspose2D(Convolutional):
    """Every pixel paints its filters into a larger image."""

    label = mark("Transposed conv 2-D")
    help = mark("A convolution backwards: every pixel paints a pattern into a larger image.")
    formula = "y[s i + a, s j + b, f] += x[i, j, c] w[a, b, f, c]"
    examples = (
        ({"filters": 2, "kernel": [3, 3]}, ((3, 4, 2),)),
        ({"filters": 3, "kernel": [3, 3], "stride": [2, 2], "padding": "same"}, ((3, 3, 4),)),
        ({"filters": 1, "kernel": [2, 2], "stride": [3, 2], "activation": "tanh"}, ((3, 2, 2),)),
        ({"filters": 17, "kernel": [2, 3], "use_bias": False}, ((2, 3, 3),)),
    )

    def geometry(self, shape: Shape) -> Geometry:
        """The convolution from this layer's output to its input, as Keras sizes it."""
        height, width, channels = need_image(self, shape)
        if self.dilation != (1, 1) and self.stride != (1, 1):
            raise StudioError(
                mark("{layer} cannot have both a stride and a dilation above 1. Set one to 1."),
                layer=self.label,
            )
        sizes: list[int] = []
        padding: list[int] = []
        for size, kernel_, stride, dilation in zip(
            (height, width), self.kernel, self.stride, self.dilation, strict=True
        ):
            span = dilation * (kernel_ - 1) + 1
            if self.padding == "same":
                sizes.append(size * stride)
                padding.extend(same_padding(size * stride, kernel_, stride, dilation))
            else:
                sizes.append(size * stride + max(span - stride, 0))
                padding.extend((0, 0))
        return Geometry(
            sizes[0], sizes[1], self.filters, channels, (self.kernel[0], self.kernel[1]),
            (self.stride[0], self.stride[1]),
            (padding[0], padding[1], padding[2], padding[3]),
            (self.dilation[0], self.dilation[1]),
        )  # fmt: skip

    def infer(self, *shapes: Shape) -> Shape:
        """(height, width, channels) -> (larger height, larger width, filters)."""
        made = self.geometry(shapes[0])
        return (made.height, made.width, self.filters)

    def parameters(self, *shapes: Shape) -> tuple[Parameter, ...]:
        """weight (kernel height, kernel width, filters, channels), bias (filters,)."""
        made = self.geometry(shapes[0])
        area = made.kernel[0] * made.kernel[1]
        shape = (*made.kernel, self.filters, made.filters)
        fans = (area * made.filters, area * self.filters)
        weight = Parameter("weight", shape, self.start, *fans, True)
        bias = Parameter("bias", (self.filters,), "zeros", *fans)
        return (weight, bias) if self.use_bias else (weight,)

    def flops(self, *shapes: Shape) -> int:
        """Two a weight and input pixel, one a bias, one an activation."""
        made = self.geometry(shapes[0])
        extra = int(self.use_bias) + int(self.activation != "linear")
        products = 2 * made.output[0] * made.output[1] * made.filters * made.depth
        return products + made.height * made.width * self.filters * extra

    def operations(self, *shapes: Shape) -> tuple[Op, ...]:
        """Transposed convolution, then the activation."""
        made = self.geometry(shapes[0])
        top, bottom, left, right = made.padding
        after: tuple[int, ...] = (bottom, right)
        if self.padding == "valid":  # a stride beyond the kernel leaves zeros behind the last pixel
            spans = (d * (k - 1) + 1 for d, k in zip(made.dilation, made.kernel, strict=True))
            after = tuple(min(0, s - t) for s, t in zip(spans, made.stride, strict=True))
        else:
            sizes = zip(shapes[0], made.stride, made.dilation, made.kernel, strict=False)
            full = [(n - 1) * s + d * (k - 1) + 1 for n, s, d, k in sizes]
            after = (full[0] - top - made.height, full[1] - left - made.width)
        op = TransposedConvolution(
            made.kernel, made.stride, (top, left), after, made.dilation, self.use_bias
        )
        return (op, *activation_ops(self.activation))

    def lower(self, plan: Plan, *inputs: Any) -> Any:
        """Transposed convolution and bias, then the activation."""
        (x,) = inputs
        made = self.geometry(x.shape)
        w, b = self.places(plan)
        z = plan.tensor((made.height, made.width, self.filters))
        room = made.workspace()
        plan.forward(conv_transpose2d_forward, x, w, b, z, plan.workspace(room), *made.row())
        plan.backward(
            conv_transpose2d_backward, x, w, z.grad, x.grad, w.grad, b.grad if b else None,
            plan.workspace(room), *made.row(), inputs=(x,),
        )  # fmt: skip
        return plan.activate(self.activation, z)
