"""The canvas as an editor: what is selected, and every edit of layers and links, by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from nnstudio.app.canvas import edits
from nnstudio.app.canvas.columns import BLOCK
from nnstudio.app.canvas.layer_form import FieldEdit
from nnstudio.app.canvas.node_edits import NodeEdit
from nnstudio.app.canvas.viewport import Viewport
from nnstudio.app.document import Document, Name
from nnstudio.core.contracts import Layer
from nnstudio.core.editing import fragments
from nnstudio.core.editing.advice import Advice, advise
from nnstudio.core.editing.wiring import Joint
from nnstudio.core.registry import find
from nnstudio.core.setup import Setup
from nnstudio.core.text import StudioError, listed, tr
from nnstudio.engine.session import Session


class EditingCanvas(Viewport):
    """Selection and edits. ``_selected`` are ids of columns (layers, folded blocks), the one that
    was selected last at the end; ``_edge`` is the selected link."""

    #: The id of the layer selected last, or None; ``selected_nodes`` tells all.
    selection_changed = Signal(object)
    #: Why the network cannot run, as a StudioError.
    fault_found = Signal(object)
    #: What cannot be done, as a StudioError.
    refused = Signal(object)
    #: Cells, a picture or a file were pasted here: no layers, but perhaps data.
    data_pasted = Signal()

    def __init__(
        self, document: Document, session: Session | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(document, session, parent)
        self._selected: tuple[str, ...] = ()
        self._edge: tuple[str, str] | None = None

    def document_changed(self) -> None:
        """Show the document as it is now."""
        raise NotImplementedError

    def _selection_shown(self) -> None:
        """The selection has changed: show it."""

    # --- selection ---

    def selected_columns(self) -> tuple[str, ...]:
        """The cards that are selected, the last one last."""
        return self._selected

    def selected_node(self) -> str | None:
        """The id of the layer selected last, or None."""
        last = self._selected[-1] if self._selected else ""
        return last if last and not last.startswith(BLOCK) else None

    def selected_nodes(self) -> tuple[str, ...]:
        """The ids of all selected layers, those of folded blocks too, in the network's order."""
        known = [self.by_id[name] for name in self._selected if name in self.by_id]
        chosen = {member for column in known for member in column.members}
        return tuple(node.id for node in self.document.setup.network.nodes if node.id in chosen)

    def selected_edge(self) -> tuple[str, str] | None:
        """The link that is selected: the ids of the two layers, or None."""
        return self._edge

    def select(self, node_id: str | None, *, toggle: bool = False) -> None:
        """Select one layer and show its settings; None selects nothing. ``toggle`` adds it to the
        others, or takes it away."""
        node_id = self._column_of(node_id)
        if toggle and node_id is not None:
            others = tuple(name for name in self._selected if name != node_id)
            self.select_many(others if node_id in self._selected else (*others, node_id))
        else:
            self.select_many(() if node_id is None else (node_id,))

    def select_many(self, ids: Iterable[str]) -> None:
        """Select several layers, the last one as the one whose settings show."""
        found = [self._column_of(name) for name in ids]
        self._edge = None
        self._set_selection(tuple(dict.fromkeys(name for name in found if name is not None)))
        self._selection_shown()

    @Slot()
    def select_all(self) -> None:
        """Select every layer."""
        self.select_many(self.layout_now.order)

    def select_edge(self, edge: tuple[str, str] | None) -> None:
        """Select a link."""
        self.select_many(())
        self._edge = edge
        self.update()

    def _column_of(self, node_id: str | None) -> str | None:
        """The card that shows a node: its own, or that of its folded block."""
        if node_id is None or node_id in self.by_id:
            return node_id
        return next((c.id for c in self.columns if node_id in c.members), None)

    def _set_selection(self, ids: tuple[str, ...]) -> None:
        if ids != self._selected:
            self._selected = ids
            self.setAccessibleDescription(self.summary())
            self.selection_changed.emit(self.selected_node())
        self.update()

    def summary(self) -> str:
        """The layers in a sentence, and which is selected."""
        text = tr("Network: {layers}.", layers=" → ".join(c.title for c in self.columns))
        if self._selected:
            known = [self.by_id[name] for name in self._selected if name in self.by_id]
            names = listed(column.title for column in known)
            text += " " + tr("Selected: {layer}.", layer=names)
        return text

    # --- layers ---

    def add_layer(self, type_name: str) -> None:
        """Insert a layer on the selected link, after the selection, or before the output."""
        after, before = self.insertion_place()
        self._insert(after, type_name, before)

    def insertion_place(self) -> tuple[str, str]:
        """The link on which something new goes; without a second node: all links of the first."""
        if self._edge is not None:
            return self._edge
        network, data = self.document.setup.network, self.document.data
        chosen = self.selected_nodes()
        return edits.place_for(network, chosen[-1] if chosen else None, data), ""

    @Slot(str, str, str)
    def _insert(self, after: str, type_name: str, before: str = "") -> None:
        setup, data = self.document.setup, self.document.data
        after_setup, new_id = edits.insert(setup, data, after, type_name, before)
        label = tr(find(Layer, type_name).label)
        self._edit(tr("Insert {layer}", layer=label), after_setup)
        self.select(new_id)

    @Slot()
    def remove_selected(self) -> None:
        """Remove the selected link or layers; what follows reads what came before."""
        if self._edge is not None:
            self.remove_edge(*self._edge)
            return
        nodes = [name for name in self.selected_nodes() if self.is_movable(name)]
        if not nodes:
            return
        order = self.layout_now.order
        at = min(order.index(name) for name in self._selected)
        text = tr("Remove {layer}", layer=self._words(nodes))
        setup = edits.remove(self.document.setup, self.document.data, *nodes)
        self._edit(text, setup)
        left = [name for name in order if name in self.by_id]
        self.select(left[min(at, len(left) - 1)])

    def _words(self, nodes: Sequence[str]) -> str:
        """What some layers are called in an edit's name."""
        return self._label(nodes[0]) if len(nodes) == 1 else tr("{n} layers", n=len(nodes))

    def move_selected(self, delta: int) -> None:
        """Move the selected layer left (−1) or right (1)."""
        node = self.selected_node()
        if node is not None:
            setup = edits.move(self.document.setup, self.document.data, node, delta)
            self._edit(tr("Move {layer}", layer=self._label(node)), setup)

    def move_after(self, node_id: str, target: str, before: str = "") -> None:
        """Put a layer after another one, or on the link between two."""
        setup, data = self.document.setup, self.document.data
        if before:
            setup = edits.move_between(setup, data, node_id, target, before)
        else:
            setup = edits.move_after(setup, data, node_id, target)
        self._edit(tr("Move {layer}", layer=self._label(node_id)), setup)
        self.select(node_id)

    def change_units(self, direction: int, node_id: str | None = None) -> None:
        """More (1) or fewer (−1) units of a layer, or of the selected one."""
        column = self.by_id.get(node_id or self.selected_node() or "")
        if column is None or not column.adjustable:
            return
        setup = edits.change_units(self.document.setup, self.document.data, column.id, direction)
        self._edit_named(column.id, "units", setup)

    def is_movable(self, node_id: str) -> bool:
        """Whether a layer may be moved or removed."""
        return edits.is_movable(self.document.setup.network, node_id, self.document.data)

    @Slot()
    def freeze_selected(self) -> None:
        """Freeze the selected layers, or thaw them if all of them are frozen."""
        self.freeze(*self.selected_nodes())

    def freeze(self, *names: str) -> None:
        """Freeze layers, or thaw them if all of them are frozen."""
        network = self.document.setup.network
        nodes = [name for name in names if name in network and network.facts[name].parameters]
        if not nodes:
            return
        frozen = not all(network[name].frozen for name in nodes)
        for name in nodes:
            network = network.with_learning(name, frozen=frozen)
        layer = self._words(nodes)
        text = tr("Freeze {layer}", layer=layer) if frozen else tr("Thaw {layer}", layer=layer)
        self._edit(text, self.document.setup.with_network(network))

    @Slot()
    def start_empty(self) -> None:
        """Take everything away but the input."""
        self._edit(tr("Empty network"), edits.emptied(self.document.setup))

    # --- links ---

    @Slot(str, str, object)
    def connect_nodes(self, source: str, target: str, joint: Joint | None = None) -> None:
        """Let a layer read another one too, through a joint if it needs one."""
        setup, data = self.document.setup, self.document.data
        try:
            after, new_id = edits.connect(setup, data, source, target, joint)
        except StudioError as error:
            self.refused.emit(error)
            return
        names = {"source": self._label(source), "target": self._label(target)}
        self._edit(tr("Connect {source} to {target}", **names), after)
        self.select(new_id or target)

    def remove_edge(self, source: str, target: str) -> None:
        """Take a link away."""
        network = self.document.setup.network
        if target not in network or source not in network[target].inputs:
            return
        names = {"source": self._label(source), "target": self._label(target)}
        setup = edits.disconnect(self.document.setup, self.document.data, source, target)
        self._edit(tr("Disconnect {source} from {target}", **names), setup)
        self.select_edge(None)

    # --- faults ---

    def first_fault(self) -> Advice | None:
        """What keeps the network from running, or None."""
        found = advise(self.document.setup, self.document.data)
        return next((advice for advice in found if advice.is_fault), None)

    def shows(self, error: StudioError) -> bool:
        """Whether a fault is told on its node already; one of no node, on any."""
        if not error.node:
            return any(column.error for column in self.columns)
        column = self.by_id.get(self._column_of(error.node) or "")
        return column is not None and bool(column.error)

    def may_run(self) -> bool:
        """Whether the present network, which shows from then on, can run; if not, says why
        (``fault_found``) and selects the layer at fault."""
        self.document.come_back()  # who trains wants to see it
        fault = self.first_fault()
        if fault is None:
            return True
        self.select(fault.node)
        self.setFocus()
        self.fault_found.emit(fault.message)
        return False

    def apply_mend(self, column_id: str, *, fault: bool = True) -> None:
        """Put right what is wrong with a layer (or follow its advice), the way its button says."""
        setup, data = self.document.setup, self.document.data
        for node in self.by_id[column_id].members:
            name, after = edits.mend(setup, data, node, fault=fault)
            if name:
                self._edit(name, after)
                self.select(node if node in after.network else None)
                return

    # --- clipboard ---

    @Slot()
    def copy_selected(self) -> bool:
        """Put the selected layers on the clipboard, as text."""
        try:
            made = fragments.cut_out(self.document.setup.network, self.selected_nodes())
        except StudioError as error:
            self.refused.emit(error)
            return False
        QGuiApplication.clipboard().setText(made.to_text())
        return True

    @Slot()
    def cut_selected(self) -> None:
        """Copy, then remove."""
        nodes = [name for name in self.selected_nodes() if self.is_movable(name)]
        if nodes and self.copy_selected():
            text = tr("Cut {layer}", layer=self._words(nodes))
            self._edit(text, edits.remove(self.document.setup, self.document.data, *nodes))
            self.select(None)

    @Slot()
    def paste_layers(self) -> None:
        """Put the layers of the clipboard after the selection."""
        copied = QGuiApplication.clipboard().mimeData()
        try:
            found = fragments.from_text(copied.text() if copied is not None else "")
        except StudioError as error:
            if copied is None:  # an empty clipboard
                self.refused.emit(error)
            elif copied.hasImage() or copied.hasUrls() or "\n" in copied.text().strip():
                self.data_pasted.emit()  # cells, a picture or a file: no layers, but data
            else:
                self.refused.emit(error)
            return
        self.add_fragment(found)

    @Slot()
    def duplicate_selected(self) -> None:
        """Put a copy of the selected layers after them."""
        nodes = [name for name in self.selected_nodes() if self.is_movable(name)]
        if nodes:
            found = fragments.cut_out(self.document.setup.network, nodes)
            self.add_fragment(found, tr("Duplicate {layer}", layer=self._words(nodes)))

    def add_fragment(
        self, found: fragments.Fragment, name: str = "", place: tuple[str, str] | None = None
    ) -> None:
        """Put copied layers, or a block of the palette, after the selection or at a place."""
        after, before = place or self.insertion_place()
        setup, ids = edits.paste(self.document.setup, self.document.data, found, after, before)
        labels = [tr(node.layer.label) for node in found.nodes]
        one = labels[0] if len(labels) == 1 else tr("{n} layers", n=len(labels))
        self._edit(name or tr("Paste {layer}", layer=one), setup)
        self.select_many(ids)

    # --- naming and making edits ---

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
        layer: Any = self.document.setup.network[node_id].layer
        return tr(layer.label)
