"""Predictions for tables."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint

from nnstudio.analysis.probability import determination
from nnstudio.app.panels.predictions import Predictions
from tests.app.panels.fakes import feed, shown, table_case, view_of


def test_regression_is_in_the_units_of_the_table():
    setup, data = table_case("regression")
    view = view_of(setup, data)
    result = Predictions.measure(view, None)
    expected = view.predict(data.valid.x)[:, 0] * 10 + 50
    np.testing.assert_allclose(result.predicted, expected, rtol=1e-5)
    np.testing.assert_allclose(result.actual, data.valid.y[:, 0] * 10 + 50, rtol=1e-5)
    assert result.fit == pytest.approx(determination(expected, result.actual), rel=1e-4)
    assert result.low < result.actual.min() and result.high > result.actual.max()


def test_classes_are_counted():
    setup, data = table_case("classification")
    view = view_of(setup, data)
    result = Predictions.measure(view, None)
    said = view.predict(data.valid.x).argmax(1)
    truth = data.valid.y[:, 0].astype(int)
    for at in range(3):
        assert result.counts[at] == (truth == at).sum()
        assert result.shares[at] == pytest.approx((said == at)[truth == at].mean())


def test_many_rows_are_thinned_out():
    setup, data = table_case("regression", examples=9000)
    result = Predictions.measure(view_of(setup, data), None)
    assert len(result.actual) == len(result.predicted) == 1000


def test_shows_bars_for_classes_and_points_for_numbers(qtbot):
    case = table_case("classification")
    panel = shown(qtbot, Predictions, case)
    assert "appear here" in panel.summary()
    feed(panel, view_of(*case))
    assert panel.bars.isVisible() and [bar.name for bar in panel.bars.bars] == ["a", "b", "c"]
    assert "Accuracy of each class" in panel.summary()
    qtbot.mouseMove(panel.bars, QPoint(40, 4))
    qtbot.mouseMove(panel.bars, QPoint(41, 5))
    assert "right" in panel.bars._readout.text()
    setup, data = table_case("regression")
    panel.document.edit("data", setup, data=data)
    feed(panel, view_of(setup, data))
    assert panel.scatter.isVisible() and "R²" in panel.summary()


def test_hover_reads_the_nearest_point(qtbot):
    case = table_case("regression")
    panel = shown(qtbot, Predictions, case)
    result = feed(panel, view_of(*case))
    inside = int(np.abs(result.predicted - result.actual).argmin())
    x, y = panel.scatter._points()[inside]
    qtbot.mouseMove(panel.scatter, QPoint(int(x) + 2, int(y) + 1))
    qtbot.mouseMove(panel.scatter, QPoint(int(x), int(y)))
    assert panel.scatter._readout.isVisible()
    assert panel.scatter._readout.text().startswith("actual")


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_the_head_says_what_the_bars_are(qtbot, task):
    panel = shown(qtbot, Predictions, table_case(task))
    assert panel.header_widgets() == [panel.what]
    assert panel.what.isVisibleTo(panel) == (task == "classification")
