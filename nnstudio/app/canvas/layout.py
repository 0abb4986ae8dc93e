"""Where everything on the canvas is: pure geometry, in pixels of the unzoomed scene. No Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple, Protocol

from nnstudio.app.canvas.columns import Column

# Sizes at the base font of 13 px; all scale with the font.
MARGIN = 20.0
CARD_WIDTH = 122.0
CARD_LEAST = 82.0
PITCH_MOST = 224.0
GAP_LEAST = 28.0
TOP = 14.0
UNIT_PITCH = 56.0
UNIT_PITCH_LEAST = 17.0
UNIT_SHARE = 0.81  # a thumbnail's part of its pitch
BUTTON = 19.0
INSERT = 21.0
BAR_PITCH = 24.0


class Box(NamedTuple):
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.y + self.height

    @property
    def centre(self) -> tuple[float, float]:
        """The middle."""
        return self.x + self.width / 2, self.y + self.height / 2

    def contains(self, x: float, y: float) -> bool:
        """Whether a point lies inside."""
        return self.x <= x <= self.right and self.y <= y <= self.bottom

    def grown(self, by: float) -> Box:
        """The same, larger by ``by`` on every side."""
        return Box(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)


def around(x: float, y: float, width: float, height: float) -> Box:
    """A rectangle by its middle."""
    return Box(x - width / 2, y - height / 2, width, height)


class TextSizes(Protocol):
    """Measures text in the canvas' fonts."""

    def width(self, text: str, *, title: bool = False) -> float:
        """The width of one line."""
        ...

    def height(self, text: str, width: float) -> float:
        """The height of small text wrapped to a width."""
        ...


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
    """A “+” between two cards: a new layer goes after ``after``."""

    after: str
    box: Box


@dataclass
class Layout:
    """Boxes of everything, by node id."""

    width: float
    height: float
    scale: float = 1.0
    pitch: float = 0.0
    order: list[str] = field(default_factory=list)
    cards: dict[str, Box] = field(default_factory=dict)
    lines: dict[str, tuple[str, ...]] = field(default_factory=dict)
    minus: dict[str, Box] = field(default_factory=dict)
    plus: dict[str, Box] = field(default_factory=dict)
    inserts: list[Insert] = field(default_factory=list)
    units: dict[str, tuple[Box, ...]] = field(default_factory=dict)
    blocks: dict[str, Box] = field(default_factory=dict)
    grids: dict[str, tuple[int, int]] = field(default_factory=dict)  # rows, columns of a block
    notes: dict[str, Box] = field(default_factory=dict)
    groups: list[LinkGroup] = field(default_factory=list)
    connectors: list[tuple[float, float, float]] = field(default_factory=list)  # x0, x1, y

    def gap_after(self, node_id: str) -> float:
        """The x of the middle between a card and the next."""
        return self.cards[node_id].centre[0] + self.pitch / 2


def arrange(
    columns: Sequence[Column],
    width: float,
    height: float,
    text: TextSizes,
    scale: float = 1.0,
    bottom: float = 0.0,
) -> Layout:
    """Place all columns in a view of the given size, ``bottom`` pixels of it kept free below.

    The layout is wider or higher than the view if the network cannot be squeezed into it.
    """
    s = scale
    card, pitch = _card_and_pitch(len(columns), width, s)
    span = card + pitch * (len(columns) - 1)
    layout = Layout(max(width, span + 2 * MARGIN * s), height - bottom, s, pitch)
    left = (layout.width - span) / 2
    for number, column in enumerate(columns):
        _place_card(layout, column, left + number * pitch, card, text)
    cards_end = max(box.bottom for box in layout.cards.values())
    _place_inserts(layout, columns, cards_end)
    top = cards_end + 20 * s
    room = layout.height - 14 * s - top
    most = max([c.count for c in columns if c.kind == "units"], default=1)
    unit_pitch = min(UNIT_PITCH * s, max(UNIT_PITCH_LEAST * s, room / max(most, 1)))
    needed = max(room, most * unit_pitch if most > 1 else 0.0)
    layout.height = max(layout.height, top + needed + 14 * s)
    for column in columns:
        _place_body(layout, column, top, needed, unit_pitch, card, text)
    _link(layout, columns)
    return layout


def _card_and_pitch(count: int, width: float, s: float) -> tuple[float, float]:
    room = width - 2 * MARGIN * s
    card = CARD_WIDTH * s
    if count < 2:
        return card, PITCH_MOST * s
    if (room - card * count) / (count - 1) < GAP_LEAST * s:
        card = (room - GAP_LEAST * s * (count - 1)) / count
        card = min(CARD_WIDTH * s, max(CARD_LEAST * s, card))
    pitch = max((room - card) / (count - 1), card + GAP_LEAST * s)
    return card, min(pitch, PITCH_MOST * s)


def _wrap(parts: tuple[str, ...], width: float, text: TextSizes) -> tuple[str, ...]:
    joined = " · ".join(parts)
    return (joined,) if not parts or text.width(joined) <= width else parts


def _place_card(layout: Layout, column: Column, x: float, width: float, text: TextSizes) -> None:
    s = layout.scale
    lines = _wrap(column.parts, width - 12 * s, text)
    height = (33 + 16 * len(lines)) * s
    if column.adjustable:
        height += (BUTTON + 3) * s
    box = Box(x, TOP * s, width, height)
    layout.order.append(column.id)
    layout.cards[column.id] = box
    layout.lines[column.id] = lines
    if column.adjustable:
        y = box.bottom - (6 + BUTTON / 2) * s
        middle = box.centre[0]
        layout.minus[column.id] = around(middle - 14 * s, y, BUTTON * s, BUTTON * s)
        layout.plus[column.id] = around(middle + 14 * s, y, BUTTON * s, BUTTON * s)


def _place_inserts(layout: Layout, columns: Sequence[Column], cards_end: float) -> None:
    s = layout.scale
    lowest = min(box.bottom for box in layout.cards.values()) - 9 * s
    y = min((TOP * s + cards_end) / 2, lowest)
    size = INSERT * s
    for before in columns[:-1]:
        layout.inserts.append(Insert(before.id, around(layout.gap_after(before.id), y, size, size)))


def _place_body(
    layout: Layout,
    column: Column,
    top: float,
    room: float,
    unit_pitch: float,
    card: float,
    text: TextSizes,
) -> None:
    s = layout.scale
    middle = layout.cards[column.id].centre[0]
    if column.error:
        width = min(max(card + 20 * s, layout.pitch - 16 * s), 190 * s)
        height = text.height(column.error, width - 20 * s) + 16 * s
        layout.notes[column.id] = Box(middle - width / 2, top - 8 * s, width, height)
    elif column.kind == "units":
        size = float(round(unit_pitch * UNIT_SHARE))
        x = round(middle - size / 2)
        y = top + room / 2 - unit_pitch * (column.count - 1) / 2 - size / 2
        layout.units[column.id] = tuple(
            Box(x, round(y + i * unit_pitch), size, size) for i in range(column.count)
        )
    elif column.kind == "image":
        size = min(card, room)
        layout.blocks[column.id] = Box(middle - size / 2, top, size, size)
    elif column.kind == "bars":
        pitch = min(BAR_PITCH * s, room / column.count)
        height = pitch * column.count
        y = top + (room - height) / 2 if any(column.links) else top
        layout.blocks[column.id] = Box(middle - card / 2, y, card, height)
        layout.grids[column.id] = (column.count, 1)
    elif column.kind in ("tiles", "cells"):
        _place_block(layout, column, middle, top, room, card)


def _place_block(
    layout: Layout, column: Column, middle: float, top: float, room: float, card: float
) -> None:
    """A block of squares as wide as the card, or higher if it must be."""
    s = layout.scale
    room = max(room, 8.0)  # beside a high form there may be none
    most = (card / 4 if column.kind == "tiles" else 13 * s, room)
    size = min(*most, max(2.0, math.sqrt(card * room / column.count)))
    across = max(1, min(column.count, int(card / size)))
    if column.kind == "tiles":
        across = max(across, 4)
    # A full last row looks calmer than one square more in each.
    full = [n for n in range(across, max(0, across - 3), -1) if column.count % n == 0]
    across = full[0] if full else across
    rows = math.ceil(column.count / across)
    size = min(size, room / rows)
    across = min(across, column.count)
    if column.kind == "cells":
        size = max(1.0, math.floor(size))
    height = size * rows
    y = top + (room - height) / 2 if column.kind == "tiles" else top
    layout.blocks[column.id] = Box(middle - size * across / 2, y, size * across, height)
    layout.grids[column.id] = (rows, across)


def _rows(block: Box, count: int) -> tuple[Box, ...]:
    """The rows of a block of bars."""
    height = block.height / count
    return tuple(Box(block.x, block.y + i * height, block.width, height) for i in range(count))


def _link(layout: Layout, columns: Sequence[Column]) -> None:
    linked = set()
    for column in columns:
        for source, parameter in zip(column.inputs, column.links, strict=True):
            if not parameter:
                continue
            from_boxes = layout.units[source]
            to_boxes = layout.units.get(column.id) or _rows(layout.blocks[column.id], column.count)
            linked.add((source, column.id))
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
    y = layout.inserts[0].box.centre[1] if layout.inserts else 0.0
    for before, after in pairwise(columns):
        if (before.id, after.id) not in linked:
            layout.connectors.append((layout.cards[before.id].right, layout.cards[after.id].x, y))
