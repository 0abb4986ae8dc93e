"""Which panels are open, and where: groups of tabs, in the right column, along the bottom, or in
windows of their own. No Qt; it can be written down and read back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

#: Where groups can be. Every floating group is one window.
PLACES = ("right", "bottom", "floating")


@dataclass
class Group:
    """Panels that share a place as tabs: their names, the one in front, and for a floating group
    the rectangle (x, y, width, height) of its window."""

    names: list[str]
    current: str = ""
    rectangle: tuple[int, int, int, int] | None = None

    def __post_init__(self) -> None:
        if self.current not in self.names:
            self.current = self.names[0] if self.names else ""


@dataclass
class PanelLayout:
    """The groups of each place, in order."""

    places: dict[str, list[Group]] = field(default_factory=lambda: {name: [] for name in PLACES})

    def all(self) -> Iterator[tuple[str, Group]]:
        """Every group with its place."""
        for place, groups in self.places.items():
            for group in groups:
                yield place, group

    def names(self) -> list[str]:
        """Every open panel."""
        return [name for _, group in self.all() for name in group.names]

    def find(self, name: str) -> tuple[str, Group] | None:
        """Where a panel is, if it is open."""
        return next(((place, group) for place, group in self.all() if name in group.names), None)

    def remove(self, name: str) -> None:
        """Close a panel; a group without panels goes."""
        found = self.find(name)
        if found is None:
            return
        place, group = found
        at = group.names.index(name)
        group.names.remove(name)
        if not group.names:
            self.places[place] = [other for other in self.places[place] if other is not group]
        elif group.current == name:
            group.current = group.names[min(at, len(group.names) - 1)]

    def add_tab(self, name: str, group: Group, at: int | None = None) -> None:
        """Put a panel into a group, in front of the others."""
        found = self.find(name)
        if found is not None and found[1] is group:
            group.names.remove(name)
        else:
            self.remove(name)
        group.names.insert(len(group.names) if at is None else at, name)
        group.current = name

    def add_group(self, name: str, place: str, at: int | None = None) -> Group:
        """Put a panel into a new group of its own."""
        groups = self.places[place]
        neighbour = groups[at] if at is not None and at < len(groups) else None
        self.remove(name)
        groups = self.places[place]
        made = Group([name])
        # Removing the panel may have removed a group before this place.
        found = next((i for i, group in enumerate(groups) if group is neighbour), None)
        if found is None:
            found = len(groups) if neighbour is None else min(at or 0, len(groups))
        groups.insert(found, made)
        return made

    # --- written down ---

    def to_text(self) -> str:
        """As JSON."""
        return json.dumps(
            {
                place: [
                    {"names": g.names, "current": g.current}
                    | ({"rectangle": list(g.rectangle)} if g.rectangle else {})
                    for g in groups
                ]
                for place, groups in self.places.items()
            }
        )

    @classmethod
    def from_text(cls, text: str, known: set[str]) -> PanelLayout | None:
        """Read back, without panels that do not exist; None if it is no layout."""
        try:
            read = json.loads(text)
            made = cls()
            seen: set[str] = set()
            for place in PLACES:
                for entry in read[place]:
                    names = [n for n in dict.fromkeys(entry["names"]) if n in known - seen]
                    seen.update(names)
                    rectangle = entry.get("rectangle")
                    if rectangle is not None:
                        x, y, width, height = (int(number) for number in rectangle)
                        rectangle = (x, y, width, height)
                    if names:
                        made.places[place].append(Group(names, entry["current"], rectangle))
        except (ValueError, TypeError, KeyError, AttributeError):
            return None
        return made
