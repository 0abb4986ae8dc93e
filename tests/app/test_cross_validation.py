"""Every fold from the data page: scores appear one by one, and what they say together."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from nnstudio.core import registry
from nnstudio.core.contracts import Dataset
from nnstudio.core.defaults import setup_for

LEFT = Qt.MouseButton.LeftButton


def open_iris(window):
    dataset = registry.find(Dataset, "Iris.v1")()
    data = dataset.load()
    window.document.open(setup_for(dataset, data).with_training(epochs=20), data)


def test_the_folds_of_the_split_are_trained_from_its_card(window, qtbot):
    open_iris(window)
    qtbot.mouseClick(window.databar.pages["Tables"].look, LEFT)
    table = window.stage.pages["data"].content.table
    qtbot.waitUntil(table.isVisible)
    card = table.parts["split"]
    assert not card.every_fold.isVisible()
    card.form.editors["how"].setFocus()
    QTest.keyClick(card.form.editors["how"], Qt.Key.Key_End)
    qtbot.waitUntil(card.every_fold.isVisible)
    folds = card.form.editors["folds"].entry
    folds.setFocus()
    folds.selectAll()
    QTest.keyClicks(folds, "3")
    QTest.keyClick(folds, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.document.setup.dataset.recipe.split.folds == 3)
    before = window.document.setup
    qtbot.mouseClick(card.every_fold, LEFT)
    page = window.stage.pages["folds"].content
    assert page.isVisible() and page.count.value == 3
    qtbot.mouseClick(page.run, LEFT)
    assert page.cancel.isVisible()
    qtbot.waitUntil(lambda: len(page.bars.bars) == 3 and not page.job.busy, timeout=60_000)
    assert [bar.name for bar in page.bars.bars] == ["Fold 1", "Fold 2", "Fold 3"]
    assert page.heading.text() == "Accuracy" and "over 3 folds" in page.words.text()
    assert window.document.setup is before
    window.document.edit("rate", before.with_training(learning_rate=0.5))
    assert "run again" in page.words.text()


def test_it_stops_when_cancelled(window, qtbot):
    open_iris(window)
    window.document.edit("long", window.document.setup.with_training(epochs=100_000))
    window.actions_by_name["cross_validate"].trigger()
    page = window.stage.pages["folds"].content
    qtbot.mouseClick(page.run, LEFT)
    qtbot.waitUntil(lambda: page.bar.value() > 0)
    qtbot.mouseClick(page.cancel, LEFT)
    assert page.run.isVisible() and not page.job.busy
    assert page.words.text() == "Press Run."


def test_points_of_the_plane_have_no_folds(window):
    window.actions_by_name["cross_validate"].trigger()
    assert "Folds are for" in window.notice.text.text()
    assert window.stage.current == ""
