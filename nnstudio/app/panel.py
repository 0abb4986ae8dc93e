"""What a panel is: a pure ``measure`` off the GUI thread, and ``display`` on it.

A panel is one file in ``app/panels/`` with one class registered under this contract; it is
discovered, listed in the View menu and fed by the bridge. A hidden panel costs nothing.
"""

from __future__ import annotations

from typing import Any, ClassVar

from PySide6.QtWidgets import QWidget

from nnstudio.engine.view import View

_panels: dict[str, type[Panel]] = {}


class Panel(QWidget):
    """One view of training."""

    name: ClassVar[str] = ""  # stable id, such as "loss"
    title: ClassVar[str] = ""  # marked text shown as its heading
    place: ClassVar[str] = "bottom"  # "bottom" or "right"
    order: ClassVar[int] = 100  # position among the panels of its place
    fits: ClassVar[tuple[str, ...]] = ("2-D", "Images", "Tables")  # shown by default for these
    rate: ClassVar[float] = 30.0  # at most so many measures a second

    def request(self) -> Any:
        """What ``measure`` should look at, read on the GUI thread (a size, a choice)."""
        return None

    @staticmethod
    def measure(view: View, request: Any) -> Any:
        """Compute what to show from one snapshot; runs off the GUI thread, returns copies."""
        return None

    def display(self, result: Any) -> None:
        """Show what ``measure`` gave; runs on the GUI thread and takes a few milliseconds."""

    def document_changed(self) -> None:
        """Called when the setup, the data, the language or the theme changed."""

    def header_widgets(self) -> list[QWidget]:
        """Small controls shown at the right of the panel's heading."""
        return []

    def summary(self) -> str:
        """One sentence that says what the panel shows, for a screen reader."""
        return ""


def panel(cls: type[Panel]) -> type[Panel]:
    """Register a panel."""
    _panels[cls.name] = cls
    return cls


def panels() -> list[type[Panel]]:
    """All panels, in order."""
    from nnstudio.core.registry import discover

    discover("nnstudio.app.panels")
    return sorted(_panels.values(), key=lambda cls: (cls.place, cls.order))
