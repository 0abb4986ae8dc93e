"""Windows that slide over an image or a sequence, for the pooling layers.

A sequence is an image of height 1. The geometry travels in the row from a given column on::

    height, width, channels, output height, output width,
    window height, window width, stride y, stride x, padding top, padding left
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from nnstudio.core.compiled.convolution import same_padding
from nnstudio.core.compiled.jit import Kernel, device
from nnstudio.core.contracts import Layer, Plan, Shape
from nnstudio.core.fields import choice, sizes
from nnstudio.core.ops import Op, Pool
from nnstudio.core.shapes import need_image, need_sequence, shape_text
from nnstudio.core.text import StudioError, mark


@device
def inside(place, stride, before, window, size):  # type: ignore[no-untyped-def]
    """Where a window begins, and the part of it inside the image: (start, begin, end)."""
    start = place * stride - before
    return start, max(start, 0), min(start + window, size)


@device
def covering(pixel, first, end, stride, before, window, count):  # type: ignore[no-untyped-def]
    """The windows that cover a pixel, (first, after the last), from those of an earlier one."""
    while first < count and first * stride - before + window <= pixel:
        first += 1
    end = max(first, end)
    while end < count and end * stride - before <= pixel:
        end += 1
    return first, end


class Pooling(Layer):
    """What pooling layers have in common. ``kernels``: forward (x, y, kept or −1, geometry...)
    and backward (dy, dx, kept or −1, geometry...); ``keeps`` is whether there is something kept
    for each output, such as where the largest number was."""

    group = mark("Pooling")
    kernels: ClassVar[tuple[Kernel, Kernel]]
    keeps: ClassVar[bool] = False
    how: ClassVar[str] = ""  # "max" or "mean"
    need: ClassVar[Callable[[Layer, Shape], Shape]]
    pool_size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: str

    def windows(self, shape: Shape) -> list[tuple[int, int, int, int, int]]:
        """For each axis but the channels: (size, output size, window, stride, padding before).
        Raises ``StudioError`` if the input has other axes or is too small."""
        type(self).need(self, shape)
        found = []
        for size, window, step in zip(shape[:-1], self.pool_size, self.stride, strict=True):
            stride = step or window
            before = 0
            if self.padding == "same":
                count = -(-size // stride)
                before, _ = same_padding(size, window, stride, 1)
            else:
                count = (size - window) // stride + 1
            if count < 1:
                raise StudioError(
                    mark(
                        "{layer}: a window of {window} does not fit into {shape}. "
                        "Choose a smaller pool size or “same” padding."
                    ),
                    layer=self.label,
                    window=shape_text(self.pool_size),
                    shape=shape_text(shape[:-1]),
                )
            found.append((size, count, window, stride, before))
        return found

    def infer(self, *shapes: Shape) -> Shape:
        """Channels stay; every other axis becomes its number of windows."""
        (shape,) = shapes
        return (*(count for _, count, *_ in self.windows(shape)), shape[-1])

    def flops(self, *shapes: Shape) -> int:
        """One for each number of a window."""
        return math.prod(self.infer(*shapes)) * math.prod(self.pool_size)

    def summary(self) -> str:
        """The window."""
        return shape_text(self.pool_size)

    def operations(self, *shapes: Shape) -> tuple[Op, ...]:
        """One."""
        counts = self.windows(shapes[0])
        after = tuple(
            max(0, (count - 1) * stride + window - before - size)
            for size, count, window, stride, before in counts
        )
        _, _, windows, strides, before = zip(*counts, strict=True)
        return (Pool(self.how, windows, strides, before, after),)

    def lower(self, plan: Plan, *inputs: Any) -> Any:
        """One row each way."""
        (x,) = inputs
        axes = self.windows(x.shape)
        if len(axes) == 1:
            axes.insert(0, (1, 1, 1, 1, 0))
        sizes, counts, windows, strides, before = zip(*axes, strict=True)
        geometry = (*sizes, x.shape[-1], *counts, *windows, *strides, *before)
        y = plan.tensor(self.infer(x.shape))
        kept = plan.scratch(y.size) if self.keeps else None
        forward, backward = self.kernels
        plan.forward(forward, x, y, kept, *geometry)
        plan.backward(backward, y.grad, x.grad, kept, *geometry, inputs=(x,))
        return y


_PADDING = mark("“same” lets windows reach over the edges, so that no number is left out.")
_STRIDE = mark("How far the window moves each time; 0: by its own size.")


@dataclass(frozen=True)
class Pooling1D(Pooling):
    """Pooling along a sequence (steps, channels)."""

    need = need_sequence
    examples = (
        ({}, ((6, 3),)),
        ({"pool_size": 3}, ((11, 1),)),
        ({"pool_size": 3, "stride": 2, "padding": "same"}, ((8, 9),)),
        ({"pool_size": 2, "stride": 3}, ((9, 2),)),
    )

    pool_size: tuple[int, ...] = sizes(
        (2,), maximum=4096, length=1, label=mark("Pool size"), help=mark("Steps of a window.")
    )
    stride: tuple[int, ...] = sizes(
        (0,), minimum=0, maximum=4096, length=1, label=mark("Stride"), help=_STRIDE
    )
    padding: str = choice("valid", ("valid", "same"), label=mark("Padding"), help=_PADDING)


@dataclass(frozen=True)
class Pooling2D(Pooling):
    """Pooling over an image (height, width, channels)."""

    need = need_image
    examples = (
        ({}, ((4, 6, 8),)),
        ({}, ((5, 7, 3),)),
        ({"pool_size": [3, 3], "stride": [2, 2]}, ((7, 7, 2),)),
        ({"pool_size": [3, 2], "stride": [1, 1], "padding": "same"}, ((4, 5, 9),)),
        ({"pool_size": [2, 2], "padding": "same"}, ((5, 3, 17),)),
        ({"pool_size": [1, 2], "stride": [2, 3]}, ((6, 7, 1),)),
    )

    pool_size: tuple[int, ...] = sizes(
        (2, 2), maximum=4096, length=2, label=mark("Pool size"),
        help=mark("Height and width of a window."),
    )  # fmt: skip
    stride: tuple[int, ...] = sizes(
        (0, 0), minimum=0, maximum=4096, length=2, label=mark("Stride"), help=_STRIDE
    )
    padding: str = choice("valid", ("valid", "same"), label=mark("Padding"), help=_PADDING)
