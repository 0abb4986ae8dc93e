"""Where everything on the canvas is: pure geometry, in pixels of the unzoomed scene. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from nnstudio.app.canvas.bodies import place_body
from nnstudio.app.canvas.boxes import Box, TextSizes, around
from nnstudio.app.canvas.columns import Column
from nnstudio.app.canvas.ranks import Ranks
from nnstudio.app.canvas.routes import Route
from nnstudio.app.canvas.stretch import GAP_LEAST, MARGIN, Stretch, stretch_of

# Sizes at the base font of 13 px; all scale with the font.
TOP = 14.0
UNIT_PITCH = 56.0
UNIT_PITCH_LEAST = 17.0
ROOMY, LARGER = 640.0, 1.8  # where there is more room below the cards, units are so much larger
BUTTON = 19.0
INSERT = 19.0
BAR_PITCH = 24.0
THIN = 17.0  # the height of a lane of long links
BODY = 20.0  # between the cards and what is below them
LANE_ROOM = 84.0  # the least room below the cards of a lane, if there are several lanes
PORT = 3.6  # a port's radius
FOLD = 15.0
FRAME = 16.0  # the line below the cards with the name of an open block


@dataclass(frozen=True)
class LinkGroup:
    """The links between two columns; ``parameter`` is ``"same"`` for one-to-one links."""

    source: str
    target: str
    parameter: str
    left: float
    right: float
    sources: tuple[float, ...]  # y of each source unit
    targets: tuple[float, ...]


@dataclass(frozen=True)
class Insert:
    """A “+” on the link from ``after`` to ``before`` (empty: behind the last layer)."""

    after: str
    box: Box
    before: str = ""


@dataclass
class Layout:
    """Boxes of everything, by node id."""

    width: float
    height: float
    scale: float = 1.0
    lefts: list[float] = field(default_factory=list)  # of the cards of each rank
    widths: list[float] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    ranks: Ranks = field(default_factory=Ranks)
    cards: dict[str, Box] = field(default_factory=dict)
    lines: dict[str, tuple[str, ...]] = field(default_factory=dict)
    minus: dict[str, Box] = field(default_factory=dict)
    plus: dict[str, Box] = field(default_factory=dict)
    folds: dict[str, Box] = field(default_factory=dict)
    badges: dict[str, Box] = field(default_factory=dict)
    inserts: list[Insert] = field(default_factory=list)
    units: dict[str, tuple[Box, ...]] = field(default_factory=dict)
    blocks: dict[str, Box] = field(default_factory=dict)
    grids: dict[str, tuple[int, int]] = field(default_factory=dict)  # rows, columns of a block
    notes: dict[str, Box] = field(default_factory=dict)
    mends: dict[str, Box] = field(default_factory=dict)  # the button in a note
    frames: dict[str, Box] = field(default_factory=dict)  # around an open block, by its name
    groups: list[LinkGroup] = field(default_factory=list)
    connectors: list[Route] = field(default_factory=list)
    port_y: dict[str, float] = field(default_factory=dict)

    def port(self, node_id: str, *, right: bool) -> tuple[float, float]:
        """Where links leave (right) or enter a card."""
        card = self.cards[node_id]
        return (card.right if right else card.x), self.port_y[node_id]


def arrange(
    columns: Sequence[Column],
    width: float,
    height: float,
    text: TextSizes,
    scale: float = 1.0,
    bottom: float = 0.0,
    stretch: Stretch | None = None,
) -> Layout:
    """Place all columns in a view of the given size, ``bottom`` pixels of it kept free below.

    The layout is wider or higher than the view if the network cannot be squeezed into it.
    ``stretch`` is that of the columns for this width, if it is known.
    """
    s = scale
    stretch = stretch or stretch_of(columns, width, text, s)
    ranks = stretch.ranks
    layout = Layout(max(width, stretch.view), height - bottom, s, ranks=ranks)
    left = (layout.width - stretch.width) / 2
    layout.lefts = [left + x for x in stretch.lefts]
    layout.widths = list(stretch.widths)
    place = {column.id: number for number, column in enumerate(columns)}
    layout.order = sorted(place, key=lambda n: (ranks.rank[n], ranks.lane[n], place[n]))
    y = TOP * s + ranks.thin * THIN * s
    for lane in range(ranks.lanes):
        y = _place_lane(layout, columns, lane, y, text)
    layout.height = max(layout.height, y)
    _place_links(layout, columns)
    _place_frames(layout, columns)
    _link(layout, columns)
    return layout


def _place_lane(
    layout: Layout,
    columns: Sequence[Column],
    lane: int,
    y: float,
    text: TextSizes,
) -> float:
    """Place the layers of one lane from ``y`` on; gives where the next lane may begin."""
    s, ranks = layout.scale, layout.ranks
    mine = [column for column in columns if ranks.lane[column.id] == lane]
    for column in mine:
        rank = ranks.rank[column.id]
        _place_card(layout, column, Box(layout.lefts[rank], y, layout.widths[rank], 0), text)
    cards_end = max((layout.cards[column.id].bottom for column in mine), default=y)
    _place_ports(layout, mine, y, cards_end)
    framed = any(column.block and not column.is_block for column in mine)
    top = cards_end + (BODY + (FRAME if framed else 0.0)) * s
    if not any(column.has_body for column in mine):
        return top if lane < ranks.lanes - 1 else cards_end + 14 * s
    shares = ranks.lanes - lane
    room = layout.height - 14 * s - top
    if shares > 1:  # the lanes below need cards and bodies too
        room = max(LANE_ROOM * s, (room - (shares - 1) * (cards_end - y + 34 * s)) / shares)
    if ranks.lanes > 1:
        room = min(room, max(_wanted(column, layout.cards[column.id].width, s) for column in mine))
    most = max([c.count for c in mine if c.kind == "units"], default=1)
    pitch = UNIT_PITCH * min(max(1.0, room / (ROOMY * s)), LARGER)
    unit_pitch = min(pitch * s, max(UNIT_PITCH_LEAST * s, room / max(most, 1)))
    needed = max(room, most * unit_pitch if most > 1 else 0.0)
    for column in mine:
        place_body(layout, column, top, needed, unit_pitch, text)
    return top + needed + 14 * s


def _wanted(column: Column, card: float, s: float) -> float:
    """How much room below its card a layer can use."""
    if column.error:
        return LANE_ROOM * s
    per_row = {"units": UNIT_PITCH * s, "bars": 0.6 * BAR_PITCH * s}
    if column.kind in per_row:
        return column.count * per_row[column.kind]
    return {"none": 0.0, "image": card, "maps": card}.get(column.kind, card * 1.6)


def _place_ports(layout: Layout, mine: Sequence[Column], top: float, cards_end: float) -> None:
    if not mine:
        return
    lowest = min(layout.cards[column.id].bottom for column in mine) - 9 * layout.scale
    for column in mine:
        layout.port_y[column.id] = min((top + cards_end) / 2, lowest)


def _wrap(parts: tuple[str, ...], width: float, text: TextSizes) -> tuple[str, ...]:
    joined = " · ".join(parts)
    return (joined,) if not parts or text.width(joined) <= width else parts


def _place_card(layout: Layout, column: Column, at: Box, text: TextSizes) -> None:
    s = layout.scale
    lines = _wrap(column.parts, at.width - 12 * s, text)
    height = (33 + 16 * len(lines)) * s
    if column.adjustable:
        height += (BUTTON + 3) * s
    box = Box(at.x, at.y, at.width, height)
    layout.cards[column.id] = box
    layout.lines[column.id] = lines
    if column.adjustable:
        y = box.bottom - (6 + BUTTON / 2) * s
        middle = box.centre[0]
        layout.minus[column.id] = around(middle - 14 * s, y, BUTTON * s, BUTTON * s)
        layout.plus[column.id] = around(middle + 14 * s, y, BUTTON * s, BUTTON * s)
    if column.foldable:
        layout.folds[column.id] = Box(
            box.centre[0] - FOLD / 2 * s, box.bottom + 1 * s, FOLD * s, FOLD * s
        )
    if column.advice:
        layout.badges[column.id] = around(box.right - 3 * s, box.y + 3 * s, 15 * s, 15 * s)


def _place_links(layout: Layout, columns: Sequence[Column]) -> None:
    """The routes between cards, and a “+” on each."""
    s, ranks = layout.scale, layout.ranks
    lane_top = {
        lane: min(layout.port_y[n] for n in layout.cards if ranks.lane[n] == lane)
        for lane in set(ranks.lane.values())
    }
    for column in columns:
        for source, edge, words in zip(column.inputs, column.edges, column.flows, strict=True):
            pair = (source, column.id)
            begin, end = layout.port(source, right=True), layout.port(column.id, right=False)
            knots = [begin, end]
            if pair in ranks.above or pair in ranks.along:
                y = (
                    (TOP + (ranks.thin - ranks.above[pair] + 0.35) * THIN) * s
                    if pair in ranks.above
                    else lane_top[ranks.along[pair]]
                )
                after = layout.lefts[ranks.rank[source] + 1]
                last = ranks.rank[column.id] - 1
                before = layout.lefts[last] + layout.widths[last]
                knots = [begin, (after, y), (before, y), end]
            layout.connectors.append(Route(edge, source, column.id, tuple(knots), words))
    reach = (INSERT + 3) * s  # closer to each other than this, one of them is left out
    taken: dict[tuple[int, int], list[tuple[float, float]]] = {}
    for route in layout.connectors:
        x, y = route.middle
        column_, row = int(x // reach), int(y // reach)
        around_it = [taken.get((column_ + i, row + j), ()) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        if any(abs(x - a) < reach and abs(y - b) < reach for found in around_it for a, b in found):
            continue
        taken.setdefault((column_, row), []).append((x, y))
        box = around(x, y, INSERT * s, INSERT * s)
        layout.inserts.append(Insert(route.edge[0], box, route.edge[1]))
    for column in columns:
        if column.is_open_end:
            x, y = layout.port(column.id, right=True)
            box = around(x + GAP_LEAST * s, y, INSERT * s, INSERT * s)
            layout.inserts.append(Insert(column.members[-1], box))
            layout.width = max(layout.width, box.right + MARGIN * s)


def frame_line(frame: Box, scale: float) -> Box:
    """The line with the name, at the lower edge of an open block's frame."""
    return Box(frame.x, frame.bottom - FRAME * scale, frame.width, FRAME * scale)


def _place_frames(layout: Layout, columns: Sequence[Column]) -> None:
    """A quiet outline around the cards of each block that is open."""
    names = dict.fromkeys(c.block for c in columns if c.block and not c.is_block)
    for name in names:
        boxes = [layout.cards[c.id] for c in columns if c.block == name and not c.is_block]
        x, y = min(b.x for b in boxes), min(b.y for b in boxes)
        right, bottom = max(b.right for b in boxes), max(b.bottom for b in boxes)
        box = Box(x, y, right - x, bottom - y).grown(6 * layout.scale)
        layout.frames[name] = box._replace(height=box.height + (FRAME + 8) * layout.scale)


def _rows(block: Box, count: int) -> tuple[Box, ...]:
    """The rows of a block of bars."""
    height = block.height / count
    return tuple(Box(block.x, block.y + i * height, block.width, height) for i in range(count))


def _link(layout: Layout, columns: Sequence[Column]) -> None:
    for column in columns:
        for source, parameter in zip(column.inputs, column.links, strict=True):
            if not parameter or source not in layout.units:
                continue
            from_boxes = layout.units[source]
            to_boxes = layout.units.get(column.id) or _rows(layout.blocks[column.id], column.count)
            layout.groups.append(
                LinkGroup(
                    source,
                    column.id,
                    parameter,
                    from_boxes[0].right,
                    to_boxes[0].x,
                    tuple(box.centre[1] for box in from_boxes),
                    tuple(box.centre[1] for box in to_boxes),
                )
            )
