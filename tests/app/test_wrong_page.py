"""The most wrong examples: found, shown worst first, and put right."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from nnstudio.analysis.most_wrong import most_wrong
from nnstudio.app.data_page.wrong_page import WrongPage, rows_of
from nnstudio.core.data import Data, Part
from tests.app.panels.fakes import feed, image_case, parameters_of, table_case, view_of
from tests.app.test_data_page import people, recipe, shapes, show  # noqa: F401

LEFT = Qt.MouseButton.LeftButton
random = np.random.default_rng(2)


def test_the_worst_come_first():
    x = random.standard_normal((50, 3)).astype(np.float32)
    y = random.integers(0, 3, (50, 1)).astype(np.float32)
    data = Data("d", "classification", Part(x, y), Part(x, y), ("a", "b", "c"))
    shares = random.dirichlet(np.ones(3), 50)
    found = most_wrong(lambda rows: shares, data, data.train, shown=7)
    missed = [i for i in range(50) if shares[i].argmax() != y[i, 0]]
    worst = sorted(missed, key=lambda i: shares[i, int(y[i, 0])])[:7]
    assert found.places.tolist() == worst
    assert (found.wrong, found.seen) == (len(missed), 50)


def test_numbers_are_as_wrong_as_they_are_far_away():
    y = np.arange(20.0, dtype=np.float32)[:, None]
    data = Data("d", "regression", Part(y, y), Part(y, y))
    said = y + np.where(np.arange(20) == 4, 9.0, 0.1)[:, None]
    said[7] = np.nan
    found = most_wrong(lambda rows: said, data, data.valid)
    assert found.places[0] == 4 and 7 not in found.places


def opened(window, page_data):
    """The page with somebody's predictions in it."""
    window.actions_by_name["most_wrong"].trigger()
    page = window.stage.pages["wrong"].content
    assert isinstance(page, WrongPage) and page.isVisible()
    feed(page, page_data)
    return page


@pytest.mark.parametrize("case", [image_case(), table_case("classification"), table_case()])
def test_every_kind_of_data_is_shown(window, case):
    window.document.open(*case)
    page = opened(window, view_of(*case, parameters_of(case[0].network)))
    shown = page.gallery if case[1].train.x.ndim == 4 else page.view
    assert page.stack.currentWidget() is shown
    assert page.count.text()
    assert not page.label_box.isVisible()  # there is no recipe to correct
    if case[1].train.x.ndim == 2:
        table = rows_of(page.found)
        x = case[1].valid.x[page.found.wrong.places]
        np.testing.assert_allclose(table.column("mass").values, x[:, 3], rtol=1e-3)
        assert page.model.rowCount() == len(x)


def test_a_label_is_put_right_in_one_choice(window, qtbot, shapes):  # noqa: F811
    show(window, qtbot, "OwnImages.v1", shapes)
    document = window.document
    view = SimpleNamespace(
        data=document.data,
        setup=document.setup,
        predict=lambda x: np.linspace(0.9, 0.1, len(x), dtype=np.float32)[:, None],
    )
    page = opened(window, view)
    assert len(page.found.wrong.places)
    place, data = int(page.found.wrong.places[0]), page.found.data
    part = page.found.part
    row = int(data.rows[("train", "valid").index(part)][place])
    qtbot.mouseClick(page.gallery.viewport(), LEFT, pos=QPoint(20, 20))
    was = page.label.currentText()
    page.label.setFocus()
    QTest.keyClick(page.label, Qt.Key.Key_End if was == "round" else Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: len(recipe(window).fixes) == 1)
    other = "square" if was == "round" else "round"
    assert recipe(window).fixes == ((str(row), other),)
    assert document.stack.undoText() == f"Label: {other}"
    window.undo()
    assert recipe(window).fixes == ()


def test_what_somebody_works_on_stays(window, qtbot):
    case = image_case()
    window.document.open(*case)
    page = opened(window, view_of(*case, parameters_of(case[0].network, 1)))
    first = page.found
    page.gallery.choose(0)
    feed(page, view_of(*case, parameters_of(case[0].network, 9)))
    assert page.found is first
    qtbot.keyClick(page.gallery, Qt.Key.Key_Escape)
    assert window.canvas.isVisible()


def test_where_nothing_is_wrong_a_sentence_says_so(window):
    case = table_case("classification")
    window.document.open(*case)
    page = opened(window, view_of(*case, parameters_of(case[0].network)))
    assert page.stack.currentWidget() is page.view
    found = page.found
    right = dataclasses.replace(
        found.wrong, places=found.wrong.places[:0], answers=found.wrong.answers[:0], wrong=0
    )
    page.display(dataclasses.replace(found, wrong=right))
    assert page.stack.currentWidget() is page.none and page.none.isVisible()
    assert f"all {right.seen}" in page.none.text()
