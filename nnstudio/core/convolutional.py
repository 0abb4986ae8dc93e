"""What convolution layers share: their fields, and how they talk about sizes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nnstudio.core.compiled.convolution import Geometry, same_padding
from nnstudio.core.contracts import Layer, Plan, Shape, activations, initializer_choices
from nnstudio.core.fields import choice, flag, integer, sizes
from nnstudio.core.lowering import activation_ops
from nnstudio.core.ops import Convolution, Op
from nnstudio.core.shapes import shape_text
from nnstudio.core.text import StudioError, mark


@dataclass(frozen=True)
class Convolutional(Layer):
    """Filters, windows, activation, bias: the fields that all convolutions have."""

    group = mark("Convolution")

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
    activation: str = choice(
        "linear", lambda: activations(), label=mark("Activation"),
        help=mark("The function applied to each output."),
    )  # fmt: skip
    use_bias: bool = flag(
        True, label=mark("Bias"), help=mark("Whether each filter adds a learned constant.")
    )
    initializer: str = choice(
        "automatic", initializer_choices, label=mark("Initial weights"),
        help=mark("How the weights begin; automatic suits the activation."),
    )  # fmt: skip

    @property
    def start(self) -> str:
        """The initializer of the weights by name: He for ReLU, Glorot for the rest."""
        if self.initializer != "automatic":
            return self.initializer
        return "he_uniform" if self.activation == "relu" else "glorot_uniform"

    def windows(
        self, height: int, width: int, channels: int, filters: int, groups: int = 1
    ) -> Geometry:
        """The geometry on an image; raises ``StudioError`` if the window does not fit."""
        ky, kx = (1, *self.kernel)[-2:]
        sy, sx = (1, *self.stride)[-2:]
        dy, dx = (1, *self.dilation)[-2:]
        padding = (0, 0, 0, 0)
        if self.padding == "same":
            padding = (*same_padding(height, ky, sy, dy), *same_padding(width, kx, sx, dx))
        made = Geometry(
            height, width, channels, filters, (ky, kx), (sy, sx), padding, (dy, dx), groups
        )
        if min(made.output) < 1:
            raise StudioError(
                mark(
                    "{layer}: a window of {kernel} does not fit into an input of {shape}. "
                    "Choose a smaller kernel or “same” padding."
                ),
                layer=self.label,
                kernel=shape_text(self.kernel),
                shape=shape_text((height, width)) if len(self.kernel) == 2 else str(width),
            )
        return made

    def cost(self, made: Geometry, places: int) -> int:
        """Operations for so many output places: two a weight, one a bias, one an activation."""
        extra = int(self.use_bias) + int(self.activation != "linear")
        return places * made.filters * (2 * made.depth + extra)

    def summary(self) -> str:
        """Kernel size and activation."""
        kernel = shape_text(self.kernel)
        return kernel if self.activation == "linear" else f"{kernel} · {self.activation}"

    def convolution(self, made: Geometry) -> tuple[Op, ...]:
        """The operations for a geometry: the convolution and its activation."""
        axes = len(self.kernel)
        top, bottom, left, right = made.padding
        depth = made.channels // made.groups
        op = Convolution(
            made.kernel[-axes:], made.stride[-axes:], (top, left)[-axes:], (bottom, right)[-axes:],
            made.dilation[-axes:], made.groups,
            (*made.kernel[-axes:], depth, made.filters), self.use_bias,
        )  # fmt: skip
        return (op, *activation_ops(self.activation))

    def places(self, plan: Plan) -> tuple[Any, Any]:
        """The places of weight and bias (None without one)."""
        return plan.parameter("weight"), plan.parameter("bias") if self.use_bias else None

    def infer(self, *shapes: Shape) -> Shape:
        """Each convolution has its own."""
        raise NotImplementedError
