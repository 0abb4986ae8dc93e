"""What a feature is: something more that the window can do, in one file, with its actions.

A feature is one file in ``app/features/`` with one class registered by ``@feature``; it is
discovered, its entries join the menus and shortcuts, and nothing else names it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QObject

from nnstudio.app.entry import Entry

if TYPE_CHECKING:
    from nnstudio.app.window import Window

_features: dict[str, type[Feature]] = {}


class Feature(QObject):
    """One capability of the window. Made before the first paint: import what is large only when
    it is used."""

    name: ClassVar[str] = ""  # stable id, such as "gallery"
    order: ClassVar[int] = 100  # position of its entries among those of other features
    entries: ClassVar[tuple[Entry, ...]] = ()  # ``slot`` names a method of the feature

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self.window = window  # its parts are there from ``start`` on

    def start(self) -> None:
        """Called once, when everything of the window is in its place."""

    def opens(self, path: str) -> bool:
        """Open a file that was dropped or given; False if it is not this feature's."""
        return False

    def may_close(self) -> bool:
        """Whether the window may close now (a feature may ask to save first)."""
        return True

    def stop(self) -> None:
        """The window closes: end threads and timers, write what must be written."""


def feature(cls: type[Feature]) -> type[Feature]:
    """Register a feature."""
    _features[cls.name] = cls
    return cls


def features() -> list[type[Feature]]:
    """All features, in order."""
    from nnstudio.core.registry import discover

    discover("nnstudio.app.features")
    return sorted(_features.values(), key=lambda cls: (cls.order, cls.name))
