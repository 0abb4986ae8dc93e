"""The keyboard on the canvas, and the context menu: everything the pointer can do to layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent

from nnstudio.app.canvas import cursor, edits
from nnstudio.core.text import tr

if TYPE_CHECKING:
    from nnstudio.app.canvas.canvas import NetworkCanvas

K = Qt.Key


def press(canvas: NetworkCanvas, event: QKeyEvent) -> bool:
    """Act on a key; tells whether it was one of the canvas'."""
    control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    key = event.key()
    if control:
        return _press_control(canvas, key)
    if key in (K.Key_Up, K.Key_Down):
        alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
        walk = cursor.walk_links if alt else cursor.walk_units
        return walk(canvas, 1 if key == K.Key_Down else -1)
    if key in (K.Key_Left, K.Key_Right, K.Key_Home, K.Key_End):
        _walk(canvas, key)
    elif key in (K.Key_Delete, K.Key_Backspace):
        canvas.remove_selected()
    elif key in (K.Key_Plus, K.Key_Equal):
        canvas.change_units(1)
    elif key in (K.Key_Minus, K.Key_Underscore):
        canvas.change_units(-1)
    elif key == K.Key_Insert:
        canvas.offer_insert(edits.place_for(canvas.document.setup.network, canvas.selected_node()))
    elif key in (K.Key_Return, K.Key_Enter, K.Key_F2) and canvas.selected_node() is not None:
        _enter(canvas)
    elif key == K.Key_Escape:
        canvas.gestures.cancel()
        canvas.gestures.clear_hover()
        canvas.select(None)
    else:
        return False
    return True


def _enter(canvas: NetworkCanvas) -> None:
    """Edit the number that the keyboard points at, or the layer's settings."""
    hit = cursor.current(canvas)
    if hit.kind:
        canvas.click(hit, cursor.place_of(canvas, hit))
    else:
        canvas.inspector.focus_first()


def _press_control(canvas: NetworkCanvas, key: int) -> bool:
    middle = QPointF(canvas.width() / 2, canvas.height() / 2)
    if key == K.Key_0:
        canvas.fit()
    elif key == K.Key_Left:
        canvas.move_selected(-1)
    elif key == K.Key_Right:
        canvas.move_selected(1)
    elif key in (K.Key_Plus, K.Key_Equal):
        canvas.zoom(1.2, middle)
    elif key == K.Key_Minus:
        canvas.zoom(1 / 1.2, middle)
    else:
        return False
    return True


def _walk(canvas: NetworkCanvas, key: int) -> None:
    """Select the next card to the left or right, or the first or last."""
    order = canvas.layout_now.order
    selected = canvas.selected_node()
    canvas.gestures.clear_hover()
    if key == K.Key_Home or (selected is None and key == K.Key_Right):
        canvas.select(order[0])
    elif key == K.Key_End or selected is None:
        canvas.select(order[-1])
    else:
        at = order.index(selected) + (1 if key == K.Key_Right else -1)
        canvas.select(order[min(max(at, 0), len(order) - 1)])


def open_menu(canvas: NetworkCanvas, at: QPoint, by_keyboard: bool) -> None:
    """The context menu of the card under the pointer, or of the selected one."""
    if by_keyboard:
        node = canvas.selected_node()
        if node is not None:
            x, y = canvas.camera.to_view(*canvas.layout_now.cards[node].centre)
            at = QPoint(round(x), round(y))
    else:
        node = canvas.gestures.hit(QPointF(at)).node or None
        if node is not None:
            canvas.select(node)
    canvas.hint.hide()
    canvas.menu.clear()
    network = canvas.document.setup.network
    if node is not None:
        movable = canvas.is_movable(node)
        order = canvas.layout_now.order
        here = order.index(node)
        if node != network.output.id:
            canvas.menu.addAction(tr("Insert after…"), canvas.insert_after_selected)
        remove = canvas.menu.addAction(tr("Remove"), canvas.remove_selected)
        left = canvas.menu.addAction(tr("Move left"), canvas.move_left)
        right = canvas.menu.addAction(tr("Move right"), canvas.move_right)
        remove.setEnabled(movable)
        left.setEnabled(movable and here > 1)
        right.setEnabled(movable and here < len(order) - 2)
        canvas.menu.addSeparator()
    canvas.menu.addAction(tr("Show all"), canvas.fit)
    canvas.menu.popup(canvas.mapToGlobal(at))
