"""Trying a row: controls by column, the prediction as they move, the curve."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from nnstudio.app.panels.try_row import TryRow
from nnstudio.core import registry
from nnstudio.core.contracts import Dataset
from nnstudio.core.defaults import setup_for
from tests.app.panels.fakes import feed, image_case, parameters_of, shown, view_of


def case(path, target):
    rows = [f"{i % 10},{['red', 'green', 'blue'][i % 3]},{i % 10 * 2 + i % 3}" for i in range(90)]
    path.write_text("width,colour,price\n" + "\n".join(rows) + "\n")
    recipe = {"targets": [target]}
    made = registry.from_json(Dataset, {"type": "OwnTable.v1", "path": str(path), "recipe": recipe})
    data = made.load()
    return setup_for(made, data), data


@pytest.fixture
def prices(tmp_path):
    return case(tmp_path / "prices.csv", "price")


def predicted(view, panel):
    return view.data.in_units(view.predict(panel._row[None]).astype(np.float64))[0, 0]


def test_a_slider_moves_the_prediction(qtbot, prices):
    panel = shown(qtbot, TryRow, prices, (300, 700))
    view = view_of(*prices, parameters_of(prices[0].network))
    feed(panel, view)
    before = panel.number.text()
    slider = panel.controls[0].slider
    slider.slider.setFocus()
    for _ in range(20):
        QTest.keyClick(slider.slider, Qt.Key.Key_Right)
    width = panel.columns[0]
    assert width.decode(panel._row[None, :1])[0] == pytest.approx(slider.value, abs=1e-4)
    result = feed(panel, view)
    assert result.values[0] == pytest.approx(predicted(view, panel))
    assert panel.number.text() != before
    assert panel.caption.text() == "price by width"
    curve = panel.plot.curve
    assert np.interp(curve.now, curve.at, curve.row) == pytest.approx(result.values[0], rel=0.02)


def test_a_category_is_chosen_from_a_list(qtbot, prices):
    panel = shown(qtbot, TryRow, prices, (300, 700))
    colours = panel.controls[1].list
    names = [colours.itemText(at) for at in range(colours.count())]
    assert names == ["(missing)", "blue", "green", "red"]
    colours.setFocus()
    QTest.keyClick(colours, Qt.Key.Key_End)
    assert panel._row[1:4].tolist() == [0, 0, 1]
    result = feed(panel, view_of(*prices))
    assert panel.plot.curve.labels == ("blue", "green", "red") and result.curve.now == 2
    QTest.keyClick(colours, Qt.Key.Key_Home)
    assert panel._row[1:4].tolist() == [0, 0, 0]


def test_classes_get_bars_that_sum_to_one(qtbot, tmp_path):
    made = case(tmp_path / "kinds.csv", "colour")
    panel = shown(qtbot, TryRow, made, (300, 700))
    feed(panel, view_of(*made))
    assert [bar.name for bar in panel.bars.bars] == ["blue", "green", "red"]
    assert sum(bar.share for bar in panel.bars.bars) == pytest.approx(1)
    assert sum(bar.strong for bar in panel.bars.bars) == 1
    assert "The network predicts" in panel.summary()


def test_an_example_is_a_row_of_the_validation_data(qtbot, prices):
    panel = shown(qtbot, TryRow, prices, (300, 700))
    panel._example.click()
    assert (prices[1].valid.x == panel._row).all(1).any()


def test_data_that_is_no_table_is_told(qtbot):
    panel = shown(qtbot, TryRow, image_case(), (300, 300))
    assert panel.note.isVisible() and not panel.controls
    assert feed(panel, view_of(*image_case())) is None
