"""What is below the cards: units, pictures, maps, bars, and notes of what is wrong. No Qt."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from nnstudio.app.canvas.boxes import Box, TextSizes
from nnstudio.app.canvas.columns import Column

if TYPE_CHECKING:
    from nnstudio.app.canvas.layout import Layout

UNIT_SHARE = 0.81  # a thumbnail's part of its pitch
BAR_PITCH = 24.0
MEND = 26.0  # the height of a note's button
MAPS_SHARE = 0.7  # of the room between the gaps, where that is more
MAPS_WIDER = 1.25  # feature maps may be so much wider than their card, into the gaps beside it


def place_body(
    layout: Layout,
    column: Column,
    top: float,
    room: float,
    unit_pitch: float,
    text: TextSizes,
) -> None:
    """Place what is below a card, from ``top`` on in ``room``; what is wrong comes first."""
    s = layout.scale
    card = layout.cards[column.id].width
    middle = layout.cards[column.id].centre[0]
    if column.error:
        width = min(max(card + 20 * s, _room_around(layout, column) - 16 * s), 190 * s)
        height = text.height(column.error, width - 20 * s) + 16 * s
        note = Box(middle - width / 2, top - 8 * s, width, height)
        if column.mend:
            button = min(width - 20 * s, text.width(column.mend) + 18 * s)
            layout.mends[column.id] = Box(note.x + 10 * s, note.bottom, button, MEND * s - 4)
            note = note._replace(height=height + (MEND + 5) * s)
        layout.notes[column.id] = note
        top, room = note.bottom + 10 * s, max(40 * s, room - note.height - 10 * s)
    if column.kind == "units":
        size = float(round(unit_pitch * UNIT_SHARE))
        x = round(middle - size / 2 + _shift_for_names(layout, column, size, text))
        y = top + room / 2 - unit_pitch * (column.count - 1) / 2 - size / 2
        layout.units[column.id] = tuple(
            Box(
                x, math.floor(y + i * unit_pitch + 0.5), size, size
            )  # round() goes to even: 16, 18, 16
            for i in range(column.count)
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
    elif column.kind == "maps":
        around = _room_around(layout, column)
        wide = max(card, min(card * MAPS_WIDER, around - 12 * s), around * MAPS_SHARE)
        rows, across = _map_grid(column.count, wide, room)
        size = min(wide / across, room / rows)
        block = Box(middle - size * across / 2, top, size * across, size * rows)
        layout.blocks[column.id] = block
        layout.grids[column.id] = (rows, across)
    elif column.kind in ("tiles", "cells"):
        _place_block(layout, column, middle, top, room, card)


def _shift_for_names(layout: Layout, column: Column, size: float, text: TextSizes) -> float:
    """How far units go to one side of their column, so that the names on the other can be read."""
    if not column.labels:
        return 0.0
    s = layout.scale
    card = layout.cards[column.id]
    wanted = max(text.width(name) for name in column.labels) + 14 * s
    first = column.id == layout.order[0]
    middle = card.centre[0]
    beside = (middle if first else layout.width - middle) - size / 2
    shift = min(max(0.0, wanted - beside), max(0.0, (card.width - size) / 2))
    return shift if first else -shift


def _room_around(layout: Layout, column: Column) -> float:
    """From the middle of the gap before a card to that after it."""
    rank = layout.ranks.rank[column.id]
    lefts, widths = layout.lefts, layout.widths
    if len(lefts) < 2:
        return 190 * layout.scale
    gaps = [b - a - w for a, b, w in zip(lefts, lefts[1:], widths, strict=False)]
    return widths[rank] + (gaps[max(0, rank - 1)] + gaps[min(rank, len(gaps) - 1)]) / 2


def _map_grid(count: int, width: float, room: float) -> tuple[int, int]:
    """Rows and columns of feature maps in which each is as large as it can be."""
    choices = range(1 if count < 3 else 2, 9)
    across = max(choices, key=lambda n: (min(width / n, room / -(-count // n)), n))
    return -(-count // across), across


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
