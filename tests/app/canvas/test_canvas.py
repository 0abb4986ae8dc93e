"""Editing on the canvas with a real pointer and a real keyboard."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.app.canvas.conftest import feed, snapshot_of
from tests.app.canvas.pointer import LEFT, at, card, click, hover, ids, link, units
from tests.helpers import layer

# What the offscreen screen says about menus.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


# --- hover ---


def test_hover_reads_a_links_weight(canvas):
    weight = np.zeros((4, 8), np.float32)
    weight[0, 2] = 0.8214
    feed(canvas, snapshot_of(canvas.document.setup.network, dense_1__weight=weight))
    hover(canvas, link(canvas, "dense_1", 0, 2))
    assert canvas.hint.isVisible()
    assert canvas.hint.words.text == "Weight +0.82 / x₁ → unit 3  ·  click to edit"
    weight[0, 2] = -1.31
    feed(canvas, snapshot_of(canvas.document.setup.network, 2, dense_1__weight=weight))
    assert canvas.hint.words.value == "−1.31"
    hover(canvas, QPoint(4, canvas.height() - 4))
    assert not canvas.hint.isVisible()


def test_hover_over_a_unit_tells_bias_and_shows_it_large(canvas):
    hover(canvas, at(canvas, canvas.layout_now.units["dense_1"][2]))
    words = canvas.hint.words
    assert "unit 3" in words.text and "Bias" in words.text
    assert words.pixels is not None and words.pixels.ndim == 2
    feed(canvas, snapshot_of(canvas.document.setup.network, 2))
    assert canvas.hint.words.pixels is not words.pixels  # the picture follows training


# --- numbers by hand ---


def test_a_click_on_a_link_edits_its_weight(canvas, qtbot):
    click(canvas, link(canvas, "dense_2", 7, 0))
    editor = canvas.weight_editor
    assert editor.isVisible() and editor.place == ("dense_2", "weight", (7, 0))
    before = float(canvas.picture.parameters["dense_2", "weight"][7, 0])
    with qtbot.waitSignal(canvas.weight_edited) as told:
        editor.field.selectAll()
        QTest.keyClicks(editor.field, "-1,25")
        QTest.keyClick(editor.field, Qt.Key.Key_Return)
    node, name, index, value, was = told.args
    assert (node, name, tuple(index), value) == ("dense_2", "weight", (7, 0), -1.25)
    assert was == pytest.approx(before)
    assert not editor.isVisible()
    assert canvas.hasFocus()


def test_arrows_step_a_bias_and_esc_closes(canvas, qtbot):
    click(canvas, at(canvas, canvas.layout_now.units["dense_1"][1]))
    editor = canvas.weight_editor
    assert editor.place == ("dense_1", "bias", (1,))
    start = editor.field.value()
    with qtbot.waitSignal(canvas.weight_edited) as told:
        QTest.keyClick(editor.field, Qt.Key.Key_Up)
    assert told.args[3] == pytest.approx(start + 0.1, abs=1e-4)
    QTest.keyClick(editor.field, Qt.Key.Key_Escape)
    assert not editor.isVisible()


def test_the_editor_follows_training_until_somebody_types(canvas):
    click(canvas, at(canvas, canvas.layout_now.units["dense_1"][0]))
    field = canvas.weight_editor.field
    network = canvas.document.setup.network
    feed(canvas, snapshot_of(network, 2, dense_1__bias=np.full(8, 0.5, np.float32)))
    assert field.text() == "0.5"
    QTest.keyClicks(field, "2")
    feed(canvas, snapshot_of(network, 3, dense_1__bias=np.full(8, 0.75, np.float32)))
    assert field.text() == "2"


def test_the_editor_goes_with_the_number_that_it_edits(canvas, qtbot):
    document = canvas.document
    click(canvas, link(canvas, "dense_2", 7, 0))
    editor = canvas.weight_editor
    narrower = document.setup.network.replace("dense_1", layer("Dense.v1", units=4))
    document.edit("narrower", document.setup.with_network(narrower))
    assert not editor.isVisible()
    document.edit_weight("weight", "dense_2", "weight", (7, 0), 1.0, 0.5)  # it is not there
    assert document.stack.undoText() == "narrower"
    document.edit_weight("weight", "dense_2", "weight", (3, 0), 1.0, 0.5)
    assert document.stack.undoText() == "weight"
    gone = (("dense_2", "weight", (7, 0)), 1.0, 0.0)
    assert not document.edit_weights("zero", [gone])  # no edit that would do nothing
    assert document.stack.undoText() == "weight"
    assert document.edit_weights("zero", [gone, (("dense_2", "weight", (2, 0)), 1.0, 0.0)])
    assert document.stack.undoText() == "zero"


def test_nothing_is_silenced_in_the_past(canvas):
    document = canvas.document
    click(canvas, link(canvas, "dense_2", 1, 0))
    document.look(document.setup, document.data)
    QTest.mouseClick(canvas.weight_editor.lesion, LEFT)
    assert canvas.weight_editor.lesion.text() == "Zero"
    assert document.stack.count() == 0
    document.come_back()
    QTest.mouseClick(canvas.weight_editor.lesion, LEFT)
    assert canvas.weight_editor.lesion.text() == "Restore"
    assert document.stack.count() == 1


def test_nonsense_changes_nothing(canvas, qtbot):
    click(canvas, at(canvas, canvas.layout_now.units["dense_1"][0]))
    field = canvas.weight_editor.field
    with qtbot.assertNotEmitted(canvas.weight_edited):
        field.setText("")
        QTest.keyClicks(field, "abc")
        QTest.keyClick(field, Qt.Key.Key_Return)


# --- structure ---


def test_plus_and_minus_change_units_and_undo_as_one(canvas):
    click(canvas, at(canvas, canvas.layout_now.plus["dense_1"]))
    click(canvas, at(canvas, canvas.layout_now.plus["dense_1"]))
    assert units(canvas, "dense_1") == 10
    assert canvas.by_id["dense_1"].title == "Dense · 10"
    assert canvas.document.stack.undoText() == "Dense: Units 8 → 10"
    canvas.document.stack.undo()
    assert units(canvas, "dense_1") == 8
    click(canvas, at(canvas, canvas.layout_now.minus["dense_2"]))
    assert units(canvas, "dense_2") == 5
    assert not canvas.document.setup.network.errors


def test_a_plus_between_cards_inserts_a_layer(canvas):
    click(canvas, at(canvas, canvas.layout_now.inserts[1].box))
    menu = canvas.insert_menu
    assert menu.isVisible() and menu.search.hasFocus()
    names = [menu.list.item(i).text() for i in range(menu.list.count())]
    assert "Dense" in names and "Dropout" in names and "Input" not in names
    item = menu.list.item(names.index("Dropout"))
    QTest.mouseClick(
        menu.list.viewport(), LEFT, Qt.KeyboardModifier.NoModifier,
        menu.list.visualItemRect(item).center(),
    )  # fmt: skip
    assert not menu.isVisible()
    assert ids(canvas) == ["input", "dense_1", "dropout_1", "dense_2", "dense_3"]
    assert canvas.selected_node() == "dropout_1"
    assert "rate" in canvas.inspector.form.editors
    canvas.document.stack.undo()
    assert ids(canvas) == ["input", "dense_1", "dense_2", "dense_3"]
    assert canvas.selected_node() is None


def test_inserting_by_keyboard(canvas):
    click(canvas, card(canvas, "dense_2"))
    QTest.keyClick(canvas, Qt.Key.Key_Insert)
    search = canvas.insert_menu.search
    QTest.keyClicks(search, "drop")
    assert canvas.insert_menu.list.currentItem().text() == "Dropout"
    QTest.keyClick(search, Qt.Key.Key_Backspace)
    search.clear()
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert ids(canvas)[3].startswith("dense_") and len(ids(canvas)) == 5
    QTest.keyClick(canvas, Qt.Key.Key_Insert)
    QTest.keyClick(search, Qt.Key.Key_Escape)
    assert not canvas.insert_menu.isVisible()
    assert len(ids(canvas)) == 5


def test_delete_heals_the_chain_and_undo_brings_back(canvas):
    click(canvas, card(canvas, "dense_1"))
    assert canvas.selected_node() == "dense_1"
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    assert ids(canvas) == ["input", "dense_2", "dense_3"]
    assert canvas.document.setup.network["dense_2"].inputs == ("input",)
    assert canvas.selected_node() == "dense_2"
    canvas.document.stack.undo()
    assert ids(canvas) == ["input", "dense_1", "dense_2", "dense_3"]


@pytest.mark.parametrize("node", ["input", "dense_3"])
def test_input_and_output_stay(canvas, node):
    click(canvas, card(canvas, node))
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    assert len(ids(canvas)) == 4


def test_dragging_a_card_reorders(canvas):
    start = card(canvas, "dense_1")
    end = at(canvas, canvas.layout_now.inserts[2].box)
    QTest.mousePress(canvas, LEFT, Qt.KeyboardModifier.NoModifier, start)
    QTest.mouseMove(canvas, start + QPoint(40, 2))
    assert canvas.gestures.dragged == "dense_1"
    QTest.mouseMove(canvas, end)
    assert canvas.gestures.drop_after == "dense_2"
    assert not canvas.grab().isNull()  # the mark and the card's ghost
    QTest.mouseRelease(canvas, LEFT, Qt.KeyboardModifier.NoModifier, end)
    assert ids(canvas) == ["input", "dense_2", "dense_1", "dense_3"]
    assert not canvas.document.setup.network.errors
    canvas.document.stack.undo()
    assert ids(canvas) == ["input", "dense_1", "dense_2", "dense_3"]


def test_dropping_a_card_where_it_was_changes_nothing(canvas):
    start = card(canvas, "dense_1")
    QTest.mousePress(canvas, LEFT, Qt.KeyboardModifier.NoModifier, start)
    QTest.mouseMove(canvas, start + QPoint(40, 2))
    QTest.mouseMove(canvas, start + QPoint(5, 2))
    QTest.mouseRelease(canvas, LEFT, Qt.KeyboardModifier.NoModifier, start + QPoint(5, 2))
    assert canvas.document.stack.count() == 0


def test_keys_walk_move_and_change_units(canvas, qtbot):
    canvas.setFocus()
    with qtbot.waitSignal(canvas.selection_changed):
        QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.selected_node() == "input"
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    QTest.keyClick(canvas, Qt.Key.Key_Plus)
    assert units(canvas, "dense_1") == 9
    QTest.keyClick(canvas, Qt.Key.Key_Minus)
    QTest.keyClick(canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert ids(canvas) == ["input", "dense_2", "dense_1", "dense_3"]
    QTest.keyClick(canvas, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert ids(canvas) == ["input", "dense_1", "dense_2", "dense_3"]
    QTest.keyClick(canvas, Qt.Key.Key_End)
    assert canvas.selected_node() == "dense_3"
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.selected_node() is None


def test_add_layer_from_a_palette(canvas):
    canvas.add_layer("Dense.v1")
    assert canvas.selected_node() == ids(canvas)[3]
    canvas.select("dense_3")
    canvas.add_layer("Dropout.v1")
    assert ids(canvas)[-1] == "dense_3" and ids(canvas)[-2] == "dropout_1"


def test_the_context_menu_offers_what_fits(canvas, qtbot):
    from nnstudio.app.canvas.context_menu import open_menu

    open_menu(canvas, card(canvas, "dense_1"), False)
    qtbot.waitUntil(canvas.menu.isVisible)
    enabled = {a.text(): a.isEnabled() for a in canvas.menu.actions() if a.text()}
    canvas.menu.close()
    assert enabled["Remove"] and enabled["Move right"] and not enabled["Move left"]
    open_menu(canvas, card(canvas, "dense_3"), False)
    enabled = {a.text(): a.isEnabled() for a in canvas.menu.actions() if a.text()}
    canvas.menu.close()
    assert "Insert after…" not in enabled and not enabled["Remove"]


# --- settings of the selected layer ---


def test_the_inspector_edits_live_and_keeps_its_focus(canvas):
    canvas.select("dense_1")
    form = canvas.inspector.form
    assert canvas.inspector.isVisible()
    box = form.editors["activation"]
    box.setCurrentIndex(box.findData("relu"))
    box.activated.emit(box.currentIndex())
    assert canvas.document.setup.network["dense_1"].layer.activation == "relu"
    assert canvas.by_id["dense_1"].parts[0] == "ReLU"
    assert canvas.inspector.form is form
    assert canvas.document.stack.undoText() == "Dense: Activation tanh → ReLU"
    canvas.document.stack.undo()
    assert box.currentData() == "tanh"


def test_the_outputs_units_are_locked_to_the_data(canvas):
    canvas.select("dense_3")
    assert not canvas.inspector.form.editors["units"].isEnabled()
    assert canvas.inspector.form.editors["activation"].isEnabled()


def test_typing_in_the_inspector_never_edits_the_network(canvas):
    canvas.select("dense_1")
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    focus = QApplication.focusWidget()
    assert canvas.inspector.isAncestorOf(focus)
    QTest.keyClick(focus, Qt.Key.Key_Delete)
    assert ids(canvas) == ["input", "dense_1", "dense_2", "dense_3"]
    QTest.keyClick(focus, Qt.Key.Key_Escape)
    assert not canvas.inspector.isVisible() and canvas.hasFocus()


def test_units_and_links_by_keyboard(canvas, qtbot):
    canvas.select("dense_1")
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_Down)
    QTest.keyClick(canvas, Qt.Key.Key_Down)
    assert "unit 2" in canvas.hint.words.text
    QTest.keyClick(canvas, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(canvas, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert "x₂ → unit 2" in canvas.hint.words.text
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert canvas.weight_editor.place == ("dense_1", "weight", (1, 1))
    with qtbot.waitSignal(canvas.weight_edited) as told:
        QTest.keyClick(canvas.weight_editor.field, Qt.Key.Key_Up)
    assert tuple(told.args[2]) == (1, 1)
    QTest.keyClick(canvas.weight_editor.field, Qt.Key.Key_Escape)
    QTest.keyClick(canvas, Qt.Key.Key_Up)
    QTest.keyClick(canvas, Qt.Key.Key_Up)
    assert not canvas.hint.isVisible() and canvas.selected_node() == "dense_1"


def test_a_click_beside_a_field_keeps_the_selection(canvas):
    click(canvas, card(canvas, "dense_1"))
    inspector = canvas.inspector
    assert inspector.isVisible()
    window = canvas.window().windowHandle()
    for corner in (QPoint(2, 2), QPoint(inspector.width() - 3, inspector.height() - 3)):
        QTest.mouseClick(
            window, LEFT, Qt.KeyboardModifier.NoModifier, inspector.mapTo(canvas, corner)
        )
        assert inspector.isVisible() and canvas.selected_node() == "dense_1"
    for editor in inspector.form.editors.values():
        middle = editor.mapTo(canvas, editor.rect().center())
        under = canvas.childAt(middle)
        assert under is editor or editor.isAncestorOf(under), (editor, under)
        QTest.mousePress(window, LEFT, Qt.KeyboardModifier.NoModifier, middle)
        QTest.mouseRelease(window, LEFT, Qt.KeyboardModifier.NoModifier, middle)
        popup = QApplication.activePopupWidget()
        if popup is not None:
            popup.hide()
        assert canvas.selected_node() == "dense_1"


def test_one_number_is_enough_for_a_square_kernel(image_canvas):
    canvas = image_canvas
    canvas.select("input")
    canvas.add_layer("Conv2D.v1")
    node = canvas.selected_node()
    field = canvas.inspector.form.editors["kernel"]
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "5")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert canvas.document.setup.network[node].layer.kernel == (5, 5)
