"""Confusion, ROC, calibration, regression and the walk through examples, as a person uses them."""

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from nnstudio.app.panels.calibration import CalibrationPanel
from nnstudio.app.panels.confusion import ConfusionPanel
from nnstudio.app.panels.example import ExamplePanel
from nnstudio.app.panels.learning_rate import LearningRatePanel
from nnstudio.app.panels.most_wrong import MostWrongPanel, Worst
from nnstudio.app.panels.regression import RegressionPanel
from nnstudio.app.panels.roc import RocPanel
from nnstudio.app.selection import Example
from nnstudio.app.view_panel import Missing
from tests.app.panels.fakes import feed, image_case, plane_case, shown, table_case, view_of

metrics = pytest.importorskip("sklearn.metrics")


def truth_and_said(view):
    data = view.data
    output = view.predict(data.prepared(data.valid.x))
    said = output.argmax(1) if output.shape[1] > 1 else (output[:, 0] > 0.5).astype(int)
    return data.valid.y[:, 0].astype(int), said, output


@pytest.mark.parametrize("case", [image_case, plane_case, lambda: table_case("classification")])
def test_the_matrix_is_that_of_scikit_learn(case):
    setup, data = case()
    view = view_of(setup, data)
    truth, said, _ = truth_and_said(view)
    result = ConfusionPanel.measure(view, "valid")
    expected = metrics.confusion_matrix(truth, said, labels=range(len(data.classes)))
    np.testing.assert_array_equal(result.counts, expected)


def test_curves_and_calibration_are_those_of_scikit_learn():
    setup, data = plane_case()
    view = view_of(setup, data)
    truth, _, output = truth_and_said(view)
    (ranking,) = RocPanel.measure(view, None).rankings
    assert ranking.area == pytest.approx(metrics.roc_auc_score(truth, output[:, 0]))
    found = CalibrationPanel.measure(view, None)
    assert found.brier == pytest.approx(metrics.brier_score_loss(truth, output[:, 0]))


@pytest.mark.parametrize("cls", [ConfusionPanel, RocPanel, CalibrationPanel])
def test_views_of_classes_say_what_they_need(qtbot, cls):
    case = table_case()
    panel = shown(qtbot, cls, case)
    feed(panel, view_of(*case))
    assert panel.summary() == ("This view needs classes. The present data has numbers as targets.")
    assert panel.numbers() is None
    setup, data = table_case("classification")
    panel.document.edit("classes", setup, data=data)
    feed(panel, view_of(setup, data))
    assert "needs" not in panel.summary() and panel.numbers() is not None


@pytest.mark.parametrize(
    ("wrong", "matrix", "worst"),
    [
        (
            1,
            "95.0 % are right. One orange is taken for blue.",
            "1 of 20 examples is wrong (5.0 %): ",
        ),
        (
            2,
            "90.0 % are right. The commonest mistake is orange taken for blue, 2 times.",
            "2 of 20 ",
        ),
    ],
)
def test_one_and_many_mistakes_are_told_apart(qtbot, wrong, matrix, worst):
    setup, data = case = plane_case()
    found = dataclasses.replace(
        ConfusionPanel.measure(view_of(setup, data), "valid"),
        counts=np.array([[10 - wrong, wrong], [0, 10]]),
    )
    assert shown(qtbot, ConfusionPanel, case).describe(found) == matrix
    examples = dataclasses.replace(
        found.evaluation, rows=np.arange(20), probabilities=np.full((20, 2), 0.5)
    )
    told = shown(qtbot, MostWrongPanel, case).describe(
        Worst(examples, np.arange(3), np.ones(3), wrong)
    )
    assert told.startswith(worst)


def test_a_cell_shows_its_examples_and_everybody_follows(qtbot):
    case = image_case(classes=3, examples=60)
    panel = shown(qtbot, ConfusionPanel, case, (500, 320))
    result = feed(panel, view_of(*case))
    truth, said = np.argwhere(result.counts > 1)[0]
    area = panel.matrix.area()
    side = area.width() / 3
    place = QPoint(int(area.left() + (said + 0.5) * side), int(area.top() + (truth + 0.5) * side))
    qtbot.mouseClick(panel.matrix, Qt.MouseButton.LeftButton, pos=place)
    assert panel.examples.isVisible()
    assert len(panel.examples.tiles) == result.counts[truth, said]
    selection = panel.document.selection
    assert selection.class_number == truth
    y = case[1].valid.y[:, 0]
    assert all(y[row] == truth for row in panel._rows)
    assert selection.example == Example("valid", panel._rows[0])
    second = panel.examples.places()[1].center().toPoint()
    qtbot.mouseClick(panel.examples, Qt.MouseButton.LeftButton, pos=second)
    assert selection.example == Example("valid", panel._rows[1])
    assert panel.examples.tiles[1].chosen
    qtbot.mouseClick(panel.matrix, Qt.MouseButton.LeftButton, pos=place)
    assert not panel.examples.isVisible() and selection.class_number is None
    qtbot.keyClick(panel.matrix, Qt.Key.Key_Down)
    assert panel.cell == (0, 0)


def test_walking_through_the_data(qtbot):
    case = table_case("classification")
    panel = shown(qtbot, ExamplePanel, case)
    view = view_of(*case)
    feed(panel, view)
    selection = panel.document.selection
    qtbot.mouseClick(panel.forward, Qt.MouseButton.LeftButton)
    assert selection.example == Example("valid", 1)
    qtbot.keyClick(panel, Qt.Key.Key_Left)
    qtbot.keyClick(panel, Qt.Key.Key_Left)
    assert selection.example == Example("valid", len(case[1].valid) - 1)  # round the end
    assert panel.request()[0] == selection.example
    panel.only_wrong.click()
    feed(panel, view)
    truth, said, _ = truth_and_said(view)
    wrong = np.flatnonzero(truth != said)
    for _ in range(3):
        qtbot.mouseClick(panel.forward, Qt.MouseButton.LeftButton)
        assert selection.example.row in wrong
        feed(panel, view)
    assert panel.summary().startswith(f"Example {selection.example.row + 1} of 60: ")


def test_a_point_of_a_regression_can_be_chosen(qtbot):
    case = table_case()
    panel = shown(qtbot, RegressionPanel, case, (420, 320))
    result = feed(panel, view_of(*case))
    np.testing.assert_allclose(result.actual, case[1].valid.y * 10.0 + 50, rtol=1e-5)
    at = int(np.argmin(np.abs(result.predicted[:, 0] - result.actual[:, 0])))
    x, y = panel.chart.pixels(result.actual[:, 0], result.predicted[:, 0])[at]
    qtbot.mouseClick(panel.chart, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y)))
    chosen = panel.document.selection.example.row
    assert result.actual[chosen] == pytest.approx(result.actual[at], abs=1.0)
    other = shown(qtbot, RegressionPanel, plane_case())
    assert isinstance(feed(other, view_of(*plane_case())), Missing)


def test_the_learning_rate_follows_its_schedule(qtbot):
    from nnstudio.core import registry
    from nnstudio.core.contracts import Schedule

    setup, data = plane_case()
    schedule = registry.from_json(Schedule, {"type": "Step.v1"})
    setup = setup.with_training(schedule=schedule, epochs=40, learning_rate=0.2)
    panel = shown(qtbot, LearningRatePanel, (setup, data))
    result = feed(panel, view_of(setup, data, step=3, learning_rate=0.2))
    total = setup.training.epochs * -(-len(data.train) // setup.training.batch_size)
    assert result.step[-1] == total
    np.testing.assert_allclose(result.planned, 0.2 * schedule.factors(result.step, total))
    assert len(list(panel.numbers()[1])) == len(result.step)
    feed(panel, view_of(setup, data, step=9, learning_rate=0.1))
    assert panel.chart.figure.lines[-1].y.tolist() == pytest.approx([0.2, 0.1])


def test_what_is_told_of_a_hidden_view_is_of_the_present_data(qtbot):
    """Ten classes became two while another tab was in front; its tab is asked before it shows."""
    case = image_case()
    panel = shown(qtbot, RocPanel, case)
    feed(panel, view_of(*case))
    panel.hide()
    setup, data = plane_case()
    panel.document.edit("two classes", setup, data=data)
    panel.result = dataclasses.replace(panel.result, classes=(9,) * len(panel.result.classes))
    panel.tell()
    assert panel.accessibleDescription() == panel.sentence()
