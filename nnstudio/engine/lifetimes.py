"""Memory that is shared by values which are never alive at the same time."""

from __future__ import annotations

from nnstudio.engine.planner import Fixed, Place, Row, Tensor


def share_memory(rows: list[Row], places: list[Place], begin: int) -> int:
    """Give every place of a shard an offset from ``begin``; places never alive together may
    share one. First fit over lifetimes, large places first. Gives the shard's size."""
    for number, row in enumerate(rows):
        for argument in row.arguments:
            place = argument.place if isinstance(argument, Tensor) else argument
            if isinstance(place, Place) and not isinstance(place, Fixed):
                if place.first_use < 0:
                    place.first_use = number
                place.last_use = number
    for place in places:
        if place.keep:  # written before the first row or read after the last
            place.first_use, place.last_use = 0, len(rows)
    used = [place for place in places if place.first_use >= 0]
    end = begin
    laid: list[Place] = []
    for place in sorted(used, key=lambda p: (-p.size, p.first_use)):
        overlapping = sorted(
            (other.offset, other.size)
            for other in laid
            if other.first_use <= place.last_use and place.first_use <= other.last_use
        )
        offset = begin
        for start, size in overlapping:
            if offset + place.size <= start:
                break
            offset = max(offset, start + size)
        place.offset = offset
        laid.append(place)
        end = max(end, offset + place.size)
    return end - begin
