"""Ctrl+K: everything that the window can do, found by typing, with the keyboard alone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from shiboken6 import delete

from nnstudio.app.palettes.command_list import commands
from nnstudio.app.palettes.fuzzy import score, told_by
from nnstudio.app.palettes.layer_groups import layer_groups
from nnstudio.core import registry
from nnstudio.core.contracts import Optimizer, Schedule
from nnstudio.core.setup import Training, preset_names


@pytest.fixture
def box(window):
    window.activateWindow()
    QTest.keyClick(window.canvas, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    made = window.features["command-palette"].box
    assert made.isVisible()
    return made


def take(box, text):
    """Type, and press Enter."""
    QTest.keyClicks(box.line, text)
    QTest.keyClick(box.line, Qt.Key.Key_Return)


def texts(box):
    return [command.text for command in box.found()]


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ("convolutional", "Add Conv 2-D"),
        ("against overfit", "Add Dropout"),
        ("regularize", "Add Dropout"),
        ("chinese", "Language: 中文"),
        ("projector", "Presentation"),
        ("any other metric", "Panels: Loss"),
        ("mnist: convolutional", "Presets: MNIST: convolutions"),
        ("filters conv", "Add Conv 2-D"),
    ],
)
def test_what_nothing_is_called_is_found_by_what_explains_it(box, typed, means):
    QTest.keyClicks(box.line, typed)
    assert means in texts(box)


@pytest.mark.parametrize(
    ("typed", "foot"),
    [("mnist: conv", "File › Presets"), ("theme: dark", "View › Theme"),
     ("new weights", "Training"), ("chinese", "The whole window in Chinese")],
)  # fmt: skip
def test_the_foot_explains_a_command_or_says_where_it_is(box, typed, foot):
    QTest.keyClicks(box.line, typed)
    assert box.help.text() == foot


def test_a_word_with_another_ending_is_kin_and_a_short_one_is_not():
    assert told_by("normalise", "Layer normalization")
    assert not told_by("convolutional zebra", "Convolution")
    assert not told_by("it", "its items") and not told_by("zebra", "Convolution")
    assert told_by("\u5377\u79ef", "\u4e8c\u7ef4\u5377\u79ef")


def test_every_action_layer_preset_and_setting_is_there(window):
    found = {command.key: command for command in commands(window)}
    shortcuts = {command.shortcut for command in found.values()}
    for action in window.actions_by_name.all():
        if action.objectName() != "commands" and not action.shortcut().isEmpty():
            assert action.shortcut().toString() in shortcuts or not action.isVisible()
    for classes in layer_groups().values():
        assert all(f"Add {cls.label}" in found for cls in classes)
    for base, name in ((Optimizer, "Optimizer"), (Schedule, "Schedule")):
        assert all(f"{name}: {cls.label}" in found for cls in registry.table(base).values())
    assert len([key for key in found if key.startswith("Presets: ")]) == len(preset_names())
    for name in ("learning_rate", "batch_size", "patience", "max_norm"):
        field = Training.__dataclass_fields__[name].metadata["field"]
        assert f"Set {field.label}" in found
    assert "Theme: Dark" in found and "Language: 中文" in found


def test_a_layer_is_added_without_the_mouse(window, box):
    take(box, "add drop")
    assert not box.isVisible()
    kinds = [node.layer.type_name for node in window.document.setup.network.nodes]
    assert "Dropout.v1" in kinds
    window.undo()


def test_chinese_and_english_find_the_same(window, box):
    window.looks.set_language("zh")
    box.close_popup()
    window.features["command-palette"].open_box()
    QTest.keyClicks(box.line, "dropout")
    english = texts(box)[0]
    box.line.setText("随机失活")
    assert english.startswith("添加")
    box.line.setText(english.removeprefix("添加"))
    assert texts(box)[0] == english
    assert box.line.placeholderText().startswith("输入")


def test_the_box_is_as_high_as_what_is_found(box):
    everything = box.height()
    QTest.keyClicks(box.line, "theme: dark")
    assert 0 < box.list.height() < 3 * 30 + 8 and box.height() < everything
    top = box.list.geometry().top()
    QTest.keyClicks(box.line, "zzz")
    assert not box.list.isVisible() and box.help.text() == "Nothing is called that."
    assert box.help.geometry().top() <= top + 8 and box.height() < 100
    QTest.keyClick(box.line, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(box.line, Qt.Key.Key_Delete)
    assert box.list.isVisible() and box.height() == everything


def test_arrows_walk_and_escape_goes_back(window, box):
    first = box.list.currentRow()
    QTest.keyClick(box.line, Qt.Key.Key_Down)
    assert box.list.currentRow() == first + 1
    QTest.keyClick(box.line, Qt.Key.Key_Up)
    QTest.keyClick(box.line, Qt.Key.Key_Escape)
    assert not box.isVisible()
    assert QApplication.focusWidget() is window.canvas


def test_what_was_used_comes_first(window, box):
    take(box, "theme dark")
    assert window.settings.theme == "dark"
    window.features["command-palette"].open_box()
    assert texts(box)[0] == "Theme: Dark"
    take(box, "theme light")
    window.features["command-palette"].open_box()
    assert texts(box)[:2] == ["Theme: Light", "Theme: Dark"]
    assert window.settings.recent_commands.splitlines() == ["Theme: Light", "Theme: Dark"]


def test_optimizer_and_settings_are_reached(window, box):
    take(box, "optimizer rmsprop")
    assert window.document.setup.training.optimizer.type_name == "RMSprop.v1"
    window.features["command-palette"].open_box()
    take(box, "set learning rate")
    rate = window.topbar.controls.learning_rate
    assert QApplication.focusWidget() is rate.entry
    QTest.keyClicks(rate.entry, "0.5")
    QTest.keyClick(rate.entry, Qt.Key.Key_Return)
    assert window.document.setup.training.learning_rate == 0.5


def test_what_is_not_possible_does_nothing(window, box):
    assert not window.document.stack.canRedo()
    QTest.keyClicks(box.line, "redo")
    redo = next(c for c in box.found() if c.key.startswith("Redo"))
    assert not redo.is_possible
    box.line.setText("zzzzqq")
    assert box.list.count() == 0 and box.help.text() == "Nothing is called that."
    QTest.keyClick(box.line, Qt.Key.Key_Return)
    assert box.isVisible()
    box.close_popup()


def test_letters_in_order_are_enough():
    assert score("bn", "Batch norm") > 0
    assert score("conv", "Conv 2-D") > score("conv", "Add Conv 2-D") > 0
    assert score("rate", "Learning rate") > score("rate", "Generate")
    assert score("xyz", "Batch norm") == 0
    assert score("dense add", "Add Dense") > 0


def test_no_two_actions_share_a_shortcut(window):
    taken: set[str] = set()
    for action in window.actions_by_name.all():
        for keys in action.shortcuts():
            assert keys.toString() not in taken, f"{action.objectName()}: {keys.toString()}"
            taken.add(keys.toString())


def opened_from_what_goes(window, name):
    """The box of a feature, opened while a control has the keyboard that is then deleted."""
    gone = QPushButton(window)
    gone.show()
    gone.setFocus()
    window.features[name].open_box()
    box = window.features[name].box
    assert box.heir is gone
    delete(gone)
    return box


def test_the_control_that_had_the_keyboard_may_be_gone_when_the_gallery_closes(window):
    box = opened_from_what_goes(window, "gallery")
    QTest.keyClick(box, Qt.Key.Key_Escape)
    assert not box.isVisible()


def test_the_control_that_had_the_keyboard_may_be_gone_by_then(window, qtbot):
    box = opened_from_what_goes(window, "command-palette")
    take(box, "add drop")
    assert not box.isVisible()
    kinds = [node.layer.type_name for node in window.document.setup.network.nodes]
    assert "Dropout.v1" in kinds
    window.undo()
