"""The network canvas: the centre of the window, where the network is seen, built and edited."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QMenu, QWidget

from nnstudio.app import theme
from nnstudio.app.canvas import edits, keys
from nnstudio.app.canvas.columns import describe, unit_text
from nnstudio.app.canvas.drops import Drops
from nnstudio.app.canvas.gestures import Gestures
from nnstudio.app.canvas.hints import Hint, number_at
from nnstudio.app.canvas.hits import Hit
from nnstudio.app.canvas.insert_menu import InsertMenu
from nnstudio.app.canvas.inspector import Inspector
from nnstudio.app.canvas.layer_form import FieldEdit
from nnstudio.app.canvas.measure import Picture
from nnstudio.app.canvas.node_edits import NodeEdit
from nnstudio.app.canvas.overlay import draw_overlay
from nnstudio.app.canvas.viewport import Viewport
from nnstudio.app.canvas.weight_editor import WeightEditor
from nnstudio.app.document import Document, Name
from nnstudio.core.contracts import Layer
from nnstudio.core.registry import find
from nnstudio.core.setup import Setup
from nnstudio.core.text import language, mark, tr
from nnstudio.engine.session import Session

INSPECTOR_MARGIN = 10


class NetworkCanvas(Viewport):
    """Shows the network live and edits it through the document; fed like a panel."""

    name = "canvas"
    title = mark("Network")
    rate = 60.0

    #: The selected node's id, or None.
    selection_changed = Signal(object)
    #: (node id, parameter name, index, value, value before): a number was set by hand.
    weight_edited = Signal(str, str, object, float, float)

    def __init__(
        self, document: Document, session: Session | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(document, session, parent)
        self._selected: str | None = None
        self._shown: tuple[Any, ...] = ()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.gestures = Gestures(self)
        self.hint = Hint(self)
        self.inspector = Inspector(self)
        self.inspector.edited.connect(self._take_edit)
        self.inspector.room_changed.connect(self._suit_inspector)
        self.inspector.closed.connect(self._close_inspector)
        self.weight_editor = WeightEditor(self)
        self.weight_editor.weight_edited.connect(self.weight_edited)
        self.insert_menu = InsertMenu(self)
        self.insert_menu.chosen.connect(self._insert)
        self.drops = Drops(self)
        self.menu = QMenu(self)
        self.document_changed()

    def document_changed(self) -> None:
        """The setup, the data, the theme or the language may have changed."""
        setup, data = self.document.setup, self.document.data
        font = self.font().toString()
        shown = (setup.network, id(data), theme.current().name, language(), font)
        if shown == self._shown:
            return
        self._shown = shown
        columns = describe(setup, data)
        same_form = [(c.id, c.kind) for c in columns] == [(c.id, c.kind) for c in self.columns]
        self.columns = columns
        self.by_id = {column.id: column for column in columns}
        self.gestures.cancel()
        self.gestures.clear_hover()
        if self.weight_editor.place is not None and self.weight_editor.place[0] not in self.by_id:
            self.weight_editor.close_popup()
        if self._selected not in self.by_id:
            self._select(None)
        self._show_inspector()
        self.scene.forget()
        self.lay_out(fit=not same_form or not self.is_moved)
        self.setAccessibleName(tr(self.title))
        self.setAccessibleDescription(self.summary())

    def summary(self) -> str:
        """The layers in a sentence, and which is selected."""
        text = tr("Network: {layers}.", layers=" → ".join(c.title for c in self.columns))
        if self._selected is not None:
            text += " " + tr("Selected: {layer}.", layer=self.by_id[self._selected].title)
        return text

    # --- selection ---

    def selected_node(self) -> str | None:
        """The id of the selected layer, or None."""
        return self._selected

    def select(self, node_id: str | None) -> None:
        """Select a layer and show its settings; None selects nothing."""
        self._select(node_id if node_id in self.by_id else None)
        if self._show_inspector():
            self.lay_out(fit=not self.is_moved)

    def _select(self, node_id: str | None) -> None:
        if node_id != self._selected:
            self._selected = node_id
            self.setAccessibleDescription(self.summary())
            self.selection_changed.emit(node_id)
            self.update()

    # --- editing ---

    def add_layer(self, type_name: str) -> None:
        """Insert a layer after the selection, or before the output; never after the output."""
        self._insert(edits.place_for(self.document.setup.network, self._selected), type_name)

    @Slot(str, str)
    def _insert(self, after: str, type_name: str) -> None:
        setup, new_id = edits.insert(self.document.setup, self.document.data, after, type_name)
        label = tr(find(Layer, type_name).label)
        self._edit(tr("Insert {layer}", layer=label), setup)
        if new_id in self.by_id:
            self.select(new_id)

    @Slot()
    def remove_selected(self) -> None:
        """Remove the selected layer; what follows reads what came before. Selects a neighbour."""
        node = self._selected
        if node is None or not self.is_movable(node):
            return
        order = self.layout_now.order
        at = order.index(node)
        text = tr("Remove {layer}", layer=self._label(node))
        setup = edits.remove(self.document.setup, self.document.data, node)
        self._edit(text, setup)
        left = [name for name in order if name in self.by_id]
        self.select(left[min(at, len(left) - 1)])

    def move_selected(self, delta: int) -> None:
        """Move the selected layer left (−1) or right (1)."""
        if self._selected is not None:
            setup = edits.move(self.document.setup, self.document.data, self._selected, delta)
            self._edit(tr("Move {layer}", layer=self._label(self._selected)), setup)

    def move_after(self, node_id: str, target: str) -> None:
        """Put a layer after another one."""
        setup = edits.move_after(self.document.setup, self.document.data, node_id, target)
        self._edit(tr("Move {layer}", layer=self._label(node_id)), setup)
        self.select(node_id)

    def change_units(self, direction: int, node_id: str | None = None) -> None:
        """More (1) or fewer (−1) units of a layer, or of the selected one."""
        node = node_id or self._selected
        column = self.by_id.get(node or "")
        if column is None or not column.adjustable:
            return
        setup = edits.change_units(self.document.setup, self.document.data, column.id, direction)
        self._edit_named(column.id, "units", setup)

    def is_movable(self, node_id: str) -> bool:
        """Whether a layer may be moved or removed."""
        return edits.is_movable(self.document.setup.network, node_id)

    @Slot(object)
    def _take_edit(self, edit: NodeEdit) -> None:
        """An edit that the inspector has made."""
        self._edit(edit.name, edit.after, merge=edit.merge)

    def _edit_named(self, node: str, name: str, after: Setup) -> None:
        """Edit one field; quick changes of the same field undo as one."""
        self._edit(FieldEdit(node, name), after, merge=f"{node}.{name}")

    def _edit(self, name: Name, after: Setup, *, merge: str = "") -> None:
        self.document.edit(name, after, merge=merge)
        self.document_changed()  # also if nobody looks at the canvas now

    def _label(self, node_id: str) -> str:
        return tr(self.document.setup.network[node_id].layer.label)

    def _picture_changed(self, picture: Picture) -> None:
        if not self.weight_editor.isHidden() and self.weight_editor.place is not None:
            value = number_at(picture, *self.weight_editor.place)
            if value is not None:
                self.weight_editor.follow(value)
        self.gestures.refresh_hint()

    # --- the pointer's and the keys' calls ---

    def click(self, hit: Hit, at: QPointF) -> None:
        """A click on something."""
        self.weight_editor.close_popup()
        self.insert_menu.close_popup()
        if hit.kind in ("minus", "plus"):
            self.change_units(1 if hit.kind == "plus" else -1, hit.node)
        elif hit.kind == "card":
            self.select(hit.node)
        elif hit.kind == "insert":
            self.offer_insert(hit.node)
        elif hit.kind in ("link", "unit"):
            self._edit_number(hit, at)
        elif self.is_example(hit):
            self.example += 1
            self.update()
        elif not hit.kind:
            self.select(None)

    def offer_insert(self, after: str) -> None:
        """Open the list of layers beside the “+” after a node."""
        for insert in self.layout_now.inserts:
            if insert.after == after:
                self.hint.hide()
                self.insert_menu.offer(after, self.view_rect(insert.box))

    def _edit_number(self, hit: Hit, at: QPointF) -> None:
        """Open the small editor on a link's weight or a unit's bias."""
        index: tuple[int, ...]
        if hit.kind == "link":
            name, index = hit.parameter, (hit.source_index, hit.index)
            source = unit_text(self.by_id[hit.source], hit.source_index)
            path = f"{source} → {unit_text(self.by_id[hit.node], hit.index)}"
            text, near = f"{tr('Weight')}  {path}", QRect(at.toPoint() - QPoint(4, 4), QSize(8, 8))
        else:
            name, index = "bias", (hit.index,)
            text = f"{tr('Bias')}  {unit_text(self.by_id[hit.node], hit.index)}"
            near = self.view_rect(self.layout_now.units[hit.node][hit.index])
        value = number_at(self.picture, hit.node, name, index)
        if value is None:
            return
        self.gestures.clear_hover()
        self.weight_editor.edit(hit.node, name, index, value, text, near)

    def is_editing(self) -> bool:
        """Whether a popup is open."""
        return not (self.weight_editor.isHidden() and self.insert_menu.isHidden())

    def is_example(self, hit: Hit) -> bool:
        """Whether something shows the current example, of which a click takes the next."""
        return hit.kind == "block" and self.by_id[hit.node].kind in ("image", "bars")

    def edited_hit(self) -> Hit | None:
        """The link whose weight is being edited."""
        if self.weight_editor.isHidden() or self.weight_editor.place is None:
            return None
        node, name, index = self.weight_editor.place
        for group in self.layout_now.groups:
            if (group.target, group.parameter) == (node, name) and len(index) == 2:
                return Hit("link", node, index[1], group.source, index[0], name)
        return None

    @Slot()
    def insert_after_selected(self) -> None:
        """Open the list of layers after the selected one."""
        self.offer_insert(edits.place_for(self.document.setup.network, self._selected))

    @Slot()
    def move_left(self) -> None:
        """Move the selected layer one place to the left."""
        self.move_selected(-1)

    @Slot()
    def move_right(self) -> None:
        """Move the selected layer one place to the right."""
        self.move_selected(1)

    def _show_inspector(self) -> bool:
        """Show, change or hide the settings strip; tells whether its room has changed."""
        before = self.reserved()
        node = self._selected
        if node is None:
            self.inspector.hide()
        else:
            self.inspector.show_nodes(self.document.setup, self.document.data, (node,))
            self.inspector.show()
            self._place_inspector()
        return before != self.reserved()

    @Slot()
    def _suit_inspector(self) -> None:
        """Give the settings the room that they need now."""
        self._place_inspector()
        self.lay_out(fit=not self.is_moved)

    @Slot()
    def _close_inspector(self) -> None:
        self.select(None)
        self.setFocus()

    def _place_inspector(self) -> None:
        size = self.inspector.size_for(self.width() - 2 * INSPECTOR_MARGIN)
        x = (self.width() - size.width()) // 2
        y = self.height() - size.height() - INSPECTOR_MARGIN
        self.inspector.setGeometry(x, y, size.width(), size.height())

    def reserved(self) -> float:
        if self.inspector.isHidden():
            return 0.0
        room = self.width() - 2 * INSPECTOR_MARGIN
        return float(self.inspector.size_for(room).height() + INSPECTOR_MARGIN)

    def draw_overlay(self, painter: QPainter) -> None:
        draw_overlay(painter, self, theme.current())

    # --- Qt's events ---

    def resizeEvent(self, event: QResizeEvent) -> None:
        if not self.inspector.isHidden():
            self._place_inspector()
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and getattr(self, "_shown", None):
            self.document_changed()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.gestures.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.gestures.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.gestures.release(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.gestures.wheel(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.gestures.clear_hover()

    def focusInEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        self.update()

    def focusOutEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not keys.press(self, event):
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        keys.open_menu(self, event.pos(), event.reason() == QContextMenuEvent.Reason.Keyboard)
