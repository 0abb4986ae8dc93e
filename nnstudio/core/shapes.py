"""What layers demand of the shape they are given, in words."""

from __future__ import annotations

from nnstudio.core.contracts import Layer, Shape
from nnstudio.core.text import StudioError, mark


def shape_text(shape: Shape) -> str:
    """A shape as it is written: ``28 × 28 × 1``."""
    return " × ".join(map(str, shape))


def is_within(index: tuple[int, ...], shape: Shape) -> bool:
    """Whether an array of this shape has this element."""
    return len(index) == len(shape) and all(
        0 <= i < n for i, n in zip(index, shape, strict=True)
    )  # fmt: skip


def need_image(layer: Layer, shape: Shape) -> tuple[int, int, int]:
    """The shape if it is (height, width, channels); otherwise ``StudioError``."""
    if len(shape) != 3:
        raise StudioError(
            mark(
                "{layer} needs an image (height × width × channels), but the layer before it gives "
                "{shape}. Put it before Flatten."
            ),
            layer=layer.label,
            shape=shape_text(shape),
        )
    return shape


def need_sequence(layer: Layer, shape: Shape) -> tuple[int, int]:
    """The shape if it is (steps, channels); otherwise ``StudioError``."""
    if len(shape) != 2:
        raise StudioError(
            mark(
                "{layer} needs a sequence (steps × channels), but the layer before it gives "
                "{shape}. For an image use the 2-D layer; or put a Reshape before it."
            ),
            layer=layer.label,
            shape=shape_text(shape),
        )
    return shape


def need_channels(layer: Layer, shape: Shape) -> tuple[int]:
    """(channels,) if the shape is that of an image or a sequence; otherwise ``StudioError``."""
    if len(shape) not in (2, 3):
        raise StudioError(
            mark(
                "{layer} needs an image or a sequence, but the layer before it gives {shape}. "
                "Put it before Flatten."
            ),
            layer=layer.label,
            shape=shape_text(shape),
        )
    return (shape[-1],)
