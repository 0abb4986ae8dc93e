"""The data page: rows, columns, charts, the recipe's forms, images, augmentation, labels."""

from __future__ import annotations

import dataclasses
import time

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from nnstudio.app.data.data_change import change_dataset
from nnstudio.app.data_page.gallery import Gallery, Pictures
from nnstudio.app.data_page.table_model import TableModel
from nnstudio.core import registry
from nnstudio.core.contracts import Dataset
from nnstudio.core.defaults import setup_for
from nnstudio.core.setup import preset
from nnstudio.core.sources.raw import CATEGORY, NUMBER, RawColumn, RawTable

LEFT = Qt.MouseButton.LeftButton
random = np.random.default_rng(5)


def show(window, qtbot, kind, path, **recipe):
    """Open own data, and its page."""
    values = {"type": kind, "path": str(path), "recipe": recipe}
    made = registry.from_json(Dataset, values)
    data = made.load()
    window.document.open(setup_for(made, data), data)
    qtbot.mouseClick(window.databar.pages[made.group].look, LEFT)
    page = window.stage.pages["data"].content
    qtbot.waitUntil(lambda: page.isVisible() and not page.job.busy and page.stack.isVisible())
    return page


@pytest.fixture
def people(tmp_path):
    path = tmp_path / "people.csv"
    rows = []
    for i in range(80):
        age = "" if i == 3 else 20 + i % 40
        income = 9000 if i == 7 else 100 + (i * 37) % 50
        rows.append(f"{age},{income},{'ABC'[i % 3]},2024-01-{1 + i % 28:02},{'yn'[i % 2]}")
    path.write_text("age,income,town,day,answer\n" + "\n".join(rows) + "\n")
    return path


@pytest.fixture
def page(window, qtbot, people):
    return show(window, qtbot, "OwnTable.v1", people)


def recipe(window):
    return window.document.setup.dataset.recipe


def test_rows_show_what_is_in_the_file(page):
    model = page.table.model
    assert (model.rowCount(), model.columnCount()) == (80, 5)
    first = [model.data(model.index(0, column)) for column in range(5)]
    assert first == ["20", "100", "A", "2024-01-01", "y"]
    assert model.data(model.index(3, 0)) == "–"
    header = model.headerData(4, Qt.Orientation.Horizontal)
    assert header == "answer\ncategory · target"
    far = model.index(7, 1)
    assert model.data(far, Qt.ItemDataRole.ForegroundRole) is not None
    assert "Far from the others" in model.data(far, Qt.ItemDataRole.ToolTipRole)
    assert model.data(model.index(8, 1), Qt.ItemDataRole.ForegroundRole) is None
    assert "training" in page.facts.text() and "16 validation" in page.facts.text()


def test_a_click_on_a_column_shows_what_it_is_like(page, qtbot):
    view = page.table.view
    place = view.visualRect(page.table.model.index(2, 1)).center()
    qtbot.mouseClick(view.viewport(), LEFT, pos=place)
    card = page.table.card
    assert card.title.text() == "income"
    assert "1 outliers" in card.facts.text()
    page.table.select("age")
    assert "1 missing" in card.facts.text()
    page.table.select("day")
    assert card.facts.text().startswith("median 2024-01-1")
    page.table.select("town")
    assert card.form.editors["encode"].isVisible() and not card.form.editors["scale"].isVisible()


def test_a_columns_treatment_is_an_edit(window, page, qtbot):
    page.table.select("town")
    combo = page.table.card.form.editors["encode"]
    combo.setFocus()
    QTest.keyClick(combo, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: recipe(window).column("town").encode == "ordinal")
    assert window.document.data.feature_names.count("town") == 1
    assert window.document.stack.undoText() == "town: Encoding Ordinal"
    window.undo()
    assert recipe(window).column("town").encode == "automatic"
    qtbot.waitUntil(lambda: combo.currentData() == "automatic")


def test_what_is_ignored_is_no_input(window, page, qtbot):
    page.table.select("income")
    combo = page.table.card.form.editors["kind"]
    combo.setFocus()
    QTest.keyClick(combo, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: "income" not in window.document.data.feature_names)
    qtbot.waitUntil(lambda: "ignored" in page.table.model.headerData(1, Qt.Orientation.Horizontal))


def test_another_target_is_one_click(window, page, qtbot):
    page.table.select("income")
    qtbot.mouseClick(page.table.card.target, LEFT)
    qtbot.waitUntil(lambda: window.document.data.target_names == ("income",))
    assert window.document.data.task == "regression"
    qtbot.waitUntil(lambda: not page.table.card.target.isVisible())


def test_the_split_is_chosen_in_a_form(window, page, qtbot):
    form = page.table.parts["split"].form
    assert not form.editors["folds"].isVisibleTo(form)
    form.editors["how"].setFocus()
    QTest.keyClick(form.editors["how"], Qt.Key.Key_End)
    qtbot.waitUntil(lambda: recipe(window).split.how == "folds")
    qtbot.waitUntil(lambda: form.editors["folds"].isVisibleTo(form))
    assert len(window.document.data.valid) == 16


def test_a_click_on_the_correlation_shows_the_pair(page, qtbot):
    table = page.table
    qtbot.mouseClick(table.tabs.button("correlation"), LEFT)
    names = table.map.names
    area = table.map._area()
    cell = area.width() / len(names)
    at = QPoint(round(area.left() + 1.5 * cell), round(area.top() + 0.5 * cell))
    qtbot.mouseClick(table.map, LEFT, pos=at)
    assert table.tabs.current == "points" and table.points.isVisible()
    points = table.points
    assert (points.across.name, points.up.name) == (names[1], names[0])
    assert len(points.across.values) == 79  # one age is missing
    assert points.legend == ("n", "y")
    table.first.setFocus()
    while table.first.currentData() != "town":
        qtbot.keyClick(table.first, Qt.Key.Key_Down)
    assert [text for _, text in points.across.ticks(5)] == ["A", "B", "C"]
    while table.first.currentData() != "day":
        qtbot.keyClick(table.first, Qt.Key.Key_Down)
    assert all(text.startswith("2024-01") for _, text in points.across.ticks(3))


def test_a_leak_is_pointed_out(window, qtbot, tmp_path):
    path = tmp_path / "leak.csv"
    rows = [f"{i % 7},{i % 2 * 10},{'yn'[i % 2]}" for i in range(60)]
    path.write_text("a,copy,answer\n" + "\n".join(rows) + "\n")
    page = show(window, qtbot, "OwnTable.v1", path)
    assert page.warnings.isVisible() and "copy" in page.warnings.text()


def test_escape_goes_back_to_the_network(window, page, qtbot):
    assert not window.canvas.isVisible()
    qtbot.keyClick(page.table.view, Qt.Key.Key_Escape)
    assert window.canvas.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    assert page.isVisible() and window.actions_by_name["data_page"].isChecked()


def test_the_page_speaks_chinese(window, page):
    window.looks.set_language("zh")
    assert "类别" in page.table.model.headerData(2, Qt.Orientation.Horizontal)
    window.looks.set_language("en")


def test_a_million_rows_scroll_like_ten(qtbot):
    from nnstudio.app.data_page.table_page import TableView

    columns = [RawColumn(f"c{i}", NUMBER, random.standard_normal(1_000_000)) for i in range(3)]
    columns.append(RawColumn("word", CATEGORY, np.zeros(1_000_000, np.int32), ("only",)))
    model, view = TableModel(), TableView()
    qtbot.addWidget(view)
    view.setModel(model)
    view.resize(600, 400)
    begin = time.process_time()
    model.show_table(RawTable("t", tuple(columns)), {}, (), {})
    view.fit_columns()
    with qtbot.waitExposed(view):
        view.show()
    for share in np.linspace(0, 1, 11):
        view.verticalScrollBar().setValue(round(share * view.verticalScrollBar().maximum()))
        view.viewport().repaint()
    assert time.process_time() - begin < 1.5
    assert model.headerData(999_999, Qt.Orientation.Vertical) == "1,000,000"


# --- images ---


@pytest.fixture
def shapes(tmp_path):
    folder = tmp_path / "shapes"
    for name, colour in (("round", 200), ("square", 90)):
        (folder / name).mkdir(parents=True)
        for i in range(20):
            pixels = np.full((12, 12), colour, np.uint8)
            pixels[i % 12] = 0
            Image.fromarray(pixels).save(folder / name / f"{i:02}.png")
    return folder


def test_images_are_shown_by_class_and_part(window, qtbot, shapes):
    gallery = show(window, qtbot, "OwnImages.v1", shapes).gallery
    assert len(gallery.gallery.pictures.captions) == len(window.document.data.train)
    gallery.kind.setFocus()
    QTest.keyClick(gallery.kind, Qt.Key.Key_End)
    assert set(gallery.gallery.pictures.captions) == {"square"}
    assert (gallery.gallery.pictures.x[0] <= 90).all()
    gallery.part.setFocus()
    QTest.keyClick(gallery.part, Qt.Key.Key_End)
    assert len(gallery.gallery.pictures.captions) == int((window.document.data.valid.y == 1).sum())


def test_augmentation_is_previewed_and_applied(window, qtbot, shapes):
    page = show(window, qtbot, "OwnImages.v1", shapes)
    gallery = page.gallery
    qtbot.waitUntil(lambda: len(gallery.preview.pictures.captions) == 8, timeout=20_000)
    before = np.array(gallery.preview.pictures.x)
    box = gallery.cards["augmentation"].form.editors["upside_down"]
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.document.data.augmentation is not None)
    qtbot.waitUntil(lambda: (np.array(gallery.preview.pictures.x) != before).any())
    one = np.array(gallery.preview.pictures.x)
    gallery.again.click()
    qtbot.waitUntil(lambda: (np.array(gallery.preview.pictures.x) != one).any())
    assert recipe(window).augmentation.upside_down


def test_a_label_is_put_right_and_taken_back(window, qtbot, shapes):
    page = show(window, qtbot, "OwnImages.v1", shapes)
    gallery = page.gallery
    qtbot.mouseClick(gallery.gallery.viewport(), LEFT, pos=QPoint(20, 20))
    assert gallery.label.currentText() == "round" and gallery.name.text().startswith("round/")
    counts = (window.document.data.train.y == 1).sum() + (window.document.data.valid.y == 1).sum()
    gallery.label.setFocus()
    QTest.keyClick(gallery.label, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: len(recipe(window).fixes) == 1)
    data = window.document.data
    assert (data.train.y == 1).sum() + (data.valid.y == 1).sum() == counts + 1
    assert window.document.stack.undoText() == "Label: square"
    window.undo()
    assert recipe(window).fixes == ()


def test_a_gallery_draws_only_what_is_in_sight_and_obeys_the_keys(qtbot):
    class Counted:
        shape = (60_000, 8, 8, 1)
        asked: set[int] = set()

        def __getitem__(self, place):
            self.asked.add(place)
            return np.zeros((8, 8, 1), np.uint8)

    x = Counted()
    gallery = Gallery()
    qtbot.addWidget(gallery)
    gallery.resize(400, 300)
    gallery.show_pictures(Pictures(x, ["a"] * 60_000))
    with qtbot.waitExposed(gallery):
        gallery.show()
    gallery.grab()
    assert 0 < len(x.asked) < 60
    chosen = []
    gallery.chosen.connect(chosen.append)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down):
        qtbot.keyClick(gallery, key)
    assert chosen == [0, 1, 1 + gallery.columns()]
    gallery.choose(59_999)
    assert gallery.viewport().rect().contains(gallery.rect_of(59_999).center().toPoint())


@pytest.mark.parametrize("name", ["two-spirals", "regression"])
def test_points_of_the_plane_are_rows(window, qtbot, name):
    setup = preset(name)
    data = setup.dataset.load()
    window.document.open(setup, data)
    window.actions_by_name["data_page"].trigger()
    page = window.stage.pages["data"].content
    qtbot.waitUntil(page.isVisible)
    model = page.points.model
    assert model.rowCount() == len(data.train) + len(data.valid)
    last = model.rowCount() - 1
    x1, x2, target, part = (model.data(model.index(last, column)) for column in range(4))
    assert [float(x1), float(x2)] == pytest.approx(data.valid_points[-1].tolist(), abs=1e-3)
    if data.task == "classification":
        assert target == data.classes[int(data.valid.y[-1, 0])]
    else:
        wanted = data.valid.y[-1, 0] * data.target_scale + data.target_shift
        assert float(target) == pytest.approx(float(wanted), abs=1e-3)
    assert part == "validation" and model.data(model.index(0, 3)) == "training"
    fresh = dataclasses.replace(setup.dataset, noise=0.4)
    before = model.data(model.index(0, 0))
    change_dataset(window.document, fresh, "Noise")
    assert model.data(model.index(0, 0)) != before
