"""Convolutions as matrix products over blocks of patches, channels last.

A block of output pixels (across rows and examples) is unrolled into a panel of patches that fits
the second-level cache, multiplied by the packed filters with the tiles of ``core/compiled/tiles.py``, and
forgotten; nothing of the size of the whole unrolled image ever exists. Per pixel a patch has
D = kernel height x kernel width x channels (of the group) numbers.

The geometry travels in the row from a given column on::

    height, width, channels, filters, kernel height, kernel width, stride y, stride x,
    padding top, padding left, dilation y, dilation x, output height, output width, groups
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnstudio.core.compiled.jit import add8, device, load8, store8, zero8
from nnstudio.core.compiled.tiles import pack, tile_rows

f32 = np.float32

#: Floats of one panel of patches: 96 KB.
PANEL = 24_576
#: Numbers in a row that describe a geometry.
GEOMETRY = 15


@dataclass(frozen=True)
class Geometry:
    """The sizes of one convolution of (height, width, channels) images."""

    height: int
    width: int
    channels: int
    filters: int
    kernel: tuple[int, int]
    stride: tuple[int, int] = (1, 1)
    padding: tuple[int, int, int, int] = (0, 0, 0, 0)  # top, bottom, left, right
    dilation: tuple[int, int] = (1, 1)
    groups: int = 1

    @property
    def output(self) -> tuple[int, int]:
        """Output height and width; below 1 if the kernel does not fit."""
        top, bottom, left, right = self.padding
        span_y = self.dilation[0] * (self.kernel[0] - 1) + 1
        span_x = self.dilation[1] * (self.kernel[1] - 1) + 1
        return (
            (self.height + top + bottom - span_y) // self.stride[0] + 1,
            (self.width + left + right - span_x) // self.stride[1] + 1,
        )

    @property
    def depth(self) -> int:
        """Numbers in a patch of one group."""
        return self.kernel[0] * self.kernel[1] * (self.channels // self.groups)

    def flipped(self) -> Geometry | None:
        """The convolution of dY with the filters turned round that gives dX, where that costs
        no more than adding up patches: at stride 1, if the image keeps its size."""
        if self.stride != (1, 1) or self.groups != 1 or self.output != (self.height, self.width):
            return None
        around_y = self.dilation[0] * (self.kernel[0] - 1)
        around_x = self.dilation[1] * (self.kernel[1] - 1)
        top, bottom, left, right = self.padding
        padding = (around_y - top, around_y - bottom, around_x - left, around_x - right)
        return Geometry(
            *self.output, self.filters, self.channels, self.kernel, (1, 1), padding, self.dilation
        )

    def row(self) -> tuple[int, ...]:
        """The geometry as arguments of a tape row."""
        return (
            self.height, self.width, self.channels, self.filters, *self.kernel, *self.stride,
            self.padding[0], self.padding[2], *self.dilation, *self.output, self.groups,
        )  # fmt: skip

    def workspace(self) -> int:
        """Floats of room that any of the three products below needs."""
        f = -(-(self.filters // self.groups) // 16) * 16
        d = -(-self.depth // 16) * 16
        panel = max(PANEL, 16 * d) + 16 * d + 64
        weights = (self.depth + 16) * f + 16 * d + (self.filters // self.groups + 16) * d
        targets = max(PANEL, 16 * f) + 4096 * 16
        return panel + weights + targets + 256


def same_padding(size: int, kernel: int, stride: int, dilation: int) -> tuple[int, int]:
    """Zeros before and after, so that the output has ceil(size / stride) places (as TensorFlow
    and Keras do: the odd one goes after)."""
    span = dilation * (kernel - 1) + 1
    total = max(0, (-(-size // stride) - 1) * stride + span - size)
    return total // 2, total - total // 2


@device
def panel_pixels(depth):  # type: ignore[no-untyped-def]
    """Output pixels in one panel: a multiple of 4, from 16 to 256."""
    count = (PANEL // depth) & -4
    return min(max(count, 16), 256)


@device
def unroll(mem, row, g, x, group, pixel, count, to):  # type: ignore[no-untyped-def]
    """Copy the patches of ``count`` output pixels, from number ``pixel``, to a panel (count, D)."""
    height, width, channels = row[g], row[g + 1], row[g + 2]
    kh, kw, sy, sx = row[g + 4], row[g + 5], row[g + 6], row[g + 7]
    top, left, dy, dx = row[g + 8], row[g + 9], row[g + 10], row[g + 11]
    oh, ow, groups = row[g + 12], row[g + 13], row[g + 14]
    c = channels // groups
    example = pixel // (oh * ow)
    rest = pixel - example * oh * ow
    oy = rest // ow
    ox = rest - oy * ow
    at = to
    plain = dx == 1 and groups == 1
    for _ in range(count):
        image = x + example * height * width * channels + group * c
        x0 = ox * sx - left
        inside = plain and x0 >= 0 and x0 + kw <= width
        for ky in range(kh):
            iy = oy * sy + ky * dy - top
            if iy < 0 or iy >= height:
                for q in range(kw * c):
                    mem[at + q] = f32(0.0)
            elif inside:
                source = image + (iy * width + x0) * channels
                for q in range(kw * c):
                    mem[at + q] = mem[source + q]
            else:
                for kx in range(kw):
                    ix = x0 + kx * dx
                    if ix < 0 or ix >= width:
                        for q in range(c):
                            mem[at + kx * c + q] = f32(0.0)
                    else:
                        source = image + (iy * width + ix) * channels
                        for q in range(c):
                            mem[at + kx * c + q] = mem[source + q]
            at += kw * c
        ox += 1
        if ox == ow:
            ox = 0
            oy += 1
            if oy == oh:
                oy = 0
                example += 1


@device
def roll_back(mem, row, g, dx_, group, pixel, count, source, stride):  # type: ignore[no-untyped-def]
    """Add a panel of patch gradients (count, stride) to the image gradient that they came from."""
    height, width, channels = row[g], row[g + 1], row[g + 2]
    kh, kw, sy, sx = row[g + 4], row[g + 5], row[g + 6], row[g + 7]
    top, left, dy, dx = row[g + 8], row[g + 9], row[g + 10], row[g + 11]
    oh, ow, groups = row[g + 12], row[g + 13], row[g + 14]
    c = channels // groups
    example = pixel // (oh * ow)
    rest = pixel - example * oh * ow
    oy = rest // ow
    ox = rest - oy * ow
    plain = dx == 1 and groups == 1
    for p in range(count):
        at = source + p * stride
        image = dx_ + example * height * width * channels + group * c
        x0 = ox * sx - left
        inside = plain and x0 >= 0 and x0 + kw <= width
        for ky in range(kh):
            iy = oy * sy + ky * dy - top
            if iy >= 0 and iy < height:
                if inside:
                    to = image + (iy * width + x0) * channels
                    for q in range(kw * c):
                        mem[to + q] += mem[at + q]
                else:
                    for kx in range(kw):
                        ix = x0 + kx * dx
                        if ix >= 0 and ix < width:
                            to = image + (iy * width + ix) * channels
                            for q in range(c):
                                mem[to + q] += mem[at + kx * c + q]
            at += kw * c
        ox += 1
        if ox == ow:
            ox = 0
            oy += 1
            if oy == oh:
                oy = 0
                example += 1


@device
def pack_filters(mem, w, depth, filters, first, count, to):  # type: ignore[no-untyped-def]
    """Columns ``first``.. of the filters (D, filters) in blocks of 16: (blocks, D, 16)."""
    for j in range(0, count, 16):
        at = to + j * depth
        if j + 16 <= count or first + count == filters:
            pack(mem, depth, w + first + j, filters, at)  # may read on into the region's padding
        else:
            for i in range(depth):
                for q in range(16):
                    inside = j + q < count
                    v = mem[w + i * filters + first + j + q] if inside else f32(0.0)
                    mem[at + 16 * i + q] = v


@device
def convolve(mem, row, g, n, x, w, bias, y, work):  # type: ignore[no-untyped-def]
    """Y = conv(X, W) + bias: X (n, H, W, C), W (kh, kw, C / groups, F), Y (n, OH, OW, F)."""
    filters, groups = row[g + 3], row[g + 14]
    depth = row[g + 4] * row[g + 5] * (row[g + 2] // groups)
    own = filters // groups
    pixels = n * row[g + 12] * row[g + 13]
    block = panel_pixels(depth)
    last = ((own - 1) // 16) * 16
    panel = work + depth * (last + 16)
    aside = panel + block * depth + 64
    for group in range(groups):
        first = group * own
        pack_filters(mem, w, depth, filters, first, own, work)
        for pixel in range(0, pixels, block):
            count = min(block, pixels - pixel)
            unroll(mem, row, g, x, group, pixel, count, panel)
            j = last
            while j >= 0:
                start = bias + first + j if bias >= 0 else -1
                if groups == 1:
                    to = y + pixel * filters + j
                    tile_rows(mem, count, panel, depth, 1, work + j * depth, 16, depth, to, filters,
                              True, start)  # fmt: skip
                else:  # beside other groups' filters nothing may be written: go through a copy
                    tile_rows(mem, count, panel, depth, 1, work + j * depth, 16, depth, aside, 16,
                              True, start)  # fmt: skip
                    width = min(16, own - j)
                    for p in range(count):
                        to = y + (pixel + p) * filters + first + j
                        for q in range(width):
                            mem[to + q] = mem[aside + p * 16 + q]
                j -= 16


@device
def filter_gradient(mem, row, g, n, x, dy, dw, work):  # type: ignore[no-untyped-def]
    """dW (D, F) = Σ over pixels of patch^T dY; the panels are unrolled again."""
    filters, groups = row[g + 3], row[g + 14]
    depth = row[g + 4] * row[g + 5] * (row[g + 2] // groups)
    own = filters // groups
    pixels = n * row[g + 12] * row[g + 13]
    block = panel_pixels(depth)
    last = ((own - 1) // 16) * 16
    wide = last + 16
    sums = work
    panel = work + (depth + 1) * wide
    targets = panel + block * depth + 64
    for group in range(groups):
        first = group * own
        for i in range(0, depth * wide, 8):
            store8(mem, sums + i, zero8())
        for pixel in range(0, pixels, block):
            count = min(block, pixels - pixel)
            unroll(mem, row, g, x, group, pixel, count, panel)
            for j in range(0, wide, 16):
                pack(mem, count, dy + pixel * filters + first + j, filters, targets)
                tile_rows(
                    mem, depth, panel, 1, depth, targets, 16, count, sums + j, wide, False, -1
                )
        for r in range(depth):
            for q in range(own):
                mem[dw + r * filters + first + q] = mem[sums + r * wide + q]


@device
def image_gradient(mem, row, g, n, w, dy, dx, work):  # type: ignore[no-untyped-def]
    """dX = the transposed convolution of dY with W. Sets all of dX (n, H, W, C)."""
    filters, groups = row[g + 3], row[g + 14]
    depth = row[g + 4] * row[g + 5] * (row[g + 2] // groups)
    own = filters // groups
    pixels = n * row[g + 12] * row[g + 13]
    block = panel_pixels(depth)
    wide = ((depth + 15) // 16) * 16
    panel = work + (own + 1) * wide
    size = n * row[g] * row[g + 1] * row[g + 2]
    for i in range(size):
        mem[dx + i] = f32(0.0)
    for group in range(groups):
        first = group * own
        for j in range(0, wide, 16):  # the filters transposed: (blocks of D, own, 16)
            for i in range(own):
                for q in range(16):
                    inside = j + q < depth
                    v = mem[w + (j + q) * filters + first + i] if inside else f32(0.0)
                    mem[work + j * own + 16 * i + q] = v
        for pixel in range(0, pixels, block):
            count = min(block, pixels - pixel)
            for j in range(0, wide, 16):
                at = dy + pixel * filters + first
                tile_rows(mem, count, at, filters, 1, work + j * own, 16, own,
                          panel + j, wide, True, -1)  # fmt: skip
            roll_back(mem, row, g, dx, group, pixel, count, panel, wide)


@device
def turn_filters(mem, row, g, w, to):  # type: ignore[no-untyped-def]
    """The filters turned by 180 degrees, inputs and outputs exchanged: (kh, kw, F, C)."""
    channels, filters = row[g + 2], row[g + 3]
    taps = row[g + 4] * row[g + 5]
    for tap in range(taps):
        source = w + tap * channels * filters
        target = to + (taps - 1 - tap) * channels * filters
        for c in range(channels):
            for f in range(filters):
                mem[target + f * channels + c] = mem[source + c * filters + f]


@device
def sum_pixels(mem, rows, filters, dy, db):  # type: ignore[no-untyped-def]
    """db = Σ over pixels of dY: 128 pixels, which stay in cache, eight filters at a time."""
    for j in range(0, filters, 8):
        store8(mem, db + j, zero8())
    for first in range(0, rows, 128):
        end = min(first + 128, rows)
        for j in range(0, filters, 8):
            s0, s1, s2, s3 = load8(mem, db + j), zero8(), zero8(), zero8()
            r = first
            while r + 4 <= end:
                at = dy + r * filters + j
                s0 = add8(s0, load8(mem, at))
                s1 = add8(s1, load8(mem, at + filters))
                s2 = add8(s2, load8(mem, at + 2 * filters))
                s3 = add8(s3, load8(mem, at + 3 * filters))
                r += 4
            while r < end:
                s0 = add8(s0, load8(mem, dy + r * filters + j))
                r += 1
            store8(mem, db + j, add8(add8(s0, s1), add8(s2, s3)))
    for j in range(filters, ((filters + 7) // 8) * 8):
        mem[db + j] = f32(0.0)
