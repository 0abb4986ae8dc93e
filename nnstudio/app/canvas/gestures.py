"""The pointer on the canvas: hover, click, drag a card, pull a link, rubber band, pan, zoom."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QNativeGestureEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QGestureEvent, QPinchGesture

from nnstudio.app.canvas.hints import Words, asked_of, words_for
from nnstudio.app.canvas.hits import NOTHING, Hit, find
from nnstudio.app.canvas.layout import Insert
from nnstudio.app.canvas.pulling import Pull

if TYPE_CHECKING:
    from nnstudio.app.canvas.canvas import NetworkCanvas

CLICKABLE = (
    "minus", "plus", "insert", "unit", "link", "fold", "mend", "badge", "port", "route", "frame",
)  # fmt: skip
SEVERAL = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier
#: A dragged card goes to a “+” up to so far away.
DROP_REACH = 190.0


class Gestures(QObject):
    """Turns mouse events into calls of the canvas."""

    def __init__(self, canvas: NetworkCanvas) -> None:
        super().__init__(canvas)
        self.canvas = canvas
        self.hovered: Hit = NOTHING
        self.pointer = QPointF()
        self.dragged: str | None = None  # the card that is being dragged
        self.drop: Insert | None = None  # where it would go
        self.pull: Pull | None = None  # the link that is being pulled out of a port
        self.band: QRectF | None = None  # the rubber band, in the view
        self.space = False  # the space bar is down: drags pan
        self._space_used = False
        self._pressed: Hit = NOTHING
        self._start: QPointF | None = None
        self._panning = False
        self._toggling = False

    @property
    def drop_after(self) -> str | None:
        """The layer after which the dragged card would go."""
        return self.drop.after if self.drop is not None else None

    def hit(self, at: QPointF) -> Hit:
        """What lies under a point of the view."""
        canvas = self.canvas
        return find(canvas.layout_now, canvas.columns, *canvas.camera.to_scene(at.x(), at.y()))

    def press(self, event: QMouseEvent) -> None:
        """A button goes down."""
        self.pointer = event.position()
        left = event.button() == Qt.MouseButton.LeftButton
        if event.button() == Qt.MouseButton.MiddleButton or (left and self.space):
            self._pressed, self._start = NOTHING, event.position()
            self._panning = True
            self._space_used = True
            self.canvas.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif left:
            self._pressed, self._start = self.hit(event.position()), event.position()
            self._toggling = bool(event.modifiers() & SEVERAL)

    def move(self, event: QMouseEvent) -> None:
        """The pointer moves."""
        before, self.pointer = self.pointer, event.position()
        if self._start is None:
            if self.pull is not None:  # begun by keyboard
                return
            self._hover(event.position())
            return
        far = (event.position() - self._start).manhattanLength()
        if self._panning:
            self.canvas.pan(event.position() - before)
        elif self.pull is not None:
            self.pull.point_at(self.canvas, self._card_at(event.position()))
        elif self.band is not None:
            self.band = QRectF(self._start, event.position()).normalized()
            self.canvas.update()
        elif self.dragged is not None:
            self._drag()
        elif far >= QApplication.startDragDistance():
            self._begin_drag(event)

    def _begin_drag(self, event: QMouseEvent) -> None:
        canvas, pressed = self.canvas, self._pressed
        assert self._start is not None
        self.clear_hover()
        if pressed.kind == "port":
            self.begin_pull(pressed.node)
        elif self._toggling and pressed.kind in ("", "block", "route", "link"):
            self.band = QRectF(self._start, event.position()).normalized()
        elif pressed.kind == "card" and canvas.is_movable(pressed.node):
            self.dragged = pressed.node
            self._drag()
        elif pressed.kind in ("", "block", "link", "route", "note"):
            self._panning = True
            canvas.setCursor(Qt.CursorShape.ClosedHandCursor)
            canvas.pan(event.position() - self._start)

    def begin_pull(self, node: str) -> None:
        """Begin to pull a link out of a card."""
        self.pull = Pull.begin(self.canvas, node)
        self.canvas.setCursor(Qt.CursorShape.CrossCursor)
        self.canvas.update()

    def release(self, event: QMouseEvent) -> None:
        """A button goes up: a drop, the end of a pan, or a click."""
        pressed, start, pull, band = self._pressed, self._start, self.pull, self.band
        dragged, drop, panned, toggling = self.dragged, self.drop, self._panning, self._toggling
        self.cancel()
        if start is None:
            return
        if pull is not None:
            pull.point_at(self.canvas, self._card_at(event.position()))
            pull.finish(self.canvas, event.position())
        elif band is not None:
            self._take_band(band)
        elif dragged is not None:
            if drop is not None:
                self.canvas.move_after(dragged, drop.after, drop.before)
        elif not panned and pressed == self.hit(event.position()):
            self.canvas.click(pressed, event.position(), toggle=toggling)
        if pull is None:
            self._hover(event.position())

    def double_click(self, event: QMouseEvent) -> None:
        """A card folds or unfolds."""
        hit = self.hit(event.position())
        if event.button() == Qt.MouseButton.LeftButton and hit.kind == "card":
            self.canvas.toggle_fold(hit.node)
        else:
            self.press(event)

    def _take_band(self, band: QRectF) -> None:
        canvas = self.canvas
        found = [
            name
            for name in canvas.layout_now.order
            if band.intersects(QRectF(canvas.view_rect(canvas.layout_now.cards[name])))
        ]
        canvas.select_many((*canvas.selected_columns(), *found))

    def _card_at(self, at: QPointF) -> str:
        """The card under a point, its ports, units and pictures included."""
        hit = self.hit(at)
        near = ("card", "port", "unit", "block", "note", "minus", "plus", "fold", "badge", "mend")
        if hit.kind in near:
            return hit.node
        x, y = self.canvas.camera.to_scene(at.x(), at.y())
        for name, card in self.canvas.layout_now.cards.items():
            if card.grown(10.0).contains(x, y):
                return name
        return ""

    def cancel(self) -> None:
        """Forget what was begun."""
        self._start = None
        self._pressed = NOTHING
        self._panning = self._toggling = False
        self.dragged = self.drop = None
        self.pull = self.band = None
        self.canvas.unsetCursor()
        self.canvas.update()

    # --- zoom ---

    def wheel(self, event: QWheelEvent) -> None:
        """The wheel zooms; a touch pad, or Shift, moves what does not fit."""
        turn, pixels = event.angleDelta(), event.pixelDelta()
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if not control and not pixels.isNull():
            self.canvas.scroll_by(float(pixels.x()), float(pixels.y()))
        elif not control and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.canvas.scroll_by((turn.x() or turn.y()) / 2.0, 0.0)
        elif not control and not turn.y():
            self.canvas.scroll_by(turn.x() / 2.0, 0.0)
        else:
            self.clear_hover()
            self.canvas.zoom(1.0015 ** turn.y(), event.position())

    def pinch(self, event: QEvent) -> bool:
        """Two fingers on a touch screen."""
        assert isinstance(event, QGestureEvent)
        found = event.gesture(Qt.GestureType.PinchGesture)
        if not isinstance(found, QPinchGesture):
            return False
        at = self.canvas.mapFromGlobal(found.centerPoint())
        self.cancel()
        self.canvas.zoom(found.scaleFactor(), at)
        return True

    def native(self, event: QEvent) -> bool:
        """Two fingers on a touch pad."""
        assert isinstance(event, QNativeGestureEvent)
        if event.gestureType() != Qt.NativeGestureType.ZoomNativeGesture:
            return False
        self.canvas.zoom(1.0 + event.value(), event.position())
        return True

    # --- the space bar ---

    def hold_space(self) -> None:
        """From now on drags pan."""
        if not self.space:
            self.space, self._space_used = True, False
            self.canvas.setCursor(Qt.CursorShape.OpenHandCursor)

    def key_released(self, event: QKeyEvent) -> bool:
        """The space bar goes up; if nothing was dragged, it meant Play."""
        if event.key() != Qt.Key.Key_Space or not self.space:
            return False
        if not event.isAutoRepeat():
            self.space = False
            self.canvas.unsetCursor()
            if not self._space_used:
                self.canvas.space_tapped.emit()
        return True

    # --- hover ---

    def clear_hover(self) -> None:
        """The pointer points at nothing."""
        if self.hovered != NOTHING:
            self.hovered = NOTHING
            self.canvas.update()
        self.canvas.hint.hide()

    @Slot()
    def refresh_hint(self) -> None:
        """Say the newest number about what the pointer rests on."""
        canvas = self.canvas
        if self.hovered == NOTHING or not canvas.hint.isVisible():
            return
        words = self._words(self.hovered)
        if words is not None and not words.is_same(canvas.hint.words):
            canvas.hint.show_at(words, self.pointer.x(), self.pointer.y())

    def _words(self, hit: Hit) -> Words | None:
        canvas = self.canvas
        hint = canvas.hint
        hint.nodes = asked_of(hit, canvas.by_id)
        slopes = hint.slopes
        if slopes is not None and slopes.network != canvas.document.setup.network:
            slopes = None
        return words_for(hit, canvas.by_id, canvas.picture, canvas.picture_before, slopes)

    def point_at(self, hit: Hit, at: QPointF) -> None:
        """Hover over something without the pointer."""
        self.hovered, self.pointer = hit, at
        words = self._words(hit)
        if words is not None:
            self.canvas.hint.show_at(words, at.x(), at.y())
        self.canvas.update()

    def _hover(self, at: QPointF) -> None:
        canvas = self.canvas
        hit = self.hit(at)
        if hit != self.hovered:
            self.hovered = hit
            hand = hit.kind in CLICKABLE or canvas.is_example(hit)
            if self.space:
                canvas.setCursor(Qt.CursorShape.OpenHandCursor)
            elif hit.kind == "port":
                canvas.setCursor(Qt.CursorShape.CrossCursor)
            elif hand or hit.kind == "card":
                canvas.setCursor(Qt.CursorShape.PointingHandCursor)
            else:
                canvas.unsetCursor()
            canvas.update()
        words = self._words(hit) if not canvas.is_editing() else None
        if words is None:
            canvas.hint.hide()
        else:
            canvas.hint.show_at(words, at.x(), at.y())

    def _drag(self) -> None:
        """Find the “+” nearest to the pointer; the card's own two change nothing."""
        canvas = self.canvas
        canvas.setCursor(Qt.CursorShape.ClosedHandCursor)
        x, y = canvas.camera.to_scene(self.pointer.x(), self.pointer.y())
        reach = DROP_REACH * canvas.layout_now.scale
        found: Insert | None = None
        for insert in canvas.layout_now.inserts:
            cx, cy = insert.box.centre
            away = math.hypot(cx - x, (cy - y) * (0.25 if self._is_one_lane() else 1.0))
            if away < reach:
                found, reach = insert, away
        own = found is not None and self.dragged in (found.after, found.before)
        self.drop = None if own else found
        canvas.update()

    def _is_one_lane(self) -> bool:
        return self.canvas.layout_now.ranks.lanes < 2
