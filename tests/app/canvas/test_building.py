"""Networks built by hand, from an empty canvas, with a real pointer and a real keyboard."""

from __future__ import annotations

import hashlib
import time

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

K, M, LEFT = Qt.Key, Qt.KeyboardModifier, Qt.MouseButton.LeftButton


@pytest.fixture(scope="module")
def studio(qapp):
    from nnstudio.app.settings import Settings
    from nnstudio.app.studio import Studio

    made = Studio("mnist-lenet", None, Settings())
    made.window.resize(1440, 900)
    made.start()
    while not made.session.ready:
        qapp.processEvents()
        time.sleep(0.005)
    made.session.step(1)  # starts the engine's helpers, which stay
    while made.session.latest is None or made.session.latest.step < 1:
        qapp.processEvents()
        time.sleep(0.005)
    yield made
    made.document.stack.clear()
    made.close()


class Builder:
    """Does with the canvas what a person does."""

    def __init__(self, studio, qtbot):
        self.studio, self.qtbot = studio, qtbot
        self.canvas, self.stack = studio.window.canvas, studio.document.stack

    @property
    def network(self):
        return self.studio.document.setup.network

    def view(self, at):
        x, y = self.canvas.camera.to_view(*at)
        return QPoint(round(x), round(y))

    def card(self, node):
        card = self.canvas.layout_now.cards[node]
        self.canvas.show_box(card)
        return self.view((card.x + 8, card.y + 8))

    def add(self, text):
        """Insert by keyboard the first layer that a search finds."""
        QTest.keyClick(self.canvas, K.Key_Insert)
        search = self.canvas.insert_menu.search
        QTest.keyClicks(search, text)
        QTest.keyClick(search, K.Key_Return)
        node = self.canvas.selected_node()
        assert not self.canvas.is_editing()
        return node

    def set(self, node, **values):
        """Set fields as the inspector does."""
        from nnstudio.app.canvas import node_edits

        document = self.studio.document
        for name, value in values.items():
            edit = node_edits.change_field(document.setup, document.data, (node,), name, value)
            self.canvas.inspector.edited.emit(edit)

    def drag(self, start, end):
        QTest.mousePress(self.canvas, LEFT, M.NoModifier, start)
        for share in (0.2, 0.6, 1.0):
            QTest.mouseMove(self.canvas, start + (end - start) * share)
        QTest.mouseRelease(self.canvas, LEFT, M.NoModifier, end)

    def pull(self, source, target):
        """Pull a link from a card's port to another card."""
        self.canvas.show_box(self.canvas.layout_now.cards[target])
        port = self.view(self.canvas.layout_now.port(source, right=True))
        self.drag(port, self.card(target))

    def train(self, steps=3):
        session = self.studio.session

        def stands_at(step):
            latest = session.latest
            fits = latest.error is None and set(latest.parameters) == self.wanted()
            return fits and latest.step == step and not latest.running

        session.reset()
        self.qtbot.waitUntil(lambda: stands_at(0), timeout=60_000)
        session.step(steps)
        self.qtbot.waitUntil(lambda: stands_at(steps), timeout=60_000)
        return self.hash()

    def wanted(self):
        return {(n, p.name) for n, f in self.network.facts.items() for p in f.parameters}

    def hash(self):
        made = hashlib.sha256()
        for key, value in sorted(self.studio.session.latest.parameters.items()):
            made.update(repr(key).encode())
            made.update(np.ascontiguousarray(value).tobytes())
        return made.hexdigest()


@pytest.fixture
def builder(studio, qtbot):
    made = Builder(studio, qtbot)
    studio.window.canvas.setFocus()
    while studio.document.stack.canUndo():
        studio.document.stack.undo()
    studio.window.canvas.start_empty()
    studio.document.stack.clear()
    studio.window.canvas.select(None)
    return made


def undo_all_and_redo(builder):
    """All the way to the empty canvas and back."""
    end = builder.studio.document.setup
    while builder.stack.canUndo():
        builder.stack.undo()
    assert len(builder.network.nodes) == 1
    while builder.stack.canRedo():
        builder.stack.redo()
    assert builder.studio.document.setup == end


def test_lenet_from_an_empty_canvas(builder):
    assert not builder.canvas.may_run()
    first = builder.add("conv 2-d")
    builder.set(first, filters=6, kernel=[5, 5], padding="same", activation="tanh")
    builder.add("average pool 2-d")
    second = builder.add("conv 2-d")
    builder.set(second, filters=16, kernel=[5, 5], activation="tanh")
    builder.add("average pool 2-d")
    builder.add("flatten")
    output = builder.add("dense")
    assert builder.network[output].layer.activation == "softmax"
    for units in (120, 84):
        hidden = builder.add("dense")
        builder.set(hidden, units=units, activation="tanh")
    kinds = [node.layer.type_name.split(".")[0] for node in builder.network.nodes]
    assert kinds == ["Input", "Conv2D", "AvgPool2D", "Conv2D", "AvgPool2D", "Flatten",
                     "Dense", "Dense", "Dense"]  # fmt: skip
    assert builder.network.parameter_count == 61_706
    assert builder.canvas.may_run()
    trained = builder.train()
    undo_all_and_redo(builder)
    assert builder.train() == trained


def test_a_residual_net_from_an_empty_canvas(builder):
    first = builder.add("conv 2-d")
    builder.set(first, filters=8, padding="same", stride=[2, 2])
    second = builder.add("conv 2-d")
    builder.set(second, filters=8, padding="same")
    builder.add("global average")
    output = builder.add("dense")
    builder.pull(first, builder.network[output].inputs[0])
    menu = builder.canvas.joint_menu
    assert menu.isVisible()
    assert [b.isEnabled() for b in menu.buttons] == [True] * 4
    QTest.mouseClick(menu.buttons[0], LEFT)
    joint = builder.canvas.selected_node()
    assert builder.network[joint].layer.type_name == "Add.v1"
    assert builder.network[joint].inputs == (second, first)
    assert builder.canvas.may_run()
    trained = builder.train()
    undo_all_and_redo(builder)
    assert builder.train() == trained


def test_a_circle_is_explained_at_the_pointer_and_nothing_happens(builder):
    first = builder.add("conv 2-d")
    second = builder.add("conv 2-d")
    edits = builder.stack.count()
    port = builder.view(builder.canvas.layout_now.port(second, right=True))
    QTest.mousePress(builder.canvas, LEFT, M.NoModifier, port)
    QTest.mouseMove(builder.canvas, port + QPoint(20, 20))
    QTest.mouseMove(builder.canvas, builder.card(first))
    assert builder.canvas.gestures.pull is not None
    assert "circle" in builder.canvas.hint.words.text
    assert not builder.canvas.grab().isNull()
    QTest.mouseRelease(builder.canvas, LEFT, M.NoModifier, builder.card(first))
    assert builder.stack.count() == edits


def test_an_add_that_does_not_fit_offers_a_projection(builder):
    first = builder.add("conv 2-d")
    builder.set(first, filters=4, padding="same")
    second = builder.add("conv 2-d")
    builder.set(second, filters=8, padding="same")
    third = builder.add("conv 2-d")
    builder.pull(first, third)
    menu = builder.canvas.joint_menu
    assert [b.isEnabled() for b in menu.buttons] == [True, True, False, False]
    assert "1 × 1" in menu.buttons[0].text() and menu.buttons[2].toolTip()
    QTest.keyClick(menu.buttons[0], K.Key_Return)
    joint = builder.canvas.selected_node()
    projection = builder.network[joint].inputs[1]
    assert builder.network[projection].layer.filters == 8
    assert builder.network[projection].inputs == (first,)
    assert builder.network.facts[joint].error is None


def test_a_link_is_selected_and_deleted_and_its_joint_goes_too(builder):
    first = builder.add("conv 2-d")
    builder.set(first, filters=8, padding="same")
    second = builder.add("conv 2-d")
    builder.set(second, filters=8, padding="same")
    third = builder.add("conv 2-d")
    builder.canvas.connect_nodes(first, third)
    joint = builder.canvas.selected_node()
    route = next(r for r in builder.canvas.layout_now.connectors if r.edge == (first, joint))
    x, y = route.points[len(route.points) // 4]
    QTest.mouseClick(builder.canvas, LEFT, M.NoModifier, builder.view((x, y)))
    assert builder.canvas.selected_edge() == (first, joint)
    QTest.keyClick(builder.canvas, K.Key_Delete)
    assert joint not in builder.network
    assert builder.network[third].inputs == (second,)


def test_play_says_what_is_wrong_and_a_click_mends_it(builder):
    builder.add("conv 2-d")
    output = builder.add("dense")
    builder.canvas.select(None)
    assert "Flatten" in builder.canvas.by_id[output].error
    builder.studio.window.toggle_play()
    assert not builder.studio.session.playing
    assert builder.canvas.selected_node() == output
    assert "Flatten" in str(builder.studio.window.notice.error)
    mend = builder.canvas.layout_now.mends[output]
    QTest.mouseClick(builder.canvas, LEFT, M.NoModifier, builder.view(mend.centre))
    assert builder.stack.undoText() == "Insert Flatten"
    assert builder.canvas.may_run()


def test_a_layer_that_none_can_read_says_so(builder):
    builder.canvas.select(builder.add("dense"))
    QTest.keyClick(builder.canvas, K.Key_C)
    assert builder.canvas.gestures.pull is None
    assert builder.canvas.hint.words.text == "There is no layer that could read this one."


def test_connecting_by_keyboard(builder):
    first = builder.add("conv 2-d")
    builder.set(first, padding="same")
    second = builder.add("conv 2-d")
    builder.set(second, padding="same")
    third = builder.add("conv 2-d")
    builder.canvas.select(first)
    QTest.keyClick(builder.canvas, K.Key_C)
    assert builder.canvas.gestures.pull.target == third
    QTest.keyClick(builder.canvas, K.Key_Return)
    menu = builder.canvas.joint_menu
    assert menu.isVisible()
    QTest.keyClick(menu.buttons[0], K.Key_Down)
    QTest.keyClick(menu.buttons[1], K.Key_Return)
    joint = builder.canvas.selected_node()
    assert builder.network[joint].layer.type_name == "Concatenate.v1"
