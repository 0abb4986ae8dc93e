"""What lies under a point of the canvas: pure geometry. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nnstudio.app.canvas.columns import Column
from nnstudio.app.canvas.layout import Layout, LinkGroup, frame_line
from nnstudio.app.canvas.links import curve_at

#: A link is hit up to so many pixels beside it.
LINK_REACH = 5.0
#: A port is hit within so many pixels, across and down.
PORT_REACH = 6.0


@dataclass(frozen=True)
class Hit:
    """``kind``: ``"minus"``, ``"plus"``, ``"fold"``, ``"mend"``, ``"badge"``, ``"port"`` (where
    links leave), ``"card"``, ``"insert"``, ``"note"``, ``"frame"`` (an open block's name),
    ``"unit"``, ``"block"``, ``"link"``, ``"route"`` (from card to card) or ``""``. ``node`` is the
    layer (for an insert: the one before it), ``index`` a unit's number; a link comes from unit
    ``source_index`` of ``source``; a route or an insert is on the link from ``node`` to
    ``target``."""

    kind: str = ""
    node: str = ""
    index: int = -1
    source: str = ""
    source_index: int = -1
    parameter: str = ""
    target: str = ""


NOTHING = Hit()


def find(layout: Layout, columns: Sequence[Column], x: float, y: float) -> Hit:
    """The topmost thing at a point of the scene."""
    s = layout.scale
    for kind, buttons in (
        ("badge", layout.badges), ("mend", layout.mends), ("fold", layout.folds),
        ("minus", layout.minus), ("plus", layout.plus),
    ):  # fmt: skip
        for node, button in buttons.items():
            if button.grown(1.5 * s).contains(x, y):
                return Hit(kind, node)
    for node in layout.cards:
        px, py = layout.port(node, right=True)
        if abs(x - px) <= PORT_REACH * s and abs(y - py) <= PORT_REACH * s:
            return Hit("port", node)
    for node, box in layout.cards.items():
        if box.contains(x, y):
            return Hit("card", node)
    for insert in layout.inserts:
        if insert.box.grown(2 * s).contains(x, y):
            return Hit("insert", insert.after, target=insert.before)
    for node, box in layout.notes.items():
        if box.contains(x, y):
            return Hit("note", node)
    for name, box in layout.frames.items():
        if frame_line(box, s).contains(x, y):
            return Hit("frame", name)
    for node, boxes in layout.units.items():
        for index, box in enumerate(boxes):
            if box.contains(x, y):
                return Hit("unit", node, index)
    for node, box in layout.blocks.items():
        if box.contains(x, y):
            return Hit("block", node, _cell(layout, columns, node, x, y))
    found = _link(layout, x, y)
    return found if found.kind else _route(layout, x, y)


def _route(layout: Layout, x: float, y: float) -> Hit:
    best, found = LINK_REACH * layout.scale, NOTHING
    for route in layout.connectors:
        distance = route.distance(x, y, best)
        if distance < best:
            best = distance
            found = Hit("route", route.edge[0], target=route.edge[1])
    return found


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
