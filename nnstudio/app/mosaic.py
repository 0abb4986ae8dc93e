"""Weight matrices laid out side by side in a rectangle, as bytes of colour. No Qt.

Each layer is a block. A matrix is a grid of squares, one an input (row) and unit (column); a
matrix too large for its room shows means of neighbouring weights. The weights of a layer that
reads an image are little images, one a unit; as many as fit at a size that can be seen, from a
first one on.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from nnstudio.app.heatmap import NOTHING

#: Widest square, in points, the gap between blocks, and the room above for two lines of title.
SQUARE = 22
# ... and at most so many, where a panel is high enough for twelve.
LARGE, ROOMY = 44, 12
GAP = 16
TITLE = 32
#: A matrix has no more rows or columns of squares than this; larger ones show means.
MOST = 64
#: Small images, such as the kernels of a convolution, are enlarged to about this height.
KERNEL = 32
#: Small images are enlarged at least to this height, even if not all of them fit then.
LEGIBLE = 14
#: All of them at a smaller size are better than some, down to this height.
SEEN = 9
#: The cells of a matrix are at least so wide, as long as that makes it no wider than this.
CELL, WIDE = 7, 90
#: Narrowest block: there must be room for a word above it.
NARROWEST = 44


@dataclass(frozen=True)
class Source:
    """One layer's weights (inputs, units); ``image`` is the (rows, columns) they look at, if so.

    The kernels of a convolution are units too, those of a filter's ``channels`` side by side;
    0 channels is no convolution.
    """

    node: str
    title: str
    weight: np.ndarray
    image: tuple[int, int] | None = None
    channels: int = 0

    def cells(self) -> tuple[int, int]:
        """Rows and columns of squares of its matrix."""
        rows, columns = self.weight.shape
        return min(rows, MOST), min(columns, MOST)


@dataclass(frozen=True)
class Block:
    """Where one layer is drawn, in pixels from the top left of the mosaic.

    ``size`` is the side of a square (of one weight of an image) in pixels. ``rows`` and
    ``columns`` count squares or, with ``image``, images, of which ``first`` is the first.
    """

    source: Source
    x: int
    y: int
    width: int
    height: int
    size: float
    rows: int
    columns: int
    image: tuple[int, int] | None = None
    first: int = 0

    @property
    def count(self) -> int:
        """How many images are shown."""
        return min(self.rows * self.columns, self.source.weight.shape[1] - self.first)

    def at(self, x: float, y: float) -> tuple[slice, slice] | None:
        """The inputs and the units whose weights a pixel shows."""
        x, y = x - self.x, y - self.y
        if not (0 <= x < self.width and 0 <= y < self.height):
            return None
        inputs, units = self.source.weight.shape
        if self.image is None:
            row = min(int(y / self.height * self.rows), self.rows - 1)
            column = min(int(x / self.width * self.columns), self.columns - 1)
            return _part(row, self.rows, inputs), _part(column, self.columns, units)
        high, wide = self.image
        gap = image_gap(self.size)
        pitch_x, pitch_y = wide * self.size + gap, high * self.size + gap
        unit = self.first + int(y / pitch_y) * self.columns + int(x / pitch_x)
        row, column = int(y % pitch_y / self.size), int(x % pitch_x / self.size)
        if unit >= units or row >= high or column >= wide:
            return None
        at = row * wide + column
        return slice(at, at + 1), slice(unit, unit + 1)


def _part(at: int, count: int, total: int) -> slice:
    """The members of one of ``count`` groups of ``total``."""
    return slice(at * total // count, (at + 1) * total // count)


def image_gap(size: float) -> int:
    """Pixels between the images of units."""
    return min(max(2, round(3 * size / 2)), 6)


def arrange(
    sources: list[Source],
    width: int,
    height: int,
    ratio: float,
    firsts: Mapping[str, int] | None = None,
) -> list[Block]:
    """Blocks for all sources in (width, height) pixels, of which ``ratio`` make a point;
    ``firsts`` tells the first image to show of a node.

    Those that find no room are left out (the last ones).
    """
    gap, top = round(GAP * ratio), round(TITLE * ratio)
    room = height - top
    if room < 8 or not sources:
        return []
    images = [source for source in sources if source.image is not None]
    plain = [source for source in sources if source.image is None]
    free = width - gap * (len(sources) - 1)
    if images and plain:
        free = max(int(free * 0.34), free - sum(_image_need(s, room, ratio) for s in images))
    size = _square(plain, free, room, ratio)
    blocks: list[Block] = []
    x = 0
    taken = sum(_block_width(s, size, ratio) for s in plain) + gap * (len(sources) - 1)
    for source in sources:
        if source.image is not None:
            share = (width - taken) // len(images)
            first = (firsts or {}).get(source.node, 0)
            block = _image_block(source, x, top, share, room, ratio, first)
        else:
            block = _matrix_block(source, x, top, size, room, ratio)
        if block is None or x + block.width > width:
            break
        blocks.append(block)
        x += max(block.width, round(NARROWEST * ratio)) + gap
    return blocks


def _square(sources: list[Source], width: int, room: int, ratio: float) -> float:
    """The side of a square with which all matrices fit, as whole pixels if over 3."""
    most = max(SQUARE * ratio, min(LARGE * ratio, room / ROOMY))
    if not sources:
        return most
    rows = max(source.cells()[0] for source in sources)
    size = min(most, room / rows)
    while size > 0.5 and sum(_block_width(s, size, ratio) for s in sources) > width:
        size *= 0.97
    return float(math.floor(size)) if size >= 3 else size


def _block_width(source: Source, size: float, ratio: float) -> int:
    columns = source.cells()[1]
    least = min(columns * CELL, WIDE) * ratio
    return max(math.ceil(columns * size), round(NARROWEST * ratio), round(least))


def _matrix_block(
    source: Source, x: int, top: int, size: float, room: int, ratio: float
) -> Block | None:
    rows, columns = source.cells()
    least = round(min(columns * CELL, WIDE) * ratio)
    width, height = max(least, math.floor(columns * size)), max(2, math.floor(rows * size))
    rows, columns = min(rows, height), min(columns, width)
    return Block(source, x, top, width, min(height, room), size, rows, columns)


def _image_need(source: Source, room: int, ratio: float) -> int:
    """The width that all of a layer's images take at the least size that can be seen."""
    assert source.image is not None
    high, wide = source.image
    size = max(1, round(ratio), math.ceil(LEGIBLE * ratio / high))
    down = max(1, (room + image_gap(size)) // (high * size + image_gap(size)))
    return -(-source.weight.shape[1] // down) * (wide * size + image_gap(size))


def _image_block(
    source: Source, x: int, top: int, width: int, room: int, ratio: float, first: int = 0
) -> Block | None:
    """Images in a grid: at the largest whole size at which all fit, else as many as fit at one
    that can be seen."""
    assert source.image is not None
    high, wide = source.image
    units = source.weight.shape[1]
    best: Block | None = None
    small, large = (max(1, math.ceil(edge * ratio / high)) for edge in (SEEN, LEGIBLE))
    if width < wide * large or room < high * large:
        small = large = 1
    sizes = range(small, max(2, large, round(max(4, KERNEL / high) * ratio)) + 1)
    for size in sizes:
        gap = image_gap(size)
        across = (width + gap) // (wide * size + gap)
        down = (room + gap) // (high * size + gap)
        if across * down < 1:
            break
        columns = min(across, units)
        rows = min(down, -(-units // columns))
        made = Block(
            source, x, top,
            columns * (wide * size + gap) - gap, rows * (high * size + gap) - gap,
            size, rows, columns, source.image,
            min(max(0, first), max(0, -(-units // columns) - rows) * columns),
        )  # fmt: skip
        if across * down >= units or size == large:
            best = made  # all at this size, or as many as fit at one that is easily seen
        if across * down < units and size >= large:
            break
    return best


def paint(blocks: list[Block], levels: list[np.ndarray], width: int, height: int) -> np.ndarray:
    """The mosaic (height, width) of bytes; ``levels`` hold each block's weights as bytes."""
    canvas = np.full((height, width), NOTHING, np.uint8)
    for block, level in zip(blocks, levels, strict=True):
        place = canvas[block.y : block.y + block.height, block.x : block.x + block.width]
        if block.image is None:
            _paint_matrix(place, block, level)
        else:
            _paint_images(place, block, level)
    return canvas


def _paint_matrix(place: np.ndarray, block: Block, level: np.ndarray) -> None:
    squares = means(level, block.rows, block.columns)
    down = np.arange(place.shape[0]) * block.rows // place.shape[0]
    across = np.arange(place.shape[1]) * block.columns // place.shape[1]
    place[:] = squares[down][:, across]
    if block.size >= 5:  # hairlines between squares
        place[np.flatnonzero(np.diff(down)), :] = NOTHING
        place[:, np.flatnonzero(np.diff(across))] = NOTHING


def means(level: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """Bytes (inputs, units) as means over (rows, columns) groups; the same if nothing is merged."""
    if level.shape == (rows, columns):
        return level
    down = np.arange(rows) * level.shape[0] // rows
    across = np.arange(columns) * level.shape[1] // columns
    sums = np.add.reduceat(level.astype(np.float32), down, axis=0)
    sums = np.add.reduceat(sums, across, axis=1)
    counts = np.diff([*down, level.shape[0]])[:, None] * np.diff([*across, level.shape[1]])[None]
    return np.rint(sums / counts).astype(np.uint8)


def _paint_images(place: np.ndarray, block: Block, level: np.ndarray) -> None:
    assert block.image is not None
    high, wide = block.image
    size, gap = int(block.size), image_gap(block.size)
    count = block.count
    images = level[:, block.first : block.first + count].T.reshape(count, high, wide)
    images = images.repeat(size, axis=1).repeat(size, axis=2)
    if size >= 5:  # hairlines between squares
        images[:, size::size] = NOTHING
        images[:, :, size::size] = NOTHING
    for at in range(count):
        row, column = divmod(at, block.columns)
        y, x = row * (high * size + gap), column * (wide * size + gap)
        place[y : y + high * size, x : x + wide * size] = images[at]
