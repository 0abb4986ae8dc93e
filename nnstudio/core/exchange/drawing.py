"""The network as a drawing of boxes and links, in no format yet: where everything stands.

Columns by the longest way from the input; a link over several columns passes each at a place of
its own, so that it crosses no box.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from nnstudio.core.network import Network, Node
from nnstudio.core.shapes import shape_text
from nnstudio.core.text import tr

#: Sizes of boxes and gaps, in points.
WIDTH, HEIGHT, ALONG, ACROSS, MARGIN = 136.0, 58.0, 44.0, 22.0, 14.0
#: Room that a passing link takes.
LANE = 14.0
#: Columns beyond which a drawing goes down rather than to the right.
MOST_ACROSS = 8


@dataclass(frozen=True)
class Box:
    """A layer: its corner and up to three lines of text."""

    node: str
    x: float
    y: float
    title: str
    detail: str
    shape: str
    group: str


@dataclass(frozen=True)
class Link:
    """A link through points, from one box's edge to another's."""

    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Drawing:
    """Boxes and links on a sheet; ``down`` says that links run from top to bottom."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    links: tuple[Link, ...]
    down: bool


def _texts(network: Network, node: Node, translate: bool) -> tuple[str, str, str]:
    layer = node.layer
    label = tr(layer.label) if translate else str(layer.label)
    units = getattr(layer, "units", None) or getattr(layer, "filters", None) or ""
    summary = layer.summary() if node.inputs else ""
    detail = " · ".join(str(part) for part in (units, summary) if part not in ("", "linear"))
    shape = network.facts[node.id].shape
    size = shape_text(shape) if shape is not None else ""
    return (label, detail, size) if detail else (label, size, "")


def draw(network: Network, direction: str = "automatic", translate: bool = True) -> Drawing:
    """Lay a network out; ``direction`` is ``"right"``, ``"down"`` or ``"automatic"``."""
    column: dict[str, int] = {}
    for node in network.nodes:
        column[node.id] = max((column[name] + 1 for name in node.inputs), default=0)
    count = max(column.values()) + 1
    down = direction == "down" or (direction == "automatic" and count > MOST_ACROSS)
    lanes: list[list[tuple[str, str]]] = [[] for _ in range(count)]  # (node, "") or (from, to)
    place: dict[tuple[int, str, str], float] = {}

    def before(at: int, item: tuple[str, str]) -> float:
        node, to = item
        if to:  # a passing link stays where it was
            return place.get((at - 1, node, to), place.get((at - 1, node, ""), 0.0))
        names = network[node].inputs
        near = [place[at - 1, name, ""] for name in names if (at - 1, name, "") in place]
        found = near or [place.get((at - 1, name, node), 0.0) for name in names]
        return sum(found) / len(found) if found else 0.0

    for node in network.nodes:
        lanes[column[node.id]].append((node.id, ""))
        for name in dict.fromkeys(node.inputs):
            for at in range(column[name] + 1, column[node.id]):
                lanes[at].append((name, node.id))
    box_across = WIDTH if down else HEIGHT
    box_along = HEIGHT if down else WIDTH
    for at, items in enumerate(lanes):
        items.sort(key=lambda item, at=at: (before(at, item), bool(item[1])))  # type: ignore[misc]
        sizes = [LANE if to else box_across for _, to in items]
        y = 0.0
        middles = []
        for size in sizes:
            middles.append(y + size / 2)
            y += size + ACROSS
        # Boxes stand as near as can be to what they read; passing links give way.
        away = [
            before(at, item) - middle
            for item, middle in zip(items, middles, strict=True)
            if not item[1]
        ]
        y = sum(away) / len(away) if away else 0.0
        for (node_id, to), size in zip(items, sizes, strict=True):
            place[at, node_id, to] = y + size / 2
            y += size + ACROSS
    low = min(value - (LANE if to else box_across) / 2 for (_, _, to), value in place.items())
    high = max(value + (LANE if to else box_across) / 2 for (_, _, to), value in place.items())

    def point(along: float, across: float) -> tuple[float, float]:
        a, b = MARGIN + along, MARGIN + across - low
        return (b, a) if down else (a, b)

    def start(at: int) -> float:
        return at * (box_along + ALONG)

    boxes, links = [], []
    for node in network.nodes:
        at = column[node.id]
        x, y = point(start(at), place[at, node.id, ""] - box_across / 2)
        boxes.append(Box(node.id, x, y, *_texts(network, node, translate), node.layer.group))
        for name in node.inputs:
            first = column[name]
            points = [point(start(first) + box_along, place[first, name, ""])]
            for passed in range(first + 1, at):
                across = place[passed, name, node.id]
                points.append(point(start(passed), across))
                points.append(point(start(passed) + box_along, across))
            points.append(point(start(at), place[at, node.id, ""]))
            links.append(Link(tuple(points)))
    length = start(count - 1) + box_along + 2 * MARGIN
    breadth = high - low + 2 * MARGIN
    width, height = (breadth, length) if down else (length, breadth)
    return Drawing(width, height, tuple(boxes), tuple(links), down)


def curve(points: tuple[tuple[float, float], ...], down: bool) -> list[tuple[float, ...]]:
    """A link as cubic curves: (x1, y1, x2, y2, x, y) for each stretch after the first point."""
    found: list[tuple[float, ...]] = []
    for (ax, ay), (bx, by) in pairwise(points):
        if down:
            middle = (ay + by) / 2
            found.append((ax, middle, bx, middle, bx, by))
        else:
            middle = (ax + bx) / 2
            found.append((middle, ay, middle, by, bx, by))
    return found
