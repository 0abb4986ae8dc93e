"""The top bar by mouse and keyboard: every control edits the document, and follows it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from nnstudio.app.widgets.number_combo import NumberCombo
from tests.app.fakes import snapshot

LEFT = Qt.MouseButton.LeftButton


def type_into(control: NumberCombo, text: str) -> None:
    control.entry.setFocus()
    control.entry.selectAll()
    QTest.keyClicks(control.entry, text)
    QTest.keyClick(control.entry, Qt.Key.Key_Return)


def training(window):
    return window.document.setup.training


def test_play_button_and_space_play_and_pause(window, qtbot):
    bar = window.topbar
    qtbot.mouseClick(bar.play, LEFT)
    assert window.session.playing and bar.play.playing
    assert bar.play.accessibleName() == "Pause"
    qtbot.keyClick(window.canvas, Qt.Key.Key_Space)
    assert not window.session.playing and not bar.play.playing
    qtbot.keyClick(window.canvas, Qt.Key.Key_Space)
    assert window.session.told == [("play",), ("pause",), ("play",)]


def test_space_on_a_focused_control_presses_that_control(window, qtbot):
    chip = window.databar.pages["2-D"].features.buttons["x1^2"]
    chip.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(chip, Qt.Key.Key_Space)
    assert "x1^2" in window.document.setup.dataset.features
    assert ("play",) not in window.session.told


def test_a_click_leaves_the_keyboard_where_it_was(window, qtbot):
    window.canvas.setFocus()
    qtbot.mouseClick(window.topbar.step, LEFT, pos=QPoint(10, 10))
    assert window.session.told == [("step", 1)]
    assert window.focusWidget() is window.canvas


def test_step_epoch_and_resets(window, qtbot):
    window.actions_by_name["step_epoch"].trigger()
    qtbot.mouseClick(window.topbar.reset, LEFT, pos=QPoint(10, 10))
    assert window.session.told == [("step_epoch",), ("reset",)]
    seed = training(window).seed
    window.actions_by_name["reset_new"].trigger()
    assert training(window).seed != seed
    assert window.session.told[-1] == ("reset",)
    window.undo()
    assert training(window).seed == seed
    assert window.session.told[-1] == ("reset",)


@pytest.mark.parametrize(
    ("text", "value"),
    [("0.1", 0.1), ("1e-3", 0.001), ("0,05", 0.05), ("0,003", 0.003), (" .5 ", 0.5)],
)
def test_a_typed_learning_rate_counts(window, text, value):
    type_into(window.topbar.controls.learning_rate, text)
    assert training(window).learning_rate == value


@pytest.mark.parametrize("text", ["abc", "-1", "nan", "1e99", "", "inf"])
def test_an_unfit_learning_rate_is_told_and_taken_back(window, text):
    control = window.topbar.controls.learning_rate
    type_into(control, text or " ")
    assert training(window).learning_rate == 0.03
    assert control.entry.text() == "0.03"
    assert window.notice.isVisible()
    assert "Learning rate" in window.notice.text.text()
    type_into(control, "0.1")
    assert not window.notice.isVisible()


def test_escape_takes_back_what_is_being_typed(window):
    control = window.topbar.controls.batch_size
    control.entry.setFocus()
    control.entry.selectAll()
    QTest.keyClicks(control.entry, "77")
    QTest.keyClick(control.entry, Qt.Key.Key_Escape)
    assert control.entry.text() == "10"
    window.canvas.setFocus()
    assert training(window).batch_size == 10


def test_arrows_step_through_usual_values_and_undo_as_one(window):
    control = window.topbar.controls.learning_rate
    control.entry.setFocus()
    QTest.keyClick(control.entry, Qt.Key.Key_Up)
    assert training(window).learning_rate == 0.1
    QTest.keyClick(control.entry, Qt.Key.Key_Down)
    QTest.keyClick(control.entry, Qt.Key.Key_Down)
    assert training(window).learning_rate == 0.01
    QTest.keyClick(control.entry, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert training(window).learning_rate == 0.03
    assert control.entry.text() == "0.03"


def test_the_list_offers_usual_values(window, qtbot):
    control = window.topbar.controls.batch_size
    qtbot.mouseClick(control, LEFT, pos=QPoint(control.width() - 8, 14))
    assert control.menu.isVisible()
    action = next(a for a in control.menu.actions() if a.text() == "64")
    action.trigger()
    control.menu.hide()
    assert training(window).batch_size == 64


def test_undo_and_redo_move_every_control_back_and_forth(window):
    controls = window.topbar.controls
    type_into(controls.batch_size, "32")
    controls.loss.rows["MSE.v1"].click()
    controls.regularization.rows["both"].click()
    type_into(controls.epochs, "7")
    for _ in range(4):
        window.undo()
    assert controls.batch_size.entry.text() == "10"
    assert controls.loss.text() == "Cross-entropy"
    assert controls.epochs.entry.text() == "No end"
    assert not window.topbar.progress.isVisible()
    for _ in range(4):
        window.redo()
    assert controls.batch_size.entry.text() == "32"
    assert controls.loss.text() == "Mean squared error"
    assert controls.regularization.text() == "L1 + L2"
    assert controls.epochs.entry.text() == "7"
    assert window.topbar.progress.isVisible()


def test_an_optimizer_brings_its_own_settings(window, qtbot):
    picker = window.topbar.controls.optimizer
    qtbot.mouseClick(picker, LEFT)
    assert picker.popup.isVisible()
    qtbot.mouseClick(picker.rows["SGD.v1"], LEFT)
    assert training(window).optimizer.type_name == "SGD.v1"
    assert picker.popup.isVisible()
    momentum = picker.form.editors["momentum"]
    type_into(momentum, "0.9")
    assert training(window).optimizer.momentum == 0.9
    qtbot.mouseClick(picker.form.editors["nesterov"], LEFT, pos=QPoint(6, 8))
    assert training(window).optimizer.nesterov
    type_into(momentum, "2")
    assert training(window).optimizer.momentum == 0.9
    assert momentum.entry.text() == "0.9"
    picker.popup.hide()


def test_a_rate_that_nobody_chose_goes_with_the_optimizer(window):
    controls = window.topbar.controls
    type_into(controls.learning_rate, "0.001")
    controls.optimizer.rows["SGD.v1"].click()
    assert training(window).learning_rate == 0.03
    type_into(controls.learning_rate, "0.5")
    controls.optimizer.rows["Adam.v1"].click()
    assert training(window).learning_rate == 0.5


def test_regularization(window):
    box = window.topbar.controls.regularization
    box.rows["l1"].click()
    assert (training(window).l1, training(window).l2) == (0.001, 0.0)
    assert box.text() == "L1 · 0.001"
    type_into(box.rates["l1"], "0.02")
    assert training(window).l1 == 0.02
    box.rows["none"].click()
    assert (training(window).l1, training(window).l2) == (0.0, 0.0)
    assert box.text() == "None"


def test_speed_from_the_bar_and_from_the_menu(window, qtbot):
    speed = window.topbar.speed
    speed.setFocus()
    QTest.keyClick(speed, Qt.Key.Key_End)
    assert window.session.told[-1] == ("speed", 1.0)
    menu = window.menus.submenus["speed"]
    next(action for action in menu.actions() if action.data() == 0).trigger()
    assert window.session.told[-1] == ("speed", None)
    assert speed.currentData() == 0


def test_numbers_follow_training_and_nothing_jumps(window, qtbot):
    bar = window.topbar
    bar.show_snapshot(snapshot(step=9, epoch=0))
    before = bar.controls.pos()
    bar.show_snapshot(snapshot(step=1_234_567, epoch=12_345))
    window.layout().activate()
    assert (bar.epoch.text, bar.step_count.text) == ("12,345", "1,234,567")
    assert bar.controls.pos() == before
    qtbot.waitUntil(lambda: "12,345" in bar.epoch.accessibleName())


def test_progress_and_time_left(window):
    type_into(window.topbar.controls.epochs, "5")
    bar = window.topbar
    bar.show_snapshot(
        snapshot(epoch=2, progress=0.4, seconds_left=21, running=True, examples_per_second=14234)
    )
    assert bar.progress.bar.value() == 400
    assert bar.progress.left.text() == "21 s left"
    assert bar.progress.speed.text() == "14,200 examples/s"
    assert bar.epoch.suffix == "of 5"


def test_a_finished_run_says_so_instead_of_playing(window, qtbot):
    type_into(window.topbar.controls.epochs, "5")
    window.session.latest = snapshot(epoch=5, finished=True)
    qtbot.mouseClick(window.topbar.play, LEFT)
    assert ("play",) not in window.session.told
    assert window.notice.isVisible()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [1024, 1440])
def test_everything_fits(window, qtbot, language, width):
    type_into(window.topbar.controls.epochs, "5")
    window.looks.set_language(language)
    window.resize(width, 768)
    qtbot.waitUntil(lambda: window.width() == width)
    bar = window.topbar
    bar.layout().activate()
    edge = 0
    beside = (bar.step_count,) if width > 1024 else ()
    for part in (bar.reset, bar.play, bar.step, bar.epoch, *beside, bar.progress):
        assert part.x() >= edge
        edge = part.x() + part.width()
    assert bar.controls.x() >= edge
    assert bar.speed.mapTo(bar, bar.speed.rect().topRight()).x() <= bar.width()
    fits = bar.speed.fontMetrics().horizontalAdvance(bar.speed.currentText())
    assert fits <= bar.speed.width() - 30
    for control in bar.controls.numbers.values():
        text = control.fontMetrics().horizontalAdvance(control.entry.text())
        assert text <= control.entry.width()
    for box in (bar.controls.optimizer, bar.controls.loss, bar.controls.regularization):
        assert box.fontMetrics().horizontalAdvance(box.text()) <= box.width() - 30


def test_a_squeezed_list_stays_in_its_place_when_its_texts_change(window, qtbot):
    """A combo box that adjusts itself to its contents would grow over what is beside it."""
    bar = window.topbar
    bar.speed_box.setFixedWidth(98)
    window.looks.set_language("zh")
    qtbot.wait(60)  # Qt's own timer for it takes 20 ms
    assert bar.speed.width() <= bar.speed_box.width()
    bar.speed.setItemText(0, "x" * 60)
    qtbot.wait(60)
    assert bar.speed.width() <= bar.speed_box.width()
    window.looks.set_language("en")
