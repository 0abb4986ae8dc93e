"""The pointer on the canvas: hover, click, drag a card, pan, zoom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from nnstudio.app.canvas.hints import words_for
from nnstudio.app.canvas.hits import NOTHING, Hit, find

if TYPE_CHECKING:
    from nnstudio.app.canvas.canvas import NetworkCanvas

CLICKABLE = ("minus", "plus", "insert", "unit", "link")


class Gestures(QObject):
    """Turns mouse events into calls of the canvas."""

    def __init__(self, canvas: NetworkCanvas) -> None:
        super().__init__(canvas)
        self.canvas = canvas
        self.hovered: Hit = NOTHING
        self.pointer = QPointF()
        self.dragged: str | None = None  # the card that is being dragged
        self.drop_after: str | None = None  # where it would go
        self._pressed: Hit = NOTHING
        self._start: QPointF | None = None
        self._panning = False

    def hit(self, at: QPointF) -> Hit:
        """What lies under a point of the view."""
        canvas = self.canvas
        return find(canvas.layout_now, canvas.columns, *canvas.camera.to_scene(at.x(), at.y()))

    def press(self, event: QMouseEvent) -> None:
        """A button goes down."""
        if event.button() == Qt.MouseButton.MiddleButton:
            self._pressed, self._start = NOTHING, event.position()
            self._panning = True
        elif event.button() == Qt.MouseButton.LeftButton:
            self._pressed, self._start = self.hit(event.position()), event.position()

    def move(self, event: QMouseEvent) -> None:
        """The pointer moves."""
        before, self.pointer = self.pointer, event.position()
        if self._start is None:
            self._hover(event.position())
            return
        far = (event.position() - self._start).manhattanLength()
        if self._panning:
            self.canvas.pan(event.position() - before)
        elif self.dragged is not None:
            self._drag()
        elif far >= QApplication.startDragDistance():
            self.clear_hover()
            if self._pressed.kind == "card" and self.canvas.is_movable(self._pressed.node):
                self.dragged = self._pressed.node
                self._drag()
            elif self._pressed.kind in ("", "block", "link"):
                self._panning = True
                self.canvas.setCursor(Qt.CursorShape.ClosedHandCursor)
                self.canvas.pan(event.position() - self._start)

    def release(self, event: QMouseEvent) -> None:
        """A button goes up: a drop, the end of a pan, or a click."""
        pressed, start = self._pressed, self._start
        dragged, target, panned = self.dragged, self.drop_after, self._panning
        self.cancel()
        if start is None:
            return
        if dragged is not None:
            if target is not None:
                self.canvas.move_after(dragged, target)
        elif not panned and pressed == self.hit(event.position()):
            self.canvas.click(pressed, event.position())
        self._hover(event.position())

    def cancel(self) -> None:
        """Forget what was begun."""
        self._start = None
        self._pressed = NOTHING
        self._panning = False
        self.dragged = self.drop_after = None
        self.canvas.unsetCursor()
        self.canvas.update()

    def wheel(self, event: QWheelEvent) -> None:
        """Ctrl zooms; otherwise the wheel scrolls what does not fit."""
        turn = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.clear_hover()
            self.canvas.zoom(1.0015 ** turn.y(), event.position())
        else:
            self.canvas.scroll_by(turn.x() / 2.0, turn.y() / 2.0)

    def clear_hover(self) -> None:
        """The pointer points at nothing."""
        if self.hovered != NOTHING:
            self.hovered = NOTHING
            self.canvas.update()
        self.canvas.hint.hide()

    def refresh_hint(self) -> None:
        """Say the newest number about what the pointer rests on."""
        canvas = self.canvas
        if self.hovered == NOTHING or not canvas.hint.isVisible():
            return
        words = words_for(self.hovered, canvas.by_id, canvas.picture)
        if words is not None and not words.is_same(canvas.hint.words):
            canvas.hint.show_at(words, self.pointer.x(), self.pointer.y())

    def point_at(self, hit: Hit, at: QPointF) -> None:
        """Hover over something without the pointer."""
        self.hovered, self.pointer = hit, at
        words = words_for(hit, self.canvas.by_id, self.canvas.picture)
        if words is not None:
            self.canvas.hint.show_at(words, at.x(), at.y())
        self.canvas.update()

    def _hover(self, at: QPointF) -> None:
        canvas = self.canvas
        hit = self.hit(at)
        if hit != self.hovered:
            self.hovered = hit
            hand = hit.kind in CLICKABLE or canvas.is_example(hit)
            if hand or hit.kind == "card":
                canvas.setCursor(Qt.CursorShape.PointingHandCursor)
            else:
                canvas.unsetCursor()
            canvas.update()
        words = words_for(hit, canvas.by_id, canvas.picture) if not canvas.is_editing() else None
        if words is None:
            canvas.hint.hide()
        else:
            canvas.hint.show_at(words, at.x(), at.y())

    def _drag(self) -> None:
        """Find the gap nearest to the pointer; the card's own two gaps change nothing."""
        canvas = self.canvas
        assert self.dragged is not None
        canvas.setCursor(Qt.CursorShape.ClosedHandCursor)
        x, _ = canvas.camera.to_scene(self.pointer.x(), self.pointer.y())
        order = canvas.layout_now.order
        gaps = [(abs(canvas.layout_now.gap_after(node) - x), node) for node in order[:-1]]
        target = min(gaps)[1]
        own = order[order.index(self.dragged) - 1]
        self.drop_after = None if target in (self.dragged, own) else target
        canvas.update()
