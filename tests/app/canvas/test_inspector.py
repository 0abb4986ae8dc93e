"""The inspector: fields, what layers cost, several layers at once, pictures, advice."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from nnstudio.app.canvas import edits
from nnstudio.app.canvas.inspector import Inspector
from nnstudio.core import fields
from nnstudio.core.text import set_language
from tests.app.fakes import document

LEFT = Qt.MouseButton.LeftButton


def network(window):
    return window.document.setup.network


def choose(editor, value):
    """Choose from a list with the keyboard, as a person does."""
    editor.setFocus()
    rows = [editor.itemData(row) for row in range(editor.count())]
    while editor.currentData() != value:
        up = rows.index(value) < editor.currentIndex()
        QTest.keyClick(editor, Qt.Key.Key_Up if up else Qt.Key.Key_Down)


def type_number(editor, text):
    editor.entry.setFocus()
    editor.entry.selectAll()
    QTest.keyClicks(editor.entry, text)
    QTest.keyClick(editor.entry, Qt.Key.Key_Return)


def show(window, *nodes):
    """Show some layers' settings."""
    canvas = window.canvas
    canvas.select(nodes[0])
    canvas.inspector.show_nodes(nodes)
    canvas.inspector.show()
    return canvas.inspector


class Bench(QWidget):
    """An inspector of several layers, and the document that it edits."""

    def __init__(self):
        super().__init__()
        self.document = document()
        self.inspector = Inspector(self.document, self)
        self.inspector.edited.connect(self.take)
        self.resize(900, 300)

    @Slot(object)
    def take(self, edit):
        self.document.edit(edit.name, edit.after, merge=edit.merge)
        self.show_nodes(*self.inspector.nodes)

    def show_nodes(self, *nodes):
        self.inspector.show_nodes(nodes)
        self.inspector.resize(self.inspector.size_for(880))
        self.inspector.show()

    def undo(self):
        self.document.stack.undo()
        self.show_nodes(*self.inspector.nodes)


@pytest.fixture
def bench(qtbot):
    made = Bench()
    qtbot.addWidget(made)
    made.show()
    return made


def hidden(window):
    """The ids of the two hidden layers."""
    return [node.id for node in network(window).nodes[1:3]]


def test_the_head_says_what_a_layer_is_and_costs(window):
    one, _ = hidden(window)
    inspector = show(window, one)
    head = inspector.head
    assert head.title.text() == "Dense · 8"
    assert head.costs.text() == "Output 8 · 40 parameters · 80 FLOP · 160 B"
    assert head.formula.formula == "y = tanh(x W + b)"
    assert head.numbers.text() == "x 4, W 4 × 8, b 8 → y 8"
    type_number(inspector.form.editors["units"], "12")
    assert head.title.text() == "Dense · 12"
    assert head.costs.text().startswith("Output 12 · 60 parameters")
    choose(inspector.form.editors["activation"], "linear")
    assert head.formula.formula == "y = x W + b"
    QTest.mouseClick(inspector.form.editors["use_bias"], LEFT)
    assert head.formula.formula == "y = x W"


def test_every_field_says_what_fits(window):
    inspector = show(window, hidden(window)[0])
    units = inspector.form.editors["units"]
    assert units.toolTip().endswith("1 to 65,536")
    type_number(units, "0")
    assert network(window)[hidden(window)[0]].layer.units == 8
    assert units.entry.text() == "8"


def test_a_layer_can_be_frozen_and_slowed(window):
    one, _ = hidden(window)
    learning = show(window, one).learning
    QTest.mouseClick(learning.editors["frozen"], LEFT, pos=QPoint(8, 14))
    assert network(window)[one].frozen
    assert window.document.stack.undoText() == "Dense: Frozen on"
    type_number(learning.editors["rate_factor"], "0.1")
    assert network(window)[one].rate_factor == pytest.approx(0.1)
    window.undo()
    window.undo()
    assert not network(window)[one].frozen and network(window)[one].rate_factor == 1.0
    assert not learning.editors["frozen"].isChecked()


def test_what_has_no_weights_cannot_be_frozen(window):
    window.canvas.add_layer("Dropout.v1")
    assert window.canvas.inspector.learning is None


def test_several_layers_are_edited_together_as_one_step(bench):
    nodes = hidden(bench)
    bench.show_nodes(*nodes)
    inspector, form = bench.inspector, bench.inspector.form
    assert inspector.head.title.text() == "2 layers"
    assert form.mixed == {"units"}
    assert form.editors["units"].entry.text() == ""
    assert form.editors["units"].entry.placeholderText() == "mixed"
    choose(form.editors["activation"], "relu")
    assert [network(bench)[n].layer.activation for n in nodes] == ["relu", "relu"]
    bench.undo()
    assert [network(bench)[n].layer.activation for n in nodes] == ["tanh", "tanh"]
    type_number(form.editors["units"], "5")
    assert [network(bench)[n].layer.units for n in nodes] == [5, 5]
    assert bench.document.stack.undoText() == "2 layers: Units 5"
    assert form is inspector.form and form.editors["units"].entry.text() == "5"


def test_layers_of_several_kinds_share_what_they_have_in_common(bench):
    one, other = hidden(bench)
    setup, norm = edits.insert(bench.document.setup, bench.document.data, other, "BatchNorm.v1")
    bench.document.edit("norm", setup)
    bench.show_nodes(one, norm)
    learning = bench.inspector.learning
    assert bench.inspector.form.fields == {}
    assert set(learning.fields) == {"frozen", "rate_factor"}
    QTest.mouseClick(learning.editors["frozen"], LEFT, pos=QPoint(8, 14))
    assert network(bench)[norm].frozen and network(bench)[one].frozen
    assert bench.document.stack.undoText() == "2 layers: Frozen on"


def test_pictures_show_the_activation_and_the_first_weights(window):
    inspector = show(window, hidden(window)[0])
    curve, spread = inspector.sketches
    assert curve.sketch.name == "Tanh" and spread.sketch.bars is not None
    before = curve.grab().toImage()
    choose(inspector.form.editors["activation"], "relu")
    assert curve.sketch.name == "ReLU"
    assert curve.grab().toImage() != before
    window.canvas.add_layer("Dropout.v1")
    assert curve.sketch is None and not curve.isVisible()
    window.canvas.add_layer("Sigmoid.v1")
    assert curve.sketch.name == "Sigmoid" and curve.isVisible()


def test_advice_is_followed_by_a_press_and_undone(window, qtbot):
    setup = window.document.setup
    output = network(window).output
    layer = fields.changed(output.layer, activation="tanh")
    window.document.edit("x", setup.with_network(network(window).replace(output.id, layer)))
    inspector = show(window, output.id)
    assert inspector.advice.isVisible() and "Tanh keeps" in inspector.advice.words.text()
    set_language("zh")
    inspector.show_nodes((output.id,))
    assert inspector.advice.button.text() == "改用 sigmoid 输出"
    set_language("en")
    qtbot.mouseClick(inspector.advice.button, LEFT)
    assert network(window).output.layer.activation == "sigmoid"
    assert not inspector.advice.isVisible()
    assert window.document.stack.undoText() == "Use sigmoid output"
    window.undo()
    assert inspector.advice.isVisible()


def test_what_is_seldom_needed_folds_where_room_is_short(window):
    found = document("mnist-lenet")
    window.document.open(found.setup, found.data)
    window.resize(1024, 768)
    conv = network(window).nodes[1].id
    canvas = window.canvas
    canvas.select(conv)
    inspector = canvas.inspector
    pairs = inspector.form.pairs
    assert inspector.fold.isVisible()
    assert pairs["filters"].isVisible() and not pairs["dilation"].isVisible()
    folded = inspector.height()
    QTest.mouseClick(inspector.fold, LEFT)
    assert pairs["dilation"].isVisible() and inspector.height() > folded
    assert inspector.geometry().bottom() < canvas.height()
    shown = [p for p in pairs.values() if p.isVisible()]
    inside = inspector.rect()
    for pair in shown:
        corner = pair.mapTo(inspector, QPoint(pair.width(), pair.height()))
        assert inside.contains(corner), pair
    QTest.mouseClick(inspector.fold, LEFT)
    assert inspector.height() == folded


def test_an_edit_keeps_what_was_set_elsewhere_meanwhile(window):
    one, _ = hidden(window)
    inspector = show(window, one)
    window.document.edit("Batch", window.document.setup.with_training(batch_size=7))
    type_number(inspector.form.editors["units"], "12")
    assert network(window)[one].layer.units == 12
    assert window.document.setup.training.batch_size == 7
    window.undo()
    assert network(window)[one].layer.units == 8
    assert window.document.setup.training.batch_size == 7


def test_a_list_that_outlives_its_layer_changes_nothing(window):
    one, _ = hidden(window)
    inspector = show(window, one)
    editor = inspector.form.editors["activation"]
    window.document.edit(
        "Remove", window.document.setup.with_network(network(window).remove([one]))
    )
    left = window.document.setup
    editor.activated.emit((editor.currentIndex() + 1) % editor.count())
    assert window.document.setup is left and not window.bridge.failures
