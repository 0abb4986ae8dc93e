"""Rectangles of the canvas, in pixels of the unzoomed scene, and how large texts are. No Qt."""

from __future__ import annotations

from typing import NamedTuple, Protocol


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
