"""The keyboard on the canvas: everything the pointer can do to layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent

from nnstudio.app.canvas import cursor

if TYPE_CHECKING:
    from nnstudio.app.canvas.canvas import NetworkCanvas

K = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier
#: With Ctrl: what the canvas does by itself, before the window's shortcuts.
WITH_CONTROL = (
    K.Key_0, K.Key_Left, K.Key_Right, K.Key_Plus, K.Key_Equal, K.Key_Minus, K.Key_A, K.Key_C,
    K.Key_X, K.Key_V, K.Key_D, K.Key_G,
)  # fmt: skip


def is_own(canvas: NetworkCanvas, event: QKeyEvent) -> bool:
    """Whether a key is the canvas' although the window has a shortcut for it."""
    if event.key() == K.Key_Space and not event.modifiers():
        return canvas.underMouse()
    return event.modifiers() == CONTROL and event.key() in WITH_CONTROL


def press(canvas: NetworkCanvas, event: QKeyEvent) -> bool:
    """Act on a key; tells whether it was one of the canvas'."""
    key = event.key()
    if event.modifiers() & CONTROL:
        return _press_control(canvas, key)
    if canvas.gestures.pull is not None and _press_pulling(canvas, key):
        return True
    if key in (K.Key_Up, K.Key_Down):
        return _up_or_down(canvas, event)
    if key in (K.Key_Left, K.Key_Right, K.Key_Home, K.Key_End):
        _walk(canvas, key, several=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
    elif key in (K.Key_Delete, K.Key_Backspace):
        canvas.remove_selected()
    elif key in (K.Key_Plus, K.Key_Equal):
        canvas.change_units(1)
    elif key in (K.Key_Minus, K.Key_Underscore):
        canvas.change_units(-1)
    elif key == K.Key_Insert:
        canvas.offer_insert(*canvas.insertion_place())
    elif key == K.Key_F and not event.modifiers():
        canvas.fold_selection()
    elif key == K.Key_C and not event.modifiers() and canvas.selected_columns():
        canvas.begin_connecting()
    elif key == K.Key_Space and canvas.underMouse():
        canvas.gestures.hold_space()
    elif key in (K.Key_Return, K.Key_Enter, K.Key_F2) and canvas.selected_columns():
        _enter(canvas)
    elif key == K.Key_Escape:
        canvas.gestures.cancel()
        canvas.gestures.clear_hover()
        canvas.hint.hide()
        canvas.select(None)
    else:
        return False
    return True


def _press_pulling(canvas: NetworkCanvas, key: int) -> bool:
    """While a link is being pulled: arrows choose what reads it, Enter connects, Esc gives up."""
    pull = canvas.gestures.pull
    assert pull is not None
    if key in (K.Key_Right, K.Key_Down, K.Key_Tab):
        pull.step(canvas, 1)
    elif key in (K.Key_Left, K.Key_Up):
        pull.step(canvas, -1)
    elif key in (K.Key_Return, K.Key_Enter):
        canvas.gestures.cancel()
        pull.finish(canvas, canvas.gestures.pointer)
    elif key == K.Key_Escape:
        canvas.gestures.cancel()
        canvas.hint.hide()
    else:
        return False
    return True


def _enter(canvas: NetworkCanvas) -> None:
    """Edit the number that the keyboard points at, the layer's settings, or a block's name."""
    hit = cursor.current(canvas)
    if hit.kind:
        canvas.click(hit, cursor.place_of(canvas, hit))
    elif canvas.selected_node() is None:
        canvas.ask_name()
    else:
        canvas.inspector.focus_first()


def _press_control(canvas: NetworkCanvas, key: int) -> bool:
    middle = QPointF(canvas.width() / 2, canvas.height() / 2)
    if key in (K.Key_Left, K.Key_Right):
        canvas.move_selected(-1 if key == K.Key_Left else 1)
        return True
    if key in (K.Key_Plus, K.Key_Equal, K.Key_Minus):
        canvas.zoom(1 / 1.2 if key == K.Key_Minus else 1.2, middle)
        return True
    calls = {
        K.Key_0: canvas.fit,
        K.Key_A: canvas.select_all,
        K.Key_C: canvas.copy_selected,
        K.Key_X: canvas.cut_selected,
        K.Key_V: canvas.paste_layers,
        K.Key_D: canvas.duplicate_selected,
        K.Key_G: canvas.fold_selection,
    }
    call = calls.get(K(key))
    if call is not None:
        call()
    return call is not None


def _up_or_down(canvas: NetworkCanvas, event: QKeyEvent) -> bool:
    """Units and links of the selected layer; or the layer above or below."""
    step = 1 if event.key() == K.Key_Down else -1
    if event.modifiers() & Qt.KeyboardModifier.AltModifier:
        return cursor.walk_links(canvas, step)
    if cursor.walk_units(canvas, step):
        return True
    columns, ranks = canvas.selected_columns(), canvas.layout_now.ranks
    if not columns:
        return False
    here = columns[-1]
    beside = [
        (abs(ranks.rank[name] - ranks.rank[here]), abs(ranks.lane[name] - ranks.lane[here]), name)
        for name in canvas.layout_now.order
        if (ranks.lane[name] - ranks.lane[here]) * step > 0
    ]
    if beside:
        canvas.select(min(beside)[2])
    return bool(beside)


def _walk(canvas: NetworkCanvas, key: int, *, several: bool) -> None:
    """Select what the layer reads (left) or what reads it (right), or the first or last one."""
    order = canvas.layout_now.order
    columns = canvas.selected_columns()
    canvas.gestures.clear_hover()
    if key == K.Key_Home or (not columns and key == K.Key_Right):
        there = order[0]
    elif key == K.Key_End or not columns:
        there = order[-1]
    else:
        there = _neighbour(canvas, columns[-1], key == K.Key_Right)
    if several:
        canvas.select_many((*(name for name in columns if name != there), there))
    else:
        canvas.select(there)


def _neighbour(canvas: NetworkCanvas, here: str, right: bool) -> str:
    """The nearest layer that reads this one, or that it reads; itself if there is none."""
    lanes, ranks = canvas.layout_now.ranks.lane, canvas.layout_now.ranks.rank
    if right:
        found = [c.id for c in canvas.columns if here in c.inputs]
    else:
        found = list(canvas.by_id[here].inputs)
    if not found:
        return here
    return min(found, key=lambda n: (abs(lanes[n] - lanes[here]), abs(ranks[n] - ranks[here])))


def walk_tab(canvas: NetworkCanvas, step: int) -> bool:
    """Tab: the next layer in reading order; False past the ends, where the focus moves on."""
    if not canvas.hasFocus() or canvas.gestures.pull is not None:
        return False
    order, columns = canvas.layout_now.order, canvas.selected_columns()
    if not columns:
        return False
    at = order.index(columns[-1]) + step
    if not 0 <= at < len(order):
        return False
    canvas.select(order[at])
    return True
