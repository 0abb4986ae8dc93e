"""Layers that are dragged onto the canvas go to the nearest “+”, which lights up meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPointF
from PySide6.QtGui import QDropEvent

from nnstudio.app.canvas.hits import Hit
from nnstudio.app.canvas.layout import Insert
from nnstudio.app.palettes.layer_drag import dragged_block, dragged_layer

if TYPE_CHECKING:
    from nnstudio.app.canvas.canvas import NetworkCanvas


class Drops(QObject):
    """Watches the canvas for what is dragged over it."""

    def __init__(self, canvas: NetworkCanvas) -> None:
        super().__init__(canvas)
        self.canvas = canvas
        canvas.setAcceptDrops(True)
        canvas.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.DragLeave:
            self.canvas.gestures.clear_hover()
        elif kind in (QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop):
            assert isinstance(event, QDropEvent)
            return self._over(event, dropped=kind == QEvent.Type.Drop)
        return False

    def _over(self, event: QDropEvent, *, dropped: bool) -> bool:
        data = event.mimeData()
        layer = dragged_layer(data) if data is not None else ""
        block = dragged_block(data) if data is not None else None
        target = self.nearest(event.position())
        if not (layer or block) or target is None:
            return False  # a file is the window's
        event.acceptProposedAction()
        if dropped:
            self.canvas.gestures.clear_hover()
            self.canvas.setFocus()
            if block is not None:
                self.canvas.add_fragment(block, place=(target.after, target.before))
                return True
            self.canvas.insert_menu.chosen.emit(target.after, layer, target.before)
        else:
            self.canvas.gestures.hovered = Hit("insert", target.after, target=target.before)
            self.canvas.update()
        return True

    def nearest(self, at: QPointF) -> Insert | None:
        """The “+” to which a layer goes that is dropped at a point of the view."""
        x, y = self.canvas.camera.to_scene(at.x(), at.y())
        flat = 0.05 if self.canvas.layout_now.ranks.lanes < 2 else 1.0

        def distance(insert: Insert) -> float:
            left, top = insert.box.centre
            return (left - x) ** 2 + flat * (top - y) ** 2

        return min(self.canvas.layout_now.inserts, key=distance, default=None)
