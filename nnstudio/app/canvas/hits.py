"""What lies under a point of the canvas: pure geometry. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nnstudio.app.canvas.columns import Column
from nnstudio.app.canvas.layout import Layout, LinkGroup
from nnstudio.app.canvas.links import curve_at

#: A link is hit up to so many pixels beside it.
LINK_REACH = 5.0


@dataclass(frozen=True)
class Hit:
    """``kind``: ``"minus"``, ``"plus"``, ``"card"``, ``"insert"``, ``"unit"``, ``"block"``,
    ``"link"`` or ``""``. ``node`` is the layer (for an insert: the one before it), ``index`` a
    unit's number; a link comes from unit ``source_index`` of ``source``."""

    kind: str = ""
    node: str = ""
    index: int = -1
    source: str = ""
    source_index: int = -1
    parameter: str = ""


NOTHING = Hit()


def find(layout: Layout, columns: Sequence[Column], x: float, y: float) -> Hit:
    """The topmost thing at a point of the scene."""
    for node in layout.order:
        for kind, buttons in (("minus", layout.minus), ("plus", layout.plus)):
            button = buttons.get(node)
            if button is not None and button.grown(1.5 * layout.scale).contains(x, y):
                return Hit(kind, node)
    for node, box in layout.cards.items():
        if box.contains(x, y):
            return Hit("card", node)
    for insert in layout.inserts:
        if insert.box.grown(4 * layout.scale).contains(x, y):
            return Hit("insert", insert.after)
    for node, boxes in layout.units.items():
        for index, box in enumerate(boxes):
            if box.contains(x, y):
                return Hit("unit", node, index)
    for node, box in layout.blocks.items():
        if box.contains(x, y):
            return Hit("block", node, _cell(layout, columns, node, x, y))
    return _link(layout, x, y)


def _cell(layout: Layout, columns: Sequence[Column], node: str, x: float, y: float) -> int:
    """The number of the tile, cell or bar at a point of a block, or −1."""
    if node not in layout.grids:
        return -1
    rows, across = layout.grids[node]
    box = layout.blocks[node]
    row = min(rows - 1, int((y - box.y) / box.height * rows))
    column = min(across - 1, int((x - box.x) / box.width * across))
    index = row * across + column
    count = next(c.count for c in columns if c.id == node)
    return index if index < count else -1


def _link(layout: Layout, x: float, y: float) -> Hit:
    best, found = LINK_REACH * layout.scale, NOTHING
    for group in layout.groups:
        if group.parameter == "same" or not group.left < x < group.right:
            continue
        distance = distances(group, x, y)
        nearest = int(distance.argmin())
        if distance.flat[nearest] < best:
            best = float(distance.flat[nearest])
            i, j = divmod(nearest, len(group.targets))
            found = Hit("link", group.target, j, group.source, i, group.parameter)
    return found


def distances(group: LinkGroup, x: float, y: float) -> np.ndarray:
    """How far a point is from each link of a group: (sources, targets)."""
    width = group.right - group.left
    u = np.array([(x - group.left) / width, (x - group.left) / width + 0.01])
    share, ahead = curve_at(u)
    start = np.array(group.sources)[:, None]
    rise = np.array(group.targets)[None, :] - start
    slope = rise * (ahead - share) / (0.01 * width)
    return np.abs(start + rise * share - y) / np.sqrt(1.0 + slope * slope)
