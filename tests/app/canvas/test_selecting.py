"""Several layers at once: selecting, the clipboard, folding, blocks; and the camera."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from nnstudio.app.canvas.hits import Hit
from nnstudio.core.editing import user_blocks
from nnstudio.core.network import Network
from nnstudio.core.setup import preset
from tests.app.canvas.conftest import image_data, plane_data
from tests.app.canvas.pointer import LEFT, at, card, click, ids, link
from tests.helpers import layer, mlp, setup

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
K, M = Qt.Key, Qt.KeyboardModifier


def key(canvas, name, modifier=M.NoModifier):
    QTest.keyClick(canvas, name, modifier)


@pytest.fixture
def residual(make_canvas):
    """The residual preset's network, on small images; nothing is measured."""
    network = preset("mnist-resnet").network
    network = network.replace("input", layer("Input.v1", shape=[8, 8, 1]))
    return make_canvas(setup(network), image_data(), fed=False)


def test_shift_click_ctrl_a_and_escape(canvas):
    click(canvas, card(canvas, "dense_1"))
    QTest.mouseClick(canvas, LEFT, M.ShiftModifier, card(canvas, "dense_2"))
    assert canvas.selected_nodes() == ("dense_1", "dense_2")
    QTest.mouseClick(canvas, LEFT, M.ControlModifier, card(canvas, "dense_1"))
    assert canvas.selected_nodes() == ("dense_2",)
    key(canvas, K.Key_A, M.ControlModifier)
    assert list(canvas.selected_nodes()) == ids(canvas)
    key(canvas, K.Key_Escape)
    assert canvas.selected_nodes() == ()


def test_a_rubber_band_selects_what_it_touches(canvas):
    first, second = canvas.layout_now.cards["dense_1"], canvas.layout_now.cards["dense_2"]
    start = QPoint(round(first.x) - 4, round(first.bottom) + 14)
    end = QPoint(round(second.right) - 4, round(second.y) + 4)
    QTest.mousePress(canvas, LEFT, M.ShiftModifier, start)
    for share in (0.4, 1.0):
        QTest.mouseMove(canvas, start + (end - start) * share)
    assert canvas.gestures.band is not None and not canvas.grab().isNull()
    QTest.mouseRelease(canvas, LEFT, M.ShiftModifier, end)
    assert canvas.selected_nodes() == ("dense_1", "dense_2")


def test_tab_walks_the_layers(canvas):
    canvas.setFocus()
    canvas.select("input")
    key(canvas, K.Key_Tab)
    assert canvas.selected_node() == "dense_1"
    QTest.keyClick(canvas, K.Key_Backtab, M.ShiftModifier)
    assert canvas.selected_node() == "input"


def test_copy_and_paste_are_text_and_work_between_windows(canvas, make_canvas):
    click(canvas, card(canvas, "dense_1"))
    QTest.mouseClick(canvas, LEFT, M.ShiftModifier, card(canvas, "dense_2"))
    key(canvas, K.Key_C, M.ControlModifier)
    assert '"Dense.v1"' in QGuiApplication.clipboard().text()
    other = make_canvas(setup(mlp(4, 3, 1)), plane_data())
    click(other, card(other, "dense_1"))
    key(other, K.Key_V, M.ControlModifier)
    network = other.document.setup.network
    assert [n.layer.units for n in network.nodes[1:]] == [3, 8, 6, 1]
    assert network.is_chain()
    assert other.document.stack.undoText() == "Paste 2 layers"
    assert len(other.selected_nodes()) == 2


def test_cut_duplicate_and_delete_several(canvas):
    click(canvas, card(canvas, "dense_1"))
    key(canvas, K.Key_D, M.ControlModifier)
    assert len(ids(canvas)) == 5 and canvas.document.stack.undoText() == "Duplicate Dense"
    QTest.mouseClick(canvas, LEFT, M.ShiftModifier, card(canvas, "dense_1"))
    key(canvas, K.Key_Delete)
    assert ids(canvas) == ["input", "dense_2", "dense_3"]
    click(canvas, card(canvas, "dense_2"))
    key(canvas, K.Key_X, M.ControlModifier)
    assert ids(canvas) == ["input", "dense_3"]
    assert canvas.document.setup.network.is_chain()
    key(canvas, K.Key_V, M.ControlModifier)
    assert len(ids(canvas)) == 3


@pytest.mark.parametrize(
    "text", ["", "hello", '{"nnstudio-layers": 3}', '{"nnstudio-layers": [1]}']
)
def test_other_texts_paste_nothing_and_say_so(canvas, text):
    QGuiApplication.clipboard().setText(text)
    key(canvas, K.Key_V, M.ControlModifier)
    assert canvas.document.stack.count() == 0
    assert canvas.hint.isVisible() and canvas.hint.words.text


def test_layers_fold_to_their_card_and_back(canvas):
    assert "dense_1" in canvas.layout_now.units
    click(canvas, at(canvas, canvas.layout_now.folds["dense_1"]))
    assert "dense_1" not in canvas.layout_now.units
    assert canvas.selected_node() == "dense_1"
    key(canvas, K.Key_F)
    assert "dense_1" in canvas.layout_now.units
    assert canvas.document.stack.count() == 0  # a fold is a matter of the view


def test_a_residual_block_folds_unfolds_and_is_kept(residual):
    canvas = residual
    members = ids(canvas)[4:10]
    assert canvas.document.setup.network[members[-1]].layer.type_name == "Add.v1"
    canvas.select_many(members)
    key(canvas, K.Key_F)
    assert canvas.name_field.isVisible()
    QTest.keyClicks(canvas.name_field.field, "First")
    QTest.keyClick(canvas.name_field.field, K.Key_Return)
    assert canvas.selected_columns() == ("block:First",)
    assert canvas.by_id["block:First"].members == tuple(members)
    assert len(canvas.columns) == len(ids(canvas)) - 5
    assert not canvas.grab().isNull()
    canvas.save_selected_block()
    (kept,) = user_blocks.load_blocks()
    assert kept.name == "First" and len(kept.fragment.nodes) == 6
    before = canvas.document.setup.network.parameter_count
    canvas.add_fragment(kept.fragment)
    network = canvas.document.setup.network
    assert not network.errors and network.parameter_count > before
    assert {n.block for n in network.nodes if n.block} == {"First", "First 2"}
    canvas.show_box(canvas.layout_now.cards["block:First"])
    there = at(canvas, canvas.layout_now.cards["block:First"])
    QTest.mouseDClick(canvas, LEFT, M.NoModifier, there)
    assert members[0] in canvas.by_id and "First" in canvas.layout_now.frames
    name = canvas.layout_now.frames["First"]
    canvas.show_box(canvas.layout_now.cards[members[0]])
    x, y = canvas.camera.to_view(name.x + 20, name.bottom - 6)
    assert canvas.gestures.hit(QPointF(x, y)) == Hit("frame", "First")
    click(canvas, QPoint(round(x), round(y)))
    assert "block:First" in canvas.by_id
    canvas.dissolve_block("First")
    assert members[0] in canvas.by_id


def test_what_cannot_be_a_block_is_explained(residual):
    network = residual.document.setup.network
    residual.select_many([network.nodes[3].id, network.nodes[9].id])  # a path leaves and comes back
    key(residual, K.Key_F)
    assert residual.document.stack.count() == 0
    assert "comes back" in residual.hint.words.text


def test_skip_links_run_in_lanes_of_their_own(residual):
    layout = residual.layout_now
    long = [route for route in layout.connectors if len(route.knots) == 4]
    assert len(long) == 3
    for route in long:
        (x0, y), (x1, _) = route.knots[1:3]
        for name, box in layout.cards.items():
            crossed = box.x < x1 and x0 < box.right and box.y < y < box.bottom
            assert not crossed, name


def test_arrows_follow_links(residual):
    add = next(n for n in residual.document.setup.network.nodes if len(n.inputs) == 2)
    residual.setFocus()
    residual.select(add.inputs[1])
    for _ in range(20):
        key(residual, K.Key_Right)
    assert residual.selected_node() != add.inputs[1]
    shown = residual.view_rect(residual.layout_now.cards[residual.selected_node()])
    assert residual.rect().contains(shown.center())  # the view goes along


def test_the_wheel_zooms_and_the_mini_map_shows_the_way(residual):
    canvas = residual
    assert canvas.minimap.isVisible()
    before = canvas.camera.zoom
    point = QPointF(300, 100)
    event = QWheelEvent(
        point, canvas.mapToGlobal(point), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton,
        M.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas, event)
    assert canvas.camera.zoom > before
    x = canvas.camera.x
    end = QPoint(canvas.minimap.width() - 8, canvas.minimap.height() // 2)
    QTest.mouseClick(canvas.minimap, LEFT, M.NoModifier, end)
    assert canvas.camera.x < x
    key(canvas, K.Key_0, M.ControlModifier)
    assert not canvas.minimap.isVisible()
    assert canvas.layout_now.width * canvas.camera.zoom <= canvas.width() + 1


def test_freezing_from_the_menu_is_an_edit(canvas):
    canvas.select("dense_1")
    canvas.freeze_selected()
    assert canvas.document.setup.network["dense_1"].frozen
    assert canvas.document.stack.undoText() == "Freeze Dense"
    canvas.freeze_selected()
    assert not canvas.document.setup.network["dense_1"].frozen


def test_the_middle_button_and_the_space_bar_pan(canvas, qtbot):
    key(canvas, K.Key_Plus, M.ControlModifier)
    x = canvas.camera.x
    start = card(canvas, "dense_1")
    QTest.mousePress(canvas, Qt.MouseButton.MiddleButton, M.NoModifier, start)
    QTest.mouseMove(canvas, start + QPoint(-30, 0))
    QTest.mouseRelease(canvas, Qt.MouseButton.MiddleButton, M.NoModifier, start + QPoint(-30, 0))
    assert canvas.camera.x == pytest.approx(x - 30)
    canvas.gestures.hold_space()
    QTest.mousePress(canvas, LEFT, M.NoModifier, start)
    QTest.mouseMove(canvas, start + QPoint(20, 0))
    QTest.mouseRelease(canvas, LEFT, M.NoModifier, start + QPoint(20, 0))
    with qtbot.assertNotEmitted(canvas.space_tapped):
        QTest.keyRelease(canvas, K.Key_Space)
    assert canvas.camera.x == pytest.approx(x - 10)
    assert canvas.document.stack.count() == 0
    canvas.gestures.hold_space()
    with qtbot.waitSignal(canvas.space_tapped):
        QTest.keyRelease(canvas, K.Key_Space)


def test_advice_is_a_quiet_badge_with_a_mend(make_canvas):
    from tests.helpers import loss

    wrong = setup(mlp(4, 8, 1, last="sigmoid")).with_training(loss=loss("MSE.v1"))
    canvas = make_canvas(wrong, plane_data())
    assert not canvas.by_id["dense_2"].error and canvas.may_run()
    click(canvas, at(canvas, canvas.layout_now.badges["dense_2"]))
    assert canvas.advice_box.isVisible()
    QTest.mouseClick(canvas.advice_box.button, LEFT)
    assert canvas.document.setup.training.loss.type_name == "CrossEntropy.v1"
    assert "dense_2" not in canvas.layout_now.badges


def test_a_link_and_a_unit_are_silenced_and_come_back(canvas):
    told = []
    canvas.document.weight_changed.connect(lambda *place: told.append(place))
    click(canvas, link(canvas, "dense_2", 7, 0))
    editor = canvas.weight_editor
    before = float(canvas.picture.parameters["dense_2", "weight"][7, 0])
    QTest.mouseClick(editor.lesion, LEFT)
    assert told == [("dense_2", "weight", (7, 0), 0.0)]
    assert editor.lesion.text() == "Restore"
    QTest.mouseClick(editor.lesion, LEFT)
    assert told[-1] == ("dense_2", "weight", (7, 0), pytest.approx(before))
    told.clear()
    click(canvas, at(canvas, canvas.layout_now.units["dense_1"][2]))
    QTest.mouseClick(editor.lesion, LEFT)
    assert len(told) == 5 and {value for *_, value in told} == {0.0}
    assert canvas.document.stack.undoText() == "Zero unit 3"
    told.clear()
    canvas.document.stack.undo()
    assert len(told) == 5 and all(value != 0 for *_, value in told)
    assert editor.lesion.text() == "Zero"
    QTest.mouseClick(editor.lesion, LEFT)
    QTest.mouseClick(editor.lesion, LEFT)
    assert editor.lesion.text() == "Zero" and canvas.document.stack.undoText() == "Restore unit 3"
    canvas.document.stack.undo()
    assert editor.lesion.text() == "Restore"
    canvas.document.open(canvas.document.setup, canvas.document.data)  # other work
    assert editor.lesion.text() == "Zero"
    QTest.mouseClick(editor.freeze, LEFT)
    assert canvas.document.setup.network["dense_1"].frozen
    assert editor.freeze.text() == "Thaw"


def test_a_hidden_canvas_is_not_behind_when_a_menu_acts_on_it(canvas):
    click(canvas, card(canvas, "dense_1"))
    canvas.hide()  # as the data page hides it
    canvas.document.edit(
        "remove",
        canvas.document.setup.with_network(canvas.document.setup.network.remove(["dense_1"])),
    )
    canvas.begin_connecting()
    canvas.remove_selected()
    canvas.duplicate_selected()
    canvas.freeze_selected()
    canvas.move_left()
    assert canvas.selected_nodes() == ()
    assert "dense_2" in canvas.document.setup.network
    canvas.show()
    assert "dense_1" not in canvas.by_id


def test_blocks_that_edits_have_led_into_each_other_stay_open(canvas):
    canvas.select("dense_1")
    canvas.add_layer("Tanh.v1")
    canvas.add_layer("ReLU.v1")
    network = canvas.document.setup.network
    chain = [node.id for node in network.nodes][1:-1]
    first, second = chain[0:4:2], chain[1:4:2]  # interwoven: each needs the other before it ends
    for name, some in (("One", first), ("Two", second)):
        network = Network(
            tuple(
                dataclasses.replace(node, block=name) if node.id in some else node
                for node in network.nodes
            )
        )
    canvas.document.edit("interwoven", canvas.document.setup.with_network(network))
    assert "block:One" not in canvas.by_id and "block:Two" not in canvas.by_id
    assert set(chain) <= set(canvas.by_id)
    said = []
    canvas.refused.connect(said.append)
    canvas.fold_block("Two")
    assert canvas.selected_columns() == tuple(second) and "Two" in str(said[0])
    before = canvas.document.setup.network
    canvas.dissolve_block("Two")
    assert "block:One" not in canvas.by_id  # a path still leaves it and comes back
    canvas.document.edit(
        "one after the other", canvas.document.setup.with_network(before.remove(second))
    )
    assert canvas.by_id["block:One"].members == tuple(first)
