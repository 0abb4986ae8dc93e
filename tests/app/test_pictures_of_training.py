"""Losses and schedules are drawn beside their forms; what cannot be chosen says why."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from nnstudio.app.widgets.sketch import SketchView, short_number

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def controls(window):
    made = window.topbar.controls
    yield made
    for picker in made.specs.values():
        picker.popup.hide()


def curve(picker):
    return picker.detail.view.sketch.curves[0]


def test_the_loss_is_drawn_over_the_probability(controls, qtbot):
    qtbot.mouseClick(controls.loss, LEFT)
    view = controls.loss.detail.view
    assert view.isVisible()
    x, y, _ = curve(controls.loss)
    assert np.allclose(y, -np.log(x), atol=1e-6)
    qtbot.mouseClick(controls.loss.rows["MSE.v1"], LEFT)
    x, y, _ = curve(controls.loss)
    assert np.allclose(y, (1 - x) ** 2, atol=1e-6)


def test_the_schedule_follows_rate_epochs_and_its_own_settings(window, controls, qtbot):
    setup = window.document.setup
    window.document.edit("x", setup.with_training(epochs=40, learning_rate=0.2))
    qtbot.mouseClick(controls.schedule, LEFT)
    qtbot.mouseClick(controls.schedule.rows["Cosine.v1"], LEFT)
    x, y, _ = curve(controls.schedule)
    assert round(x[-1]) == 40
    assert y[0] == pytest.approx(0.2) and y[-1] < 0.01
    before = controls.schedule.detail.view.grab().toImage()
    end = controls.schedule.form.editors["end"]
    end.entry.setFocus()
    end.entry.selectAll()
    QTest.keyClicks(end.entry, "0.5")
    QTest.keyClick(end.entry, Qt.Key.Key_Return)
    _, y, _ = curve(controls.schedule)
    assert y[-1] == pytest.approx(0.1, abs=0.01)
    assert controls.schedule.detail.view.grab().toImage() != before


def test_without_a_schedule_the_box_says_constant(window, controls):
    assert window.document.setup.training.schedule is None
    assert controls.schedule.text() == "Constant"


def test_an_optimizer_of_the_whole_set_leaves_no_batch_size(window, controls):
    assert controls.batch_size.isEnabled()
    controls.optimizer.rows["Rprop.v1"].click()
    assert window.document.setup.training.optimizer.whole_set
    assert not controls.batch_size.isEnabled()
    assert "whole training set" in controls.batch_size.toolTip()
    window.undo()
    assert controls.batch_size.isEnabled()
    assert "whole training set" not in controls.batch_size.toolTip()


def test_an_optimizer_shows_its_formula_and_no_picture(controls, qtbot):
    qtbot.mouseClick(controls.optimizer, LEFT)
    assert "√" in controls.optimizer.detail.formula.formula
    assert not controls.optimizer.detail.view.isVisible()


def test_small_figures():
    assert [short_number(v) for v in (-4.0, 0.03, 50.0, 1e-5)] == ["−4", "0.03", "50", "1e−5"]


def test_a_view_without_a_picture_hides(qtbot):
    view = SketchView()
    qtbot.addWidget(view)
    view.show_sketch(None)
    assert not view.isVisible() and view.sketch is None
