"""The context menu of the canvas: what can be done with the layer, link or block pointed at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF

from nnstudio.core.text import tr

if TYPE_CHECKING:
    from nnstudio.app.canvas.canvas import NetworkCanvas


def open_menu(canvas: NetworkCanvas, at: QPoint, by_keyboard: bool) -> None:
    """Open at the pointer, or at the selected card."""
    columns = canvas.selected_columns()
    if by_keyboard:
        if columns:
            x, y = canvas.camera.to_view(*canvas.layout_now.cards[columns[-1]].centre)
            at = QPoint(round(x), round(y))
    else:
        hit = canvas.gestures.hit(QPointF(at))
        if hit.kind == "route":
            canvas.select_edge((hit.node, hit.target))
        elif hit.node and hit.kind != "insert" and hit.node not in columns:
            canvas.select(hit.node)
    canvas.hint.hide()
    canvas.menu.clear()
    if canvas.selected_edge() is not None:
        _fill_for_link(canvas)
    elif canvas.selected_columns():
        _fill_for_layers(canvas)
    menu = canvas.menu
    menu.addAction(tr("Paste"), canvas.paste_layers)
    menu.addAction(tr("Select all"), canvas.select_all)
    menu.addAction(tr("Show the whole network"), canvas.fit)
    menu.addAction(tr("Empty network"), canvas.start_empty)
    menu.popup(canvas.mapToGlobal(at))


def _fill_for_link(canvas: NetworkCanvas) -> None:
    canvas.menu.addAction(tr("Insert a layer"), canvas.insert_after_selected)
    canvas.menu.addAction(tr("Remove the link"), canvas.remove_selected)
    canvas.menu.addSeparator()


def _fill_for_layers(canvas: NetworkCanvas) -> None:
    menu, network = canvas.menu, canvas.document.setup.network
    nodes = canvas.selected_nodes()
    column = canvas.by_id[canvas.selected_columns()[-1]]
    movable = any(canvas.is_movable(name) for name in nodes)
    if len(canvas.selected_columns()) == 1 and not column.is_block:
        node = column.id
        if node != network.output.id or column.is_open_end:
            menu.addAction(tr("Insert after…"), canvas.insert_after_selected)
        menu.addAction(tr("Connect to…"), canvas.begin_connecting)
        order = canvas.layout_now.order
        here = order.index(node)
        left = menu.addAction(tr("Move left"), canvas.move_left)
        right = menu.addAction(tr("Move right"), canvas.move_right)
        one = movable and network[node].layer.arity == 1
        last = len(order) - (1 if canvas.by_id[order[-1]].is_open_end else 2)
        left.setEnabled(one and here > 1)
        right.setEnabled(one and here < last)
    menu.addAction(tr("Remove"), canvas.remove_selected).setEnabled(movable)
    menu.addSeparator()
    menu.addAction(tr("Copy"), canvas.copy_selected).setEnabled(movable)
    menu.addAction(tr("Cut"), canvas.cut_selected).setEnabled(movable)
    menu.addAction(tr("Duplicate"), canvas.duplicate_selected).setEnabled(movable)
    if any(network.facts[name].parameters for name in nodes):
        frozen = all(network[n].frozen for n in nodes if network.facts[n].parameters)
        menu.addAction(tr("Thaw") if frozen else tr("Freeze"), canvas.freeze_selected)
    menu.addSeparator()
    if len(canvas.selected_columns()) > 1:
        menu.addAction(tr("Fold into a block"), canvas.fold_selection)
    elif column.is_block:
        menu.addAction(tr("Unfold"), canvas.fold_selection)
        menu.addAction(tr("Rename…"), canvas.ask_name)
    elif column.block:
        menu.addAction(tr("Fold the block"), canvas.fold_selection)
    elif column.foldable:
        words = tr("Unfold") if column.is_folded else tr("Fold the layer")
        menu.addAction(words, canvas.fold_selection)
    if column.block:
        menu.addAction(tr("Dissolve the block"), canvas.dissolve_selected)
    if len(nodes) > 1:
        menu.addAction(tr("Save to the palette"), canvas.save_selected_block)
    menu.addSeparator()
