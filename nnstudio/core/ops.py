"""The small vocabulary that every layer's *prediction* consists of, for exporters and importers.

A layer tells its operations with ``Layer.operations``; a format that knows these dozen can write
every network. Examples are channels-last: ``(features,)``, ``(steps, channels)``,
``(height, width, channels)``; sizes of windows have one number for each axis but the channels.
Parameters are named as the layer names them and are held as the layer holds them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

Sizes = tuple[int, ...]


@dataclass(frozen=True)
class Op:
    """One operation; reads the layer's inputs or what the operation before it gave."""


@dataclass(frozen=True)
class Product(Op):
    """y = x W + b; ``weight`` (inputs, units), ``bias`` (units,) where there is one."""

    bias: bool = True


@dataclass(frozen=True)
class Convolution(Op):
    """``weight`` in the shape (*kernel, channels / groups, filters), and ``bias`` (filters,).

    ``before`` and ``after`` are the zeros around the example along each axis. With
    ``groups`` > 1 filter f sees the channels of group f // (filters / groups).
    """

    kernel: Sizes
    stride: Sizes
    before: Sizes
    after: Sizes
    dilation: Sizes
    groups: int
    weight_shape: Sizes
    bias: bool = True


@dataclass(frozen=True)
class TransposedConvolution(Op):
    """The gradient of a convolution by its input; ``weight`` (height, width, filters, channels).

    The full result, of size (size − 1) stride + dilation (kernel − 1) + 1, is cut by ``before``
    and ``after``; a negative ``after`` adds zeros (to which the bias comes).
    """

    kernel: Sizes
    stride: Sizes
    before: Sizes
    after: Sizes
    dilation: Sizes
    bias: bool = True


@dataclass(frozen=True)
class Pool(Op):
    """The ``"max"`` or ``"mean"`` of each window, of what lies inside the example alone."""

    how: str
    window: Sizes
    stride: Sizes
    before: Sizes
    after: Sizes


@dataclass(frozen=True)
class GlobalPool(Op):
    """The ``"max"`` or ``"mean"`` of each channel."""

    how: str


@dataclass(frozen=True)
class ChannelNorm(Op):
    """(x − moving_mean) / √(moving_variance + ε) · scale + shift, channel by channel."""

    epsilon: float
    momentum: float


@dataclass(frozen=True)
class ExampleNorm(Op):
    """The last ``axes`` axes of an example get mean 0 and variance 1, then ``scale``, ``shift``."""

    axes: int
    epsilon: float


@dataclass(frozen=True)
class Activate(Op):
    """An activation by its name; ``settings`` are its numbers by name, such as ``alpha``."""

    name: str
    settings: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Slope(Op):
    """x where x > 0, else ``slope`` x, with a slope for each channel."""


@dataclass(frozen=True)
class Combine(Op):
    """The ``"sum"``, ``"mean"`` or ``"product"`` of all inputs, number by number."""

    how: str


@dataclass(frozen=True)
class Join(Op):
    """All inputs one after the other along an axis of the example, counted from 0."""

    axis: int


@dataclass(frozen=True)
class Reshape(Op):
    """The same numbers, row-major, as ``shape``."""

    shape: Sizes


@dataclass(frozen=True)
class Transpose(Op):
    """The example's axes, counted from 0, in another order."""

    order: Sizes


@dataclass(frozen=True)
class Pad(Op):
    """Zeros around an image: (top, left) before and (bottom, right) after it."""

    before: Sizes
    after: Sizes


@dataclass(frozen=True)
class Enlarge(Op):
    """Every pixel becomes a block; ``smooth``: blended between the pixels' centres."""

    factors: Sizes
    smooth: bool


@dataclass(frozen=True)
class Noise(Op):
    """Nothing when predicting; while training ``"dropout"``, ``"channels"`` (whole ones are
    dropped) with this probability, or ``"gaussian"`` noise of this deviation."""

    how: str
    amount: float
