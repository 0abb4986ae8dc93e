"""The layer palette: drawings, adding by mouse and keys, dragging onto the canvas."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest

from nnstudio.app import icons
from nnstudio.app.palettes import layer_drag
from nnstudio.app.palettes.layer_groups import icon_name, layer_groups
from nnstudio.core import registry
from nnstudio.core.contracts import Layer
from nnstudio.core.editing.fragments import cut_out
from nnstudio.core.editing.joining import insert_merge, partner
from nnstudio.core.editing.user_blocks import delete_block, load_blocks, save_block
from nnstudio.core.network import chain

LEFT = Qt.MouseButton.LeftButton
COPY = Qt.DropAction.CopyAction


def layer(type_name, **values):
    return registry.from_json(Layer, {"type": type_name, **values})


def kinds(window):
    return [node.layer.type_name for node in window.document.setup.network.nodes]


def test_every_layer_has_a_drawing_of_its_own():
    names = [icon_name(cls) for cls in registry.table(Layer).values()]
    assert "layers/layer" not in names
    assert len(set(names)) == len(names)
    assert len({icons.drawing(name) for name in names}) == len(names)


def test_the_palette_offers_every_layer_but_the_input(window):
    offered = [cls.type_name for classes in layer_groups().values() for cls in classes]
    wanted = set(registry.table(Layer)) - {"Input.v1"}
    assert set(offered) == wanted and len(offered) == len(wanted)
    buttons = window.databar.palette_box.buttons
    assert set(buttons) == wanted
    assert not any(button.icon().isNull() for button in buttons.values())


@pytest.mark.parametrize(
    ("typed", "found", "not_found"),
    [("pool", "MaxPool2D.v1", "Dense.v1"), ("convolutional", "Conv2D.v1", "Dense.v1"),
     ("regularize", "Dropout.v1", "Flatten.v1")],
)  # fmt: skip
def test_layers_are_found_by_name_or_else_by_explanation(window, qtbot, typed, found, not_found):
    palette = window.databar.palette_box
    qtbot.keyClicks(palette.search, typed)
    assert palette.buttons[found].isVisibleTo(palette)
    assert not palette.buttons[not_found].isVisibleTo(palette)
    assert not palette.nothing.isVisibleTo(palette)
    menu = window.canvas.insert_menu
    menu.offer("", QRect(100, 100, 10, 10))
    qtbot.keyClicks(menu.search, typed)
    offered = [menu.list.item(row).data(Qt.ItemDataRole.UserRole)
               for row in range(menu.list.count())]  # fmt: skip
    assert found in offered and not_found not in offered
    menu.close()


@pytest.mark.parametrize("how", ["click", "double-click", "enter"])
def test_one_layer_is_added_after_the_selection(window, qtbot, how):
    window.canvas.select(window.document.setup.network.nodes[1].id)
    button = window.databar.palette_box.buttons["Dropout.v1"]
    if how == "enter":
        button.setFocus()
        QTest.keyClick(button, Qt.Key.Key_Return)
    else:
        qtbot.mouseClick(button, LEFT)
    if how == "double-click":  # Qt calls the second press a double-click
        QTest.mouseDClick(button, LEFT)
        QTest.mouseRelease(button, LEFT)
    assert kinds(window)[:3] == ["Input.v1", "Dense.v1", "Dropout.v1"]
    assert kinds(window).count("Dropout.v1") == 1


def drag(kind, canvas, at, data):
    """Send one event of a drag to the canvas; tells whether it was accepted."""
    buttons, none = LEFT, Qt.KeyboardModifier.NoModifier
    place = QPointF(at) if kind is QDropEvent else at
    event = kind(place, COPY, data, buttons, none)
    event.ignore()
    from PySide6.QtWidgets import QApplication

    QApplication.sendEvent(canvas, event)
    return event.isAccepted()


@pytest.mark.parametrize("gap", [0, 1, 2])
def test_a_dragged_layer_goes_to_the_nearest_gap(window, gap):
    canvas = window.canvas
    insert = canvas.layout_now.inserts[gap]
    at = canvas.view_rect(insert.box).center() + QPoint(9, 90)  # near, on the links below it
    data = layer_drag.carry("Dropout.v1")
    assert drag(QDragEnterEvent, canvas, at, data)
    assert drag(QDragMoveEvent, canvas, at, data)
    assert (canvas.gestures.hovered.kind, canvas.gestures.hovered.node) == ("insert", insert.after)
    assert drag(QDropEvent, canvas, at, data)
    assert kinds(window)[gap + 1] == "Dropout.v1"
    assert canvas.selected_node() == window.document.setup.network.nodes[gap + 1].id
    window.undo()
    assert "Dropout.v1" not in kinds(window)


@pytest.mark.parametrize("name", ["NoSuchLayer.v1", "Input.v1", ""])
def test_a_drag_of_something_else_is_left_alone(window, name):
    data = QMimeData()
    data.setData(layer_drag.MIME, name.encode())
    before = kinds(window)
    assert not drag(QDragEnterEvent, window.canvas, QPoint(200, 100), data)
    assert not drag(QDropEvent, window.canvas, QPoint(200, 100), data)
    assert kinds(window) == before


def test_what_is_dragged_can_be_seen(qtbot):
    seen = layer_drag.picture(icon_name(registry.find(Layer, "Conv2D.v1")), "Conv 2-D", 2.0)
    assert seen.height() == 2 * layer_drag.HEIGHT and seen.width() > seen.height()


def test_a_merge_closes_a_skip_connection(window):
    canvas = window.canvas
    first = window.document.setup.network.nodes[1].id
    second = window.document.setup.network.nodes[2].id
    canvas.select(second)
    window.databar.palette_box.buttons["Concatenate.v1"].click()
    network = window.document.setup.network
    (join,) = [n for n in network.nodes if n.layer.type_name == "Concatenate.v1"]
    assert join.inputs == (second, first)
    assert not network.errors


def test_a_partner_lies_past_the_layer_that_learns():
    network = chain(
        layer("Input.v1", shape=[8, 8, 4]),
        layer("Conv2D.v1", filters=4, padding="same"),
        layer("BatchNorm.v1"),
        layer("ReLU.v1"),
    )
    assert partner(network, network.output.id, layer("Add.v1")) == network.input.id
    flat = chain(layer("Input.v1", shape=[3]), layer("Dense.v1", units=5))
    assert partner(flat, flat.output.id, layer("Add.v1")) is None
    joined, new = insert_merge(flat, flat.output.id, layer("Add.v1"))
    assert joined[new].inputs == (flat.output.id,)
    assert joined.facts[new].error is not None


# --- blocks of one's own ---


@pytest.fixture
def kept(window):
    """A block of a Dense and a Dropout layer, kept under a name; gone after the test."""
    network = chain(layer("Input.v1", shape=[4]), layer("Dense.v1", units=5), layer("Dropout.v1"))
    fragment = cut_out(network, [node.id for node in network.nodes[1:]])
    save_block("Dense & drop", fragment)
    window.canvas.blocks_changed.emit()
    yield window.databar.palette_box.blocks
    delete_block("Dense & drop")


def test_a_block_is_added_by_a_click_and_undone(window, qtbot, kept):
    assert kept.isVisible()
    before = kinds(window)
    qtbot.mouseClick(kept.buttons["Dense & drop"], LEFT)
    assert len(kinds(window)) == len(before) + 2 and "Dropout.v1" in kinds(window)
    assert window.document.stack.undoText() == "Add Dense & drop"
    window.undo()
    assert kinds(window) == before


def test_a_block_is_dropped_where_it_is_wanted(window, kept):
    canvas = window.canvas
    at = canvas.view_rect(canvas.layout_now.inserts[0].box).center()
    data = layer_drag.carry_block(kept.buttons["Dense & drop"].block)
    assert drag(QDragEnterEvent, canvas, at, data)
    assert drag(QDropEvent, canvas, at, data)
    assert kinds(window)[1:3] == ["Dense.v1", "Dropout.v1"]
    assert window.document.setup.network.nodes[1].layer.units == 5


def test_blocks_are_searched_and_taken_out(window, qtbot, kept):
    search = window.databar.palette_box.search
    qtbot.keyClicks(search, "drop")
    assert kept.buttons["Dense & drop"].isVisible()
    qtbot.keyClicks(search, "xx")
    assert not kept.isVisible() and window.databar.palette_box.nothing.isVisible()
    search.clear()
    assert kept.isVisible()
    kept.offer_removal("Dense & drop", QPoint(0, 0))
    kept.removing.trigger()
    kept.menu.close()
    assert kept.buttons == {} and not kept.isVisible()
    assert load_blocks() == []
