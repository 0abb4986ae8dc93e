"""Conv2D: filters slide over an image (LeCun et al. 1989)."""

from __future__ import annotations

from typing import Any

from nnstudio.core.contracts import (
    Layer,
    Parameter,
    Plan,
    Shape,
    activations,
    initializer_choices,
)
from nnstudio.core.convolution import (
    Geometry,
    convolve,
    filter_gradient,
    image_gradient,
    same_padding,
    sum_pixels,
)
from nnstudio.core.fields import choice, flag, integer, sizes
from nnstudio.core.jit import kernel
from nnstudio.core.registry import register
from nnstudio.core.text import StudioError, mark


@kernel
def conv2d_forward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, weight, bias or −1, y, room, geometry."""
    convolve(mem, row, 6, n, row[1], row[2], row[3], row[4], row[5])


@kernel
def conv2d_backward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, weight, dy, dx or −1, dweight, dbias or −1, room, geometry."""
    x, w, dy, dx, dw, db, work = row[1], row[2], row[3], row[4], row[5], row[6], row[7]
    g = 8
    filter_gradient(mem, row, g, n, x, dy, dw, work)
    if db >= 0:
        sum_pixels(mem, n * row[g + 12] * row[g + 13], row[g + 3], dy, db)
    if dx >= 0:
        image_gradient(mem, row, g, n, w, dy, dx, work)


def need_image(layer: Layer, shape: Shape) -> tuple[int, int, int]:
    """The shape if it is an image; otherwise a sentence for the person."""
    if len(shape) != 3:
        raise StudioError(
            mark(
                "{layer} needs an image (height × width × channels), but the layer before it gives "
                "{shape}. Put it before Flatten."
            ),
            layer=layer.label,
            shape=" × ".join(map(str, shape)),
        )
    return shape


@register("Conv2D.v1")
class Conv2D(Layer):
    """Each filter looks at a small window of the image, everywhere with the same weights."""

    label = mark("Conv 2-D")
    group = mark("Convolution")
    help = mark("Small filters slide over the image and answer to patterns wherever they are.")
    formula = "y[i, j, f] = f(Σ x[s i + a, s j + b, c] w[a, b, c, f] + b[f])"
    examples = (
        ({"filters": 3, "kernel": [3, 3]}, ((6, 5, 2),)),
        ({"filters": 20, "kernel": [3, 3], "padding": "same", "activation": "relu"}, ((5, 5, 3),)),
        ({"filters": 4, "kernel": [3, 2], "stride": [2, 2], "padding": "same"}, ((7, 6, 1),)),
        ({"filters": 2, "kernel": [2, 3], "dilation": [2, 1]}, ((6, 7, 3),)),
        ({"filters": 6, "kernel": [3, 3], "groups": 2, "use_bias": False}, ((5, 5, 4),)),
        ({"filters": 17, "kernel": [1, 1], "activation": "tanh"}, ((3, 3, 16),)),
    )

    filters: int = integer(
        32, minimum=1, maximum=4096, label=mark("Filters"),
        help=mark("How many patterns the layer looks for: the channels of its output."),
    )  # fmt: skip
    kernel: tuple[int, ...] = sizes(
        (3, 3), maximum=64, length=2, label=mark("Kernel size"),
        help=mark("Height and width of the window that a filter sees."),
    )  # fmt: skip
    stride: tuple[int, ...] = sizes(
        (1, 1), maximum=64, length=2, label=mark("Stride"),
        help=mark("How far the window moves each time, down and to the right."),
    )  # fmt: skip
    padding: str = choice(
        "valid", ("valid", "same"), label=mark("Padding"),
        help=mark("“same” puts zeros around the image so that its size stays (at stride 1)."),
    )  # fmt: skip
    dilation: tuple[int, ...] = sizes(
        (1, 1), maximum=64, length=2, label=mark("Dilation"),
        help=mark("The distance between the pixels that a window takes."),
    )  # fmt: skip
    groups: int = integer(
        1, minimum=1, maximum=4096, label=mark("Groups"),
        help=mark("Cuts channels and filters into groups that do not see each other."),
    )  # fmt: skip
    activation: str = choice(
        "linear", lambda: activations(), label=mark("Activation"),
        help=mark("The function applied to each output."),
    )  # fmt: skip
    use_bias: bool = flag(
        True, label=mark("Bias"), help=mark("Whether each filter adds a learned constant.")
    )
    initializer: str = choice(
        "automatic",
        initializer_choices,
        label=mark("Initial weights"),
        help=mark("How the weights begin; automatic suits the activation."),
    )

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
        padding = (0, 0, 0, 0)
        if self.padding == "same":
            padding = (
                *same_padding(height, self.kernel[0], self.stride[0], self.dilation[0]),
                *same_padding(width, self.kernel[1], self.stride[1], self.dilation[1]),
            )
        made = Geometry(
            height, width, channels, self.filters, (self.kernel[0], self.kernel[1]),
            (self.stride[0], self.stride[1]), padding, (self.dilation[0], self.dilation[1]),
            self.groups,
        )  # fmt: skip
        if min(made.output) < 1:
            raise StudioError(
                mark(
                    "{layer}: a window of {kernel} does not fit into an image of {shape}. "
                    "Choose a smaller kernel or “same” padding."
                ),
                layer=self.label,
                kernel=" × ".join(map(str, self.kernel)),
                shape=f"{height} × {width}",
            )
        return made

    def infer(self, *shapes: Shape) -> Shape:
        """(height, width, channels) -> (output height, output width, filters)."""
        return (*self.geometry(shapes[0]).output, self.filters)

    def parameters(self, *shapes: Shape) -> tuple[Parameter, ...]:
        """weight (kernel height, kernel width, channels / groups, filters), bias (filters,)."""
        made = self.geometry(shapes[0])
        shape = (*made.kernel, made.channels // self.groups, self.filters)
        area = made.kernel[0] * made.kernel[1]
        how = self.initializer
        if how == "automatic":
            how = "he_uniform" if self.activation == "relu" else "glorot_uniform"
        fan_out = area * self.filters // self.groups
        weight = Parameter("weight", shape, how, made.depth, fan_out, True)
        bias = Parameter("bias", (self.filters,), "zeros", made.depth, fan_out)
        return (weight, bias) if self.use_bias else (weight,)

    def flops(self, *shapes: Shape) -> int:
        """Two a weight and output pixel, one a bias, one an activation."""
        made = self.geometry(shapes[0])
        extra = int(self.use_bias) + int(self.activation != "linear")
        return made.output[0] * made.output[1] * self.filters * (2 * made.depth + extra)

    def summary(self) -> str:
        """Kernel size and activation."""
        kernel = " × ".join(map(str, self.kernel))
        return kernel if self.activation == "linear" else f"{kernel} · {self.activation}"

    def lower(self, plan: Plan, *inputs: Any) -> Any:
        """Convolution and bias, then the activation."""
        (x,) = inputs
        made = self.geometry(x.shape)
        w = plan.parameter("weight")
        b = plan.parameter("bias") if self.use_bias else None
        z = plan.tensor((*made.output, self.filters))
        room = made.workspace()
        plan.forward(conv2d_forward, x, w, b, z, plan.workspace(room), *made.row())
        plan.backward(
            conv2d_backward, x, w, z.grad, x.grad, w.grad, b.grad if b else None,
            plan.workspace(room), *made.row(), inputs=(x,),
        )  # fmt: skip
        return plan.activate(self.activation, z)
