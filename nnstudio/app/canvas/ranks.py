"""Which column of the canvas and which lane each layer gets: any graph, left to right. No Qt.

A layer's rank is the length of the longest path to it. The longest path of all runs in lane 0;
other branches get lanes below it, each for the whole stretch between fork and join, so that its
links run straight. Links over several ranks that find their lane taken get thin lanes above, the
shortest innermost, so that nested ones do not cross.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

Link = tuple[str, str]


@dataclass
class Ranks:
    """``lane`` counts from 0 downwards; ``above`` numbers the thin lanes of long links from 1
    (innermost) upwards; ``along`` is the lane that a long link runs through."""

    rank: dict[str, int] = field(default_factory=dict)
    lane: dict[str, int] = field(default_factory=dict)
    above: dict[Link, int] = field(default_factory=dict)
    along: dict[Link, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many ranks there are."""
        return max(self.rank.values(), default=-1) + 1

    @property
    def lanes(self) -> int:
        """How many lanes of layers there are."""
        return max(self.lane.values(), default=-1) + 1

    @property
    def thin(self) -> int:
        """How many lanes of links there are above the layers."""
        return max(self.above.values(), default=0)


class _Lanes:
    """Which stretches of ranks are taken in which lane."""

    def __init__(self) -> None:
        self.taken: dict[int, list[tuple[int, int]]] = {}

    def is_free(self, lane: int, low: int, high: int) -> bool:
        return all(high < a or b < low for a, b in self.taken.get(lane, ()))

    def take(self, lane: int, low: int, high: int) -> int:
        self.taken.setdefault(lane, []).append((low, high))
        return lane

    def first_free(self, begin: int, low: int, high: int) -> int:
        lane = begin
        while not self.is_free(lane, low, high):
            lane += 1
        return self.take(lane, low, high)


def rank_and_lane(items: Sequence[tuple[str, tuple[str, ...]]]) -> Ranks:
    """Places for nodes (id, ids that it reads); an id that is not among them counts for nothing."""
    inputs = {name: tuple(dict.fromkeys(read)) for name, read in items}
    inputs = {name: tuple(i for i in read if i in inputs) for name, read in inputs.items()}
    order = _sorted(inputs)
    readers: dict[str, list[str]] = {name: [] for name in order}
    for name in order:
        for source in inputs[name]:
            readers[source].append(name)
    found = Ranks()
    for name in order:
        found.rank[name] = 1 + max((found.rank[i] for i in inputs[name]), default=-1)
    first = items[0][0] if items else ""
    for name in reversed(order):  # what reads nothing stands just before its first reader
        if not inputs[name] and name != first:
            after = [found.rank[reader] for reader in readers[name]]
            found.rank[name] = max(1, min(after, default=found.count) - 1)
    _place_nodes(found, order, inputs, readers, items[-1][0] if items else "")
    _place_links(found, inputs)
    return found


def _sorted(inputs: dict[str, tuple[str, ...]]) -> list[str]:
    """The nodes so that each comes after what it reads, those of equal depth as they are given."""
    depth: dict[str, int] = {}
    for name, read in inputs.items():
        if not all(source in depth for source in read):
            break
        depth[name] = 1 + max((depth[source] for source in read), default=-1)
    else:
        return sorted(inputs, key=depth.__getitem__)
    order: list[str] = []
    waiting = dict(inputs)
    done: set[str] = set()
    while waiting:
        ready = [name for name, read in waiting.items() if done.issuperset(read)]
        if not ready:  # cannot be in a network; be safe
            ready = [next(iter(waiting))]
        for name in ready:
            del waiting[name]
        done.update(ready)
        order += ready
    return order


def _place_nodes(
    found: Ranks,
    order: list[str],
    inputs: dict[str, tuple[str, ...]],
    readers: dict[str, list[str]],
    last: str,
) -> None:
    lanes = _Lanes()
    for name in _spine(found, inputs, last):
        found.lane[name] = lanes.take(0, found.rank[name], found.rank[name])
    for start in order:
        if start in found.lane:
            continue
        path = [start]
        while True:
            free = [r for r in readers[path[-1]] if r not in found.lane and r not in path]
            if not free:
                break
            path.append(min(free, key=found.rank.__getitem__))
        before = [found.rank[i] for i in inputs[start]]
        after = [found.rank[r] for r in readers[path[-1]]]
        low = max(before, default=found.rank[start] - 1) + 1
        high = max(found.rank[path[-1]], min(after, default=0) - 1)
        lane = 0 if lanes.is_free(0, low, high) else lanes.first_free(1, low, high)
        for name in path:
            found.lane[name] = lane
        if lane == 0:
            lanes.take(0, low, high)


def _spine(found: Ranks, inputs: dict[str, tuple[str, ...]], last: str) -> list[str]:
    """The longest path to the output."""
    path = [last] if last in found.rank else []
    while path and inputs[path[-1]]:
        path.append(max(inputs[path[-1]], key=found.rank.__getitem__))
    return path


def _place_links(found: Ranks, inputs: dict[str, tuple[str, ...]]) -> None:
    nodes: dict[int, set[int]] = {}
    for name, lane in found.lane.items():
        nodes.setdefault(lane, set()).add(found.rank[name])
    above = _Lanes()
    long = [
        (found.rank[name] - found.rank[source], found.rank[source], source, name)
        for name in inputs
        for source in inputs[name]
        if found.rank[name] - found.rank[source] > 1
    ]
    for length, begin, source, name in sorted(long):
        low, high = begin + 1, begin + length - 1
        for lane in sorted({found.lane[source], found.lane[name]}, reverse=True):
            if nodes[lane].isdisjoint(range(low, high + 1)):
                found.along[source, name] = lane
                break
        else:
            found.above[source, name] = above.first_free(1, low, high)
