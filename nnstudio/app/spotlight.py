"""One view after another over the whole window: everything, the network, each open panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from nnstudio.app.docks.panel_layout import Group, PanelLayout

if TYPE_CHECKING:
    from nnstudio.app.window import Window

#: Scenes that are no panel.
ALL, NETWORK = "", "/network"


class Spotlight(QObject):
    """Walks through the views of a layout. What is opened or closed on the way is opened or closed
    in the layout itself, and everything shows again."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self.window = window
        self.scene = ALL
        self._all: PanelLayout | None = None
        self._sizes: dict[str, list[int]] = {}
        self._turning = False
        window.area.changed.connect(self._follow)

    @property
    def layout(self) -> PanelLayout:
        """The layout with all views, also while only one of them shows."""
        return self._all or self.window.area.layout

    def scenes(self) -> list[str]:
        """What can be shown, in order."""
        area = self.window.area
        return [ALL, NETWORK, *(name for name in self.layout.names() if area.fits(name))]

    def step(self, by: int) -> None:
        """The scene after or before the present one; after the last comes the first."""
        scenes = self.scenes()
        at = scenes.index(self.scene) if self.scene in scenes else 0
        self.show(scenes[(at + by) % len(scenes)])

    def show(self, scene: str) -> None:
        """Give the window to one view, or back to all."""
        window, area = self.window, self.window.area
        if scene == self.scene:
            return
        if self._all is None:
            self._all, self._sizes = area.layout, window.places.sizes()
        self.scene = scene
        self._turning = True
        if scene == ALL:
            area.layout, self._all = self._all, None
        else:
            area.layout = PanelLayout()
            if scene != NETWORK:
                area.layout.places["bottom"].append(Group([scene]))
        window.stage.leave()
        window.columns.setVisible(scene in (ALL, NETWORK))
        area.arrange()
        self._turning = False
        if scene == ALL:
            window.places.put(self._sizes)
        else:
            upper = scene == NETWORK
            window.rows.setSizes([window.height(), 0] if upper else [0, window.height()])
        if scene in (ALL, NETWORK):
            window.canvas.setFocus()
        else:
            area.panel(scene).setFocus()

    @Slot()
    def _follow(self) -> None:
        """Panels were opened or closed while one of them had the window."""
        if self._all is None or self._turning:
            return
        now, alone = self.window.area.layout, {self.scene} - {NETWORK}
        for name in now.names():
            if name not in alone and self._all.find(name) is None:
                self._all.add_group(name, self.window.area.classes[name].place)
        for name in alone - set(now.names()):
            self._all.remove(name)
        self.show(ALL)
