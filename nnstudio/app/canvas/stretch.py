"""How wide cards are and how far apart: evenly where there is room, by their words where not. No
Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nnstudio.app.canvas.boxes import TextSizes
from nnstudio.app.canvas.columns import Column
from nnstudio.app.canvas.ranks import Ranks, rank_and_lane

# Sizes at the base font of 13 px; all scale with the font.
MARGIN = 14.0
CARD_WIDTH = 122.0
CARD_LEAST = 82.0
NARROW_LEAST = 62.0  # of a card of few words without anything below it
CARD_SMALL = 100.0  # where room is short; longer titles are written smaller
PADDING = 20.0  # what a card wants beside its words
TIGHT = 9.0  # and what it gets at least
PITCH_MOST = 224.0
ROOMY, LARGER = 1100.0, 1.8  # a wider view spreads the network, up to so much
GAP_LEAST = 26.0


@dataclass(frozen=True)
class Stretch:
    """The left edges (from 0) and widths of the cards of each rank, and how wide a view must be
    for all of them."""

    ranks: Ranks
    lefts: tuple[float, ...]
    widths: tuple[float, ...]
    view: float

    @property
    def width(self) -> float:
        """From the first card's left edge to the last one's right."""
        return self.lefts[-1] + self.widths[-1] if self.lefts else 0.0


def stretch_of(columns: Sequence[Column], width: float, text: TextSizes, scale: float) -> Stretch:
    """Lay the ranks of some columns out in a view of some width."""
    s = scale
    ranks = rank_and_lane([(column.id, column.inputs) for column in columns])
    count = ranks.count
    room = width - 2 * MARGIN * s
    widths = [CARD_WIDTH * s] * count
    if count > 1 and room - sum(widths) < GAP_LEAST * s * (count - 1):
        widths = _squeezed(columns, ranks, room - GAP_LEAST * s * (count - 1), text, s)
    free = (room - sum(widths)) / max(1, count - 1)
    pitch = PITCH_MOST * min(max(1.0, width / (ROOMY * s)), LARGER)
    lefts, x = [], 0.0
    for own in widths:
        lefts.append(x)
        x += own + max(GAP_LEAST * s, min(free, pitch * s - own))
    view = (lefts[-1] + widths[-1] if lefts else 0.0) + 2 * MARGIN * s
    return Stretch(ranks, tuple(lefts), tuple(widths), view)


def _squeezed(
    columns: Sequence[Column], ranks: Ranks, room: float, text: TextSizes, s: float
) -> list[float]:
    """Widths that add up to the room, if that is possible: each rank as its words need. Else the
    view shows all of it smaller."""
    words, least = [0.0] * ranks.count, [0.0] * ranks.count
    for column in columns:
        rank = ranks.rank[column.id]
        lines = [text.width(column.title, title=True), *map(text.width, column.parts)]
        words[rank] = max(words[rank], *lines)
        floor = CARD_LEAST if column.has_body or column.adjustable else NARROW_LEAST
        least[rank] = max(least[rank], floor * s)
    most = CARD_WIDTH * s
    tight = [min(CARD_SMALL * s, max(a, w + TIGHT * s)) for a, w in zip(least, words, strict=True)]
    loose = [min(most, max(a, w + PADDING * s)) for a, w in zip(least, words, strict=True)]
    if sum(tight) >= room:
        return tight
    if sum(loose) <= room:
        more = (room - sum(loose)) / len(loose)
        return [min(most, one + more) for one in loose]
    share = (room - sum(tight)) / (sum(loose) - sum(tight))
    return [a + share * (b - a) for a, b in zip(tight, loose, strict=True)]
