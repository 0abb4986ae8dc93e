"""Where the window's parts are, how large they are, and that this is remembered."""

from __future__ import annotations

import base64
import binascii

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtWidgets import QMainWindow, QSplitter

from nnstudio.app import theme
from nnstudio.app.layouts import ARRANGEMENTS
from nnstudio.app.settings import Settings

USUAL_SIZE = QSize(1440, 900)
#: What a window manager may put around it.
FRAME = QSize(16, 40)
#: Widths of the left and the right column, in a wide and in a narrow window.
SIDES = {"wide": (242, 317), "narrow": (240, 262)}
NARROW = 1200
#: The share of the height that the lower panels take.
LOWER = 0.262
#: The right column's share of a wide window, up to a width; the output in it is a square, so it is
#: never wider than the window is high without the bars and what is below the square.
SHARE, WIDEST, BESIDE = 0.22, 450, 331
#: At most so many sizes are kept (a settings field holds no more).
MOST = 8


def bottom_sizes(width: int, count: int) -> list[int]:
    """The widths of so many lower panels: of several the first two, which have most to show, are
    wider."""
    parts = [4 if at < 2 and count > 2 else 3 for at in range(max(count, 1))]
    return [width * part // sum(parts) for part in parts]


class WindowLayout:
    """Sizes three splitters: the columns, the rows, and the lower panels."""

    def __init__(
        self, settings: Settings, columns: QSplitter, rows: QSplitter, bottom: QSplitter
    ) -> None:
        self.settings = settings
        self.splitters = {"columns": columns, "rows": rows, "bottom": bottom}
        self.shown = False

    def restore(self, window: QMainWindow) -> None:
        """Put the window where it was; one that cannot be read is as large as usual."""
        window.resize(USUAL_SIZE)
        try:
            state = base64.b64decode(self.settings.geometry, validate=True)
        except (binascii.Error, ValueError):
            return
        if state:
            window.restoreGeometry(QByteArray(state))

    def suit_screen(self, window: QMainWindow) -> None:
        """A window fills a screen that is too small for it: for the usual size, or for the size
        that it was given on a larger screen. Qt restores that as it was."""
        room = window.screen().availableGeometry().size()
        needed = window.size() if self.settings.geometry else window.size() + FRAME
        if not window.windowState() and room != room.expandedTo(needed):
            window.resize(window.size().boundedTo(room - FRAME))
            window.setWindowState(window.windowState() | Qt.WindowState.WindowMaximized)

    def fit(self, size: QSize) -> None:
        """Size the parts for a window that nobody has seen yet; afterwards people size them."""
        if self.shown:
            return
        usual = self._usual(size)
        for name, splitter in self.splitters.items():
            kept = list(getattr(self.settings, name))
            known = len(kept) == splitter.count() and sum(kept) > 0
            splitter.setSizes(kept if known else usual[name])

    def arrange(self, size: QSize, layout: str = "") -> None:
        """Size the parts as a layout has them, or the chosen one."""
        self.put(self._usual(size, layout))

    def sizes(self) -> dict[str, list[int]]:
        """What ``put`` puts back."""
        return {name: splitter.sizes() for name, splitter in self.splitters.items()}

    def put(self, sizes: dict[str, list[int]]) -> None:
        """Size the parts as they were."""
        for name, splitter in self.splitters.items():
            splitter.setSizes(sizes[name])

    def _usual(self, size: QSize, layout: str = "") -> dict[str, list[int]]:
        chosen = ARRANGEMENTS[layout or self.settings.layout]
        width, height = size.width(), size.height()
        sides = SIDES["narrow" if width < NARROW else "wide"]
        left, right = (theme.pixels(side) for side in sides)
        low = round(height * (chosen.low or LOWER))
        if width >= NARROW:
            square = height - low - theme.pixels(BESIDE)
            right = max(right, min(round(width * SHARE), theme.pixels(WIDEST), square))
        right = max(right, round(width * chosen.wide))
        bottom = self.splitters["bottom"]
        panels = [bottom.widget(at) for at in range(bottom.count())]
        count = sum(panel is not None and not panel.isHidden() for panel in panels)
        return {
            "columns": [left, width - left - right, right],
            "rows": [height - low, low],
            "bottom": bottom_sizes(width, count),
        }

    def save(self, window: QMainWindow) -> None:
        """Remember everything, if the window has been seen at all."""
        if not self.shown:
            return
        self.settings.geometry = base64.b64encode(window.saveGeometry().data()).decode("ascii")
        for name, splitter in self.splitters.items():
            sizes = tuple(splitter.sizes())
            # A hidden part reports 0; remembering that would lose its size.
            if len(sizes) <= MOST and (name == "bottom" or all(sizes)):
                setattr(self.settings, name, sizes)
