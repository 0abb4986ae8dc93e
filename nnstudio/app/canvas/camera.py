"""Zoom and pan: how the scene lies in the view."""

from __future__ import annotations

from dataclasses import dataclass

LEAST = 0.06
#: The least zoom at which texts can still be read.
READABLE = 0.62
MOST = 3.0
#: What misses the least zoom by no more than this is shown whole all the same: better a shade
#: smaller than a last card that is cut.
NEARLY = 0.88


@dataclass
class Camera:
    """view = scene × zoom + offset."""

    zoom: float = 1.0
    x: float = 0.0
    y: float = 0.0

    def to_scene(self, x: float, y: float) -> tuple[float, float]:
        """A point of the view in the scene."""
        return (x - self.x) / self.zoom, (y - self.y) / self.zoom

    def to_view(self, x: float, y: float) -> tuple[float, float]:
        """A point of the scene in the view."""
        return x * self.zoom + self.x, y * self.zoom + self.y

    def fit(
        self, scene: tuple[float, float], view: tuple[float, float], least: float = LEAST
    ) -> None:
        """Show the whole scene, never larger than life and never smaller than ``least``; what
        does not fit then begins at the left. The cards stay at the top."""
        zoom = min(view[0] / scene[0], view[1] / scene[1])
        if zoom < least * NEARLY:
            zoom = least
        self.zoom = 1.0 if zoom > 0.995 else max(LEAST, zoom)  # life size draws sharpest
        self.x = max(0.0, float(round((view[0] - scene[0] * self.zoom) / 2)))
        high = scene[1] * self.zoom
        self.y = 0.0 if high > view[1] * 0.7 else float(round((view[1] - high) / 3))

    def zoom_at(self, factor: float, x: float, y: float) -> None:
        """Zoom so that the point under the pointer stays there."""
        fixed = self.to_scene(x, y)
        self.zoom = min(MOST, max(LEAST, self.zoom * factor))
        if abs(self.zoom - 1.0) < 0.03 and abs(factor - 1.0) > 0.01:
            self.zoom = 1.0
        self.x = float(round(x - fixed[0] * self.zoom))
        self.y = float(round(y - fixed[1] * self.zoom))

    def pan(
        self, dx: float, dy: float, scene: tuple[float, float], view: tuple[float, float]
    ) -> None:
        """Move the scene, and keep a good part of it in view."""
        keep = 80.0
        self.x = float(round(min(max(self.x + dx, keep - scene[0] * self.zoom), view[0] - keep)))
        self.y = float(round(min(max(self.y + dy, keep - scene[1] * self.zoom), view[1] - keep)))
