"""The loss curves."""

import dataclasses
import sys
from functools import partial

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from nnstudio.app.metric_curves import Request, choices, span_of
from nnstudio.app.panels.loss import LossPanel
from nnstudio.app.plot import log_ticks, power_text
from nnstudio.app.scatter import few_ticks
from nnstudio.engine.runs import Run
from tests.app.fakes import FakeSession
from tests.app.panels.fakes import curves_of, feed, plane_case, shown, table_case, view_of


def request(**values):
    settings = {"metrics": ("loss",), "logarithmic": False, "smoothing": 0.0, "width": 400}
    return Request(**(settings | values))


@pytest.fixture
def case():
    return plane_case()


def falling(n=100, scale=1.0):
    return scale * np.exp(-np.arange(n) / 30)


def test_curves_are_what_was_recorded(case):
    train, valid = falling(), np.full(100, np.nan)
    valid[::10] = 0.5
    plotted = LossPanel.measure(
        view_of(*case, curves=curves_of(train, valid), running=True), request()
    )
    drawn = plotted.drawn[0]
    np.testing.assert_allclose(drawn.train[1], train)
    np.testing.assert_allclose(drawn.valid[0], np.arange(1, 101, 10))
    assert (*span_of(plotted.lines(False)), plotted.last) == (train.min(), 1.0, 100)


def test_at_rest_validation_reaches_the_last_step(case):
    curves = curves_of(falling())
    plotted = LossPanel.measure(view_of(*case, curves=curves, step=100, valid_loss=0.25), request())
    assert [list(part) for part in plotted.drawn[0].valid] == [[100], [0.25]]
    assert np.isnan(curves.valid_loss).all()


def test_logarithmic_survives_zero(case):
    plotted = LossPanel.measure(
        view_of(*case, curves=curves_of([1.0, 0.1, 0.0]), running=True), request(logarithmic=True)
    )
    np.testing.assert_allclose(plotted.drawn[0].train[1], [0, -1, -12])


def test_smoothing_keeps_the_raw_curve(case):
    noisy = falling(400) + 0.2 * np.random.default_rng(0).standard_normal(400) ** 2
    plotted = LossPanel.measure(
        view_of(*case, curves=curves_of(noisy)), request(smoothing=0.1, width=2000)
    )
    np.testing.assert_allclose(plotted.drawn[0].raw[1], noisy)
    assert np.abs(np.diff(plotted.drawn[0].train[1])).mean() < 0.2 * np.abs(np.diff(noisy)).mean()


def test_other_runs_of_the_same_problem_are_drawn_with_their_names(qtbot, case):
    panel = shown(qtbot, LossPanel, case, (410, 190))
    panel.session = FakeSession()
    runs = panel.session.runs
    assert panel.request().earlier == ()
    before = panel.request()
    runs._runs[1] = Run(1, name="steep", curves=curves_of(falling()), setup=case[0])
    runs.change(1, notes="x")
    assert panel.request() != before  # so the bridge measures again, even while training rests
    feed(panel, view_of(*case, curves=curves_of(falling(5)), running=True))
    x, y = panel._grey[0].getData()
    assert len(x) == 100 and y[0] > 0.9
    assert panel._names[0].isVisible() and panel._names[0].toPlainText() == "steep"
    assert len(panel._train.getData()[0]) == 5
    runs.change(1, hidden=True)
    assert panel.request().earlier == ()
    runs.change(1, hidden=False)
    other, data = plane_case("Xor.v1")
    panel.document.edit("data", other, data=data)
    assert panel.request().earlier == ()


def test_curves_wait_until_what_draws_them_is_loaded_bit_by_bit(qtbot, case, monkeypatch):
    # What waits for pyqtgraph waits here for another module: classes of Qt's are made only once.
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    for name, value in (("PLOT", "colorsys"), ("PAUSE", 0), ("SLICE", 0)):
        monkeypatch.setattr(f"nnstudio.app.plot_loading.{name}", value)
    panel = shown(qtbot, LossPanel, case, (410, 190))
    turns = []
    panel._loading._timer.timeout.connect(partial(turns.append, 1))
    feed(panel, view_of(*case, curves=curves_of(falling(7)), running=True))
    assert panel.plot is None and panel.numbers() is not None
    qtbot.waitUntil(lambda: panel.plot is not None, timeout=20_000)
    assert len(turns) > 500 and not panel._loading._timer.isActive()
    assert len(panel._train.getData()[0]) == 7


def tick(panel, name):
    """Open the menu of metrics and click an entry with the mouse."""
    menu = panel._metric.menu()
    menu.popup(QPoint(0, 0))
    action = next(a for a in menu.actions() if a.data() == name)
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())
    assert menu.isVisible()  # several can be ticked
    menu.close()


def test_one_metric_in_place_of_the_loss(qtbot, case):
    panel = shown(qtbot, LossPanel, case, (410, 190))
    _, smooth, metric, log = panel.header_widgets()
    log.click()
    assert panel.request().log
    feed(panel, view_of(*case, curves=curves_of(falling())))
    assert panel.plot.left.kind == "log"
    tick(panel, "accuracy")
    tick(panel, "loss")
    assert panel.request().metrics == ("accuracy",) and not panel.request().log
    assert metric.text().startswith("accuracy")
    feed(panel, view_of(*case, curves=curves_of(falling(), accuracy=0.75)))
    assert panel.plot.left.kind == "percent" and not panel.plot.right.isVisible()
    assert panel._train.getData()[1][-1] == 0.75
    tick(panel, "accuracy")
    assert panel.request().metrics == ("accuracy",)  # one always stays
    smooth.menu().actions()[3].trigger()
    assert panel.request().smoothing == 0.1


def test_several_metrics_on_two_axes(qtbot, case):
    panel = shown(qtbot, LossPanel, case, (420, 220))
    tick(panel, "f1")
    curves = curves_of(np.linspace(2, 1, 50))
    share = np.linspace(0.5, 0.9, 50)
    sparse = np.where(np.arange(50) % 7 == 0, share - 0.1, np.nan)
    curves = dataclasses.replace(curves, more={"train_f1": share, "valid_f1": sparse})
    feed(panel, view_of(*case, curves=curves, running=True))
    assert panel.plot.left.kind == "plain" and panel.plot.right.kind == "percent"
    assert panel.plot.right.isVisible()
    train, valid = panel._pairs[1]
    low, high = panel.plot.getViewBox().viewRange()[1]
    y = train.getData()[1]
    assert low < y.min() < y.max() < high
    assert y[-1] == pytest.approx(panel.plot.right.placed(np.float64(0.9)))
    ticks = panel.plot.right.tickValues(low, high, 150)[0][1]
    assert "80 %" in panel.plot.right.tickStrings(ticks, 1, 1)
    assert valid.getData()[1][0] == pytest.approx(panel.plot.right.placed(np.float64(0.4)))
    panel.plot.grab()
    middle = panel.plot.getViewBox().sceneBoundingRect().center().toPoint()
    qtbot.mouseMove(panel.plot.viewport(), middle - QPoint(20, 0))
    qtbot.mouseMove(panel.plot.viewport(), middle)
    at = round(panel._crosshair.value()) - 1
    assert f"F1, training {share[at]:.1%}".replace("%", " %") in panel._readout.text()
    assert "F1: training 90.0 %" in panel.summary()
    heads, rows = panel.numbers()
    assert heads[-2:] == ["train_f1", "valid_f1"] and list(rows)[-1][-2] == 0.9
    tick(panel, "train")
    feed(panel, view_of(*case, curves=curves, running=True))
    assert len(train.getData()[1] if train.getData()[1] is not None else []) == 0


def test_what_was_not_measured_is_said(qtbot, case):
    panel = shown(qtbot, LossPanel, case, (420, 220))
    tick(panel, "roc_auc")
    tick(panel, "loss")
    feed(panel, view_of(*case, curves=curves_of(falling()), running=True))
    assert panel._empty.isVisible() and "Train on" in panel._empty.text()


def test_metrics_suit_the_data(qtbot):
    case = table_case("regression")
    panel = shown(qtbot, LossPanel, case)
    names = [a.data() for a in panel._metric.menu().actions() if not a.isSeparator()]
    assert names == ["loss", "mae", "rmse", "r2", "train", "valid"]
    assert list(choices(plane_case()[1])) == [
        "loss", "accuracy", "precision", "recall", "f1", "roc_auc",
    ]  # fmt: skip


def test_a_click_goes_to_the_step(qtbot, case):
    panel = shown(qtbot, LossPanel, case, (420, 200))
    feed(panel, view_of(*case, curves=curves_of(falling(101))))
    port, box = panel.plot.viewport(), panel.plot.getViewBox()
    qtbot.waitUntil(lambda: box.width() > 300)
    at = box.mapViewToScene(QPointF(40, 0)).toPoint()
    with qtbot.waitSignal(panel.document.step_wanted, timeout=3000) as told:
        qtbot.mouseClick(port, Qt.MouseButton.LeftButton, pos=QPoint(at.x(), 80))
    assert abs(told.args[0] - 40) <= 1


def test_hover_reads_step_and_values(qtbot, case):
    panel = shown(qtbot, LossPanel, case, (410, 190))
    train = falling(50)
    feed(panel, view_of(*case, curves=curves_of(train, train + 0.5), running=True))
    panel.plot.grab()
    middle = panel.plot.getViewBox().sceneBoundingRect().center()
    qtbot.mouseMove(panel.plot.viewport(), middle.toPoint() - QPointF(20, 0).toPoint())
    qtbot.mouseMove(panel.plot.viewport(), middle.toPoint())
    assert panel._readout.isVisible() and panel._crosshair.isVisible()
    step = round(panel._crosshair.value())
    assert step in (24, 25, 26)
    assert f"step {step}" in panel._readout.text()
    assert f"{train[step - 1]:.4f}" in panel._readout.text()
    assert f"{train[step - 1] + 0.5:.4f}" in panel._readout.text()


def test_says_what_is_missing_and_what_is_there(qtbot, case):
    panel = shown(qtbot, LossPanel, case)
    feed(panel, view_of(*case, curves=curves_of()))
    assert panel._empty.isVisible() and "when training begins" in panel.summary()
    feed(panel, view_of(*case, curves=curves_of([0.5, 0.25], [0.6, 0.3]), running=True))
    assert not panel._empty.isVisible()
    assert panel.summary() == "After 2 steps: training 0.2500, validation 0.3000."


def test_ticks():
    assert few_ticks(0, 1.05) == [0, 0.5, 1.0]
    assert few_ticks(0, 0.7, 5) == pytest.approx([0, 0.2, 0.4, 0.6])
    assert few_ticks(1, 1) == [] and few_ticks(0, float("nan")) == []
    assert [power_text(at) for at in log_ticks(-2.1, 0.1, 5)] == ["0.01", "0.03", "0.1", "0.3", "1"]
    assert [power_text(at) for at in log_ticks(-9, 0, 4)] == ["1e−9", "1e−6", "0.001", "1"]


def test_a_drag_looks_at_a_part_and_a_double_click_at_all(qtbot):
    case = plane_case()
    panel = shown(qtbot, LossPanel, case, (420, 200))
    feed(panel, view_of(*case, curves=curves_of(train=np.linspace(1, 0.1, 100))))
    port, box = panel.plot.viewport(), panel.plot.getViewBox()
    qtbot.waitUntil(lambda: box.width() > 300)  # laid out
    whole = box.viewRange()[0]
    qtbot.mousePress(port, Qt.MouseButton.LeftButton, pos=QPoint(150, 80))
    qtbot.mouseMove(port, QPoint(200, 80))
    qtbot.mouseRelease(port, Qt.MouseButton.LeftButton, pos=QPoint(260, 80))
    part = box.viewRange()[0]
    assert whole[0] < part[0] < part[1] < whole[1]
    low, high = box.viewRange()[1]
    assert high - low < 0.5
    assert len(list(panel.numbers()[1])) == 100
    qtbot.mouseDClick(port, Qt.MouseButton.LeftButton, pos=QPoint(200, 80))
    assert box.viewRange()[0] == whole
