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
from nnstudio.app.canvas import keys
from nnstudio.app.canvas.advice_box import AdviceBox
from nnstudio.app.canvas.columns import Memory, describe, unit_text
from nnstudio.app.canvas.context_menu import open_menu
from nnstudio.app.canvas.drops import Drops
from nnstudio.app.canvas.folding import FoldingCanvas
from nnstudio.app.canvas.gestures import Gestures
from nnstudio.app.canvas.hint_box import Hint
from nnstudio.app.canvas.hints import Words, number_at
from nnstudio.app.canvas.hits import Hit
from nnstudio.app.canvas.insert_menu import InsertMenu
from nnstudio.app.canvas.inspector import Inspector
from nnstudio.app.canvas.joint_menu import JointMenu
from nnstudio.app.canvas.lesions import Lesions
from nnstudio.app.canvas.measure import Picture
from nnstudio.app.canvas.minimap import MiniMap
from nnstudio.app.canvas.overlay import draw_overlay
from nnstudio.app.canvas.popups import Popup
from nnstudio.app.canvas.weight_editor import WeightEditor
from nnstudio.app.document import Document
from nnstudio.core.editing import wiring
from nnstudio.core.text import StudioError, language, mark, tr
from nnstudio.engine.session import Session

INSPECTOR_MARGIN = 10


class NetworkCanvas(FoldingCanvas):
    """Shows the network live and edits it through the document; fed like a panel."""

    name = "canvas"
    title = mark("Network")
    rate = 60.0

    #: (node id, parameter name, index, value, value before): a number was set by hand.
    weight_edited = Signal(str, str, object, float, float)
    #: The space bar was pressed over the canvas, and nothing dragged with it: it means Play.
    space_tapped = Signal()

    def __init__(
        self, document: Document, session: Session | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(document, session, parent)
        self._shown: tuple[Any, ...] = ()
        self._described: Memory = {}
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.grabGesture(Qt.GestureType.PinchGesture)
        self.gestures = Gestures(self)
        self.hint = Hint(document, session, self)
        self.hint.measured.connect(self.gestures.refresh_hint)
        self.minimap = MiniMap(self)
        self.inspector = Inspector(document, self)
        self.inspector.edited.connect(self._take_edit)
        self.inspector.room_changed.connect(self._suit_inspector)
        self.inspector.closed.connect(self._close_inspector)
        self.weight_editor = WeightEditor(self)
        self.weight_editor.weight_edited.connect(self.weight_edited)
        self.lesions = Lesions(self)
        self.insert_menu = InsertMenu(self)
        self.insert_menu.chosen.connect(self._insert)
        self.drops = Drops(self)
        self.joint_menu = JointMenu(self)
        self.joint_menu.chosen.connect(self.connect_nodes)
        self.advice_box = AdviceBox(self)
        self.advice_box.accepted.connect(self._follow_advice)
        self.refused.connect(self._say_why_not)
        self.menu = QMenu(self)
        self.document_changed()

    def _news(self) -> None:
        """Menus and keys act on the canvas while a data page hides it, so it is never behind."""
        self._missed = False
        self.document_changed()

    def document_changed(self) -> None:
        """The setup, the data, the theme or the language may have changed."""
        setup, data = self.document.setup, self.document.data
        font = self.font().toString()
        training = setup.training
        shown = (
            setup.network, training.loss, id(data), theme.current().name, language(), font,
            self.folds,
        )  # fmt: skip
        if shown == self._shown:
            return
        self._shown = shown
        columns = describe(setup, data, self.folds, self._described)
        same_form = [(c.id, c.kind) for c in columns] == [(c.id, c.kind) for c in self.columns]
        self.columns = columns
        self.by_id = {column.id: column for column in columns}
        self.gestures.cancel()
        self.gestures.clear_hover()
        self._close_stale_popups()
        if self._edge is not None and not self._edge_exists(*self._edge):
            self._edge = None
        self._set_selection(tuple(name for name in self._selected if name in self.by_id))
        self._show_inspector()
        self.scene.forget()
        self.lay_out(fit=not same_form or not self.is_moved)
        self.setAccessibleName(tr(self.title))
        self.setAccessibleDescription(self.summary())

    def _edge_exists(self, source: str, target: str) -> bool:
        network = self.document.setup.network
        return target in network and source in network[target].inputs

    def _close_stale_popups(self) -> None:
        place = self.weight_editor.place
        if place and (place[0] not in self.by_id or not self.document.has_number(*place)):
            self.weight_editor.close_popup()
        for popup in (self.joint_menu, self.advice_box, self.name_field):
            popup.close_popup()

    def _selection_shown(self) -> None:
        if self._show_inspector():
            self.lay_out(fit=not self.is_moved)
        if self._selected and self._selected[-1] in self.layout_now.cards:
            self.show_box(self.layout_now.cards[self._selected[-1]])

    def camera_moved(self) -> None:
        """The mini-map follows."""
        if hasattr(self, "minimap"):
            self.minimap.follow()
        self.update()

    def _picture_changed(self, picture: Picture) -> None:
        if not self.weight_editor.isHidden() and self.weight_editor.place is not None:
            value = number_at(picture, *self.weight_editor.place)
            if value is not None:
                self.weight_editor.follow(value)
        self.gestures.refresh_hint()

    # --- the pointer's and the keys' calls ---

    def click(self, hit: Hit, at: QPointF, *, toggle: bool = False) -> None:
        """A click on something; ``toggle`` (Shift or Ctrl) adds to the selection."""
        for popup in self.popups():
            popup.close_popup()
        if hit.kind in ("minus", "plus"):
            self.change_units(1 if hit.kind == "plus" else -1, hit.node)
        elif hit.kind in ("card", "note", "port"):
            self.select(hit.node, toggle=toggle)
        elif hit.kind == "fold":
            self.toggle_fold(hit.node)
        elif hit.kind == "mend":
            self.apply_mend(hit.node)
        elif hit.kind == "badge":
            self.show_advice(hit.node)
        elif hit.kind == "insert":
            self.offer_insert(hit.node, hit.target)
        elif hit.kind == "route":
            self.select_edge((hit.node, hit.target))
        elif hit.kind in ("link", "unit"):
            self._edit_number(hit, at)
        elif self.is_example(hit):
            self.example += 1
            self.update()
        elif hit.kind == "frame":
            self.fold_block(hit.node)
        elif not toggle:
            self.select(None)

    def popups(self) -> tuple[Popup, ...]:
        """The small frames that float over the canvas."""
        return (
            self.weight_editor, self.insert_menu, self.joint_menu, self.advice_box,
            self.name_field,
        )  # fmt: skip

    def offer_insert(self, after: str, before: str = "") -> None:
        """Open the list of layers beside the “+” after a node."""
        found = [i for i in self.layout_now.inserts if i.after == after]
        found = [i for i in found if not before or i.before == before] or found
        box = found[0].box if found else None
        if box is None:
            column = self._column_of(after)
            box = self.layout_now.cards[column] if column is not None else None
        if box is not None:
            self.show_box(box)
            self.hint.hide()
            self.insert_menu.offer(after, self.view_rect(box), before)

    def offer_joints(self, source: str, target: str, at: QPointF) -> None:
        """Connect two layers; if they must be joined, offer by what, beside the pointer."""
        network = self.document.setup.network
        error = wiring.why_not(network, source, target)
        if error is not None:
            self._say_why_not(error)
        elif wiring.needs_joint(network, target):
            found = wiring.joints(network, source, target)
            near = QRect(at.toPoint() - QPoint(4, 4), QSize(8, 8))
            self.joint_menu.offer(source, target, found, near)
        else:
            self.connect_nodes(source, target)

    def show_advice(self, column_id: str) -> None:
        """Say what would be wiser, with a button that does it."""
        column = self.by_id[column_id]
        near = self.view_rect(self.layout_now.badges[column_id])
        self.hint.hide()
        self.advice_box.offer(column_id, column.advice, column.advice_mend, near)

    @Slot(str)
    def _follow_advice(self, column_id: str) -> None:
        if column_id in self.by_id:
            self.apply_mend(column_id, fault=False)

    @Slot(object)
    def _say_why_not(self, error: StudioError) -> None:
        """A sentence at the pointer: what cannot be done, and why."""
        at = self.gestures.pointer
        self.hint.show_at(Words(str(error)), at.x(), at.y())

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
        self.lesions.show()

    def is_editing(self) -> bool:
        """Whether a popup is open."""
        return any(not popup.isHidden() for popup in self.popups())

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
        self.offer_insert(*self.insertion_place())

    @Slot()
    def begin_connecting(self) -> None:
        """Pull a link out of the selected layer by keyboard."""
        columns = self.selected_columns()
        if columns and self.isVisible():
            self.setFocus()
            self.gestures.begin_pull(columns[-1])
            if self.gestures.pull is not None and not self.gestures.pull.step(self, 1):
                self.gestures.cancel()
                at = self.layout_now.cards[columns[-1]].centre
                words = tr("There is no layer that could read this one.")
                self.hint.show_at(Words(words), *self.camera.to_view(*at))

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
        nodes = self.selected_nodes()
        if not nodes or (len(self._selected) == 1 and self.selected_node() is None):
            self.inspector.hide()
        else:
            self.inspector.show_nodes(nodes)
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
        return float(self.inspector.height() + INSPECTOR_MARGIN)

    def draw_overlay(self, painter: QPainter) -> None:
        draw_overlay(painter, self, theme.current())

    # --- Qt's events ---

    def event(self, event: QEvent) -> bool:
        """Two fingers zoom; Tab goes from layer to layer before it leaves."""
        if event.type() == QEvent.Type.Gesture:
            return self.gestures.pinch(event)
        if event.type() == QEvent.Type.NativeGesture:
            return self.gestures.native(event)
        if event.type() == QEvent.Type.ShortcutOverride:
            assert isinstance(event, QKeyEvent)
            if keys.is_own(self, event):
                event.accept()
                return True
        return bool(super().event(event))

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab and Shift+Tab select the next layer; past the last one the focus moves on."""
        if keys.walk_tab(self, 1 if forward else -1):
            return True
        return super().focusNextPrevChild(forward)

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

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.gestures.double_click(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.gestures.wheel(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.gestures.clear_hover()

    def focusInEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        self.update()

    def focusOutEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        self.update()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if not self.gestures.key_released(event):
            super().keyReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not keys.press(self, event):
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        open_menu(self, event.pos(), event.reason() == QContextMenuEvent.Reason.Keyboard)
