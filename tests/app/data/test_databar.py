"""The data column: thumbnails, sliders, features, tabs, tables, and the layer palette."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest

from nnstudio.app.data.data_change import Loader, Request, adapted, change_dataset
from nnstudio.core import registry
from nnstudio.core.contracts import Dataset
from nnstudio.core.defaults import setup_for
from nnstudio.core.recipes.own_data import own_dataset
from nnstudio.core.text import StudioError
from nnstudio.datasets.xor import Xor
from tests.app.fakes import document

LEFT = Qt.MouseButton.LeftButton


def page(window, group="2-D"):
    return window.databar.pages[group]


def dataset(window):
    return window.document.setup.dataset


def thumbnail(window, name):
    return next(t for c, t in page(window).thumbnails.items() if c.type_name == name)


def find(name):
    return registry.find(Dataset, name)


def test_thumbnails_show_the_real_data_of_every_plane_set(window):
    shown = page(window).thumbnails
    wanted = [c for c in registry.table(Dataset).values() if c.group == "2-D" and not c.own]
    assert set(shown) == set(wanted)
    pictures = {t.grab().toImage().bits().tobytes() for t in shown.values()}
    assert len(pictures) == len(shown)
    assert thumbnail(window, "Spirals.v1").isChecked()


def test_what_a_search_for_a_layer_finds_is_brought_into_sight(window, qtbot):
    """In a low window the palette begins below the edge of the column."""
    bar = window.databar
    window.resize(1024, 640)
    palette = bar.palette_box
    palette.search.setFocus()
    qtbot.wait(50)
    bar.ensureWidgetVisible(palette.search, 0, 0)  # as Tab does
    qtbot.keyClicks(palette.search, "pool")

    def in_sight(part):
        top = part.mapTo(bar.viewport(), QPoint(0, 0)).y()
        return top >= 0 and top + part.height() <= bar.viewport().height()

    found = [button for button in palette.buttons.values() if button.isVisibleTo(palette)]
    assert len(found) >= 4
    qtbot.waitUntil(lambda: all(in_sight(part) for part in (palette.search, *found)))


def test_a_click_changes_the_data_and_keeps_what_is_set(window, qtbot):
    before = dataset(window)
    qtbot.mouseClick(thumbnail(window, "Xor.v1"), LEFT)
    now = dataset(window)
    assert now.type_name == "Xor.v1"
    assert (now.noise, now.features) == (before.noise, before.features)
    assert window.document.data.name == now.label
    assert thumbnail(window, "Xor.v1").isChecked()
    assert not thumbnail(window, "Spirals.v1").isChecked()
    window.undo()
    assert dataset(window) == before
    assert thumbnail(window, "Spirals.v1").isChecked()


def test_regression_data_refits_output_and_loss(window, qtbot):
    qtbot.mouseClick(thumbnail(window, "PlaneSurface.v1"), LEFT)
    setup = window.document.setup
    assert setup.network.output.layer.activation == "linear"
    assert setup.training.loss.type_name == "MSE.v1"
    assert window.topbar.controls.loss.text() == "Mean squared error"
    assert not window.topbar.controls.loss.rows["CrossEntropy.v1"].isVisibleTo(
        window.topbar.controls.loss.popup
    )


def test_a_slider_drags_as_one_edit(window, qtbot):
    slider = page(window).sliders.sliders["noise"]
    before = dataset(window).noise
    for position in range(300, 340, 10):
        slider.slider.setValue(position)
    assert dataset(window).noise != before
    assert slider.entry.text() == f"{dataset(window).noise:g}"
    assert window.document.stack.count() == 1
    window.undo()
    assert dataset(window).noise == before
    assert slider.entry.text() == f"{before:g}"


def test_keys_move_a_slider_by_its_own_step(window):
    slider = page(window).sliders.sliders["share"]
    assert slider.entry.text() == "50 %"
    slider.slider.setFocus()
    QTest.keyClick(slider.slider, Qt.Key.Key_Right)
    assert dataset(window).share == pytest.approx(0.55)
    QTest.keyClick(slider.slider, Qt.Key.Key_Left)
    QTest.keyClick(slider.slider, Qt.Key.Key_Left)
    assert dataset(window).share == pytest.approx(0.45)


@pytest.mark.parametrize(("typed", "share"), [("80", 0.8), ("0.3", 0.3), ("25 %", 0.25)])
def test_a_share_can_be_typed(window, typed, share):
    entry = page(window).sliders.sliders["share"].entry
    entry.setFocus()
    entry.selectAll()
    QTest.keyClicks(entry, typed)
    QTest.keyClick(entry, Qt.Key.Key_Return)
    assert dataset(window).share == pytest.approx(share)


def test_an_unfit_number_of_points_is_told(window):
    entry = page(window).sliders.sliders["points"].entry
    entry.setFocus()
    entry.selectAll()
    QTest.keyClicks(entry, "9999999")
    QTest.keyClick(entry, Qt.Key.Key_Return)
    assert dataset(window).points == 400
    assert entry.text() == "400"
    assert window.notice.isVisible()


def test_features_change_data_and_input(window, qtbot):
    chips = page(window).features.buttons
    assert [chip.text() for chip in chips.values()] == [
        "x₁", "x₂", "x₁²", "x₂²", "x₁x₂", "sin x₁", "sin x₂",
    ]  # fmt: skip
    qtbot.mouseClick(chips["x1*x2"], LEFT)
    setup = window.document.setup
    assert setup.dataset.features == ("x1", "x2", "x1*x2", "sin(x1)", "sin(x2)")
    assert setup.network.input.layer.infer() == (5,)
    assert window.document.data.shape == (5,)
    window.undo()
    assert not chips["x1*x2"].isChecked()


def test_the_last_feature_cannot_go(window, qtbot):
    chips = page(window).features.buttons
    for name in ("x1", "x2", "sin(x1)"):
        qtbot.mouseClick(chips[name], LEFT)
    qtbot.mouseClick(chips["sin(x2)"], LEFT)
    assert dataset(window).features == ("sin(x2)",)
    assert chips["sin(x2)"].isChecked()
    assert window.notice.isVisible()


def test_new_points(window, qtbot):
    before = window.document.data
    qtbot.mouseClick(page(window).again, LEFT)
    assert (window.document.data.points != before.points).any()


def test_images_load_beside_the_window_and_bring_a_network(window, qtbot):
    qtbot.mouseClick(window.databar.tabs.button("Images"), LEFT)
    card = next(iter(page(window, "Images").cards.values()))
    assert card.isVisible() and not page(window).isVisible()
    for words in ("60,000 + 10,000", "10 classes", "CC BY-SA"):
        assert words in card.thumbnail.toolTip()
    qtbot.mouseClick(card.thumbnail, LEFT)
    qtbot.waitUntil(lambda: dataset(window).group == "Images", timeout=20_000)
    setup = window.document.setup
    assert setup.network.input.layer.infer() == (28, 28, 1)
    assert setup.network.output_shape == (10,)
    assert card.thumbnail.isChecked()
    assert "60,000 + 10,000" in page(window, "Images").facts.text()
    assert "CC BY-SA" in page(window, "Images").origin.toolTip()
    assert not window.databar.hint.isVisible()
    window.undo()
    assert dataset(window).type_name == "Spirals.v1"
    assert window.databar.tabs.current == "2-D"


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "flowers.csv"
    rows = "\n".join(f"{5 + i % 7 / 10},{1 + i % 5},{'abc'[i % 3]}" for i in range(60))
    path.write_text(f"length,width,kind\n{rows}\n")
    return str(path)


def test_a_dropped_table_asks_for_its_target_and_trains(window, qtbot, table):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(table)])
    keys = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, mime, LEFT, keys)
    window.dragEnterEvent(enter)
    assert enter.isAccepted()
    window.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, mime, LEFT, keys))
    tables = page(window, "Tables")
    chooser = tables.chooser
    qtbot.waitUntil(chooser.isVisible)
    names = [chooser.target.itemText(row) for row in range(chooser.target.count())]
    assert names == ["length", "width", "kind"]
    assert chooser.target.currentText() == "kind"
    assert dataset(window).group == "2-D"
    qtbot.mouseClick(chooser.use, LEFT)
    qtbot.waitUntil(lambda: dataset(window).group == "Tables")
    setup = window.document.setup
    assert setup.network.output_shape == (3,)
    assert tables.file_name.text() == "flowers.csv"
    tables.target.setFocus()
    QTest.keyClick(tables.target, Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: dataset(window).recipe.targets == ("length",))
    assert window.document.setup.training.loss.type_name == "MSE.v1"


def test_other_files_are_not_taken(window):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("picture.png")])
    keys = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, mime, LEFT, keys)
    window.dragEnterEvent(enter)
    assert not enter.isAccepted()


def test_a_file_that_is_no_table_is_told_and_changes_nothing(window, qtbot, tmp_path):
    path = tmp_path / "empty.csv"
    path.write_text("")
    before = window.document.setup
    window.open_path(str(path))
    qtbot.waitUntil(window.notice.isVisible)
    assert not page(window, "Tables").chooser.isVisible()
    assert window.document.setup == before


def test_other_data_begins_a_new_run(window, qtbot):
    page = window.databar.pages["2-D"]
    window.session.play()
    window.session.told.clear()
    qtbot.mouseClick(page.thumbnails[Xor], LEFT)
    assert window.session.told == [("load", "two-spirals", True), ("reset",), ("play",)]
    window.session.told.clear()
    page.sliders.sliders["noise"].edited.emit(0.2)
    assert window.session.told == [("load", "two-spirals", True)]


def test_the_palette_finds_layers(window, qtbot):
    palette = window.databar.palette_box
    shown = [name for name, button in palette.buttons.items() if button.isVisible()]
    assert len(shown) == len(palette.buttons) > 10
    qtbot.keyClicks(palette.search, "dropout")
    assert palette.buttons["Dropout.v1"].isVisible()
    assert not palette.buttons["Dense.v1"].isVisible()
    qtbot.keyClick(palette.search, Qt.Key.Key_Return)
    assert "dropout_1" in window.document.setup.network
    qtbot.keyClicks(palette.search, "no such layer")
    assert palette.nothing.isVisible()
    qtbot.keyClick(palette.search, Qt.Key.Key_Escape)
    assert palette.search.text() == "" and palette.buttons["Dense.v1"].isVisible()
    window.looks.set_language("zh")
    palette.search.setText("全连接")
    assert palette.buttons["Dense.v1"].isVisible()


def test_the_palette_adds_layers_before_the_output(window, qtbot):
    palette = window.databar.palette_box
    assert "Input.v1" not in palette.buttons
    qtbot.mouseClick(palette.buttons["Dropout.v1"], LEFT)
    kinds = [node.layer.type_name for node in window.document.setup.network.nodes]
    assert kinds[-2:] == ["Dropout.v1", "Dense.v1"]
    window.undo()
    kinds = [node.layer.type_name for node in window.document.setup.network.nodes]
    assert "Dropout.v1" not in kinds


# --- loading, without a window ---


class Slow(find("Circle.v1")):  # type: ignore[misc]
    """A circle that waits until it may."""

    gate = threading.Event()

    def load(self):
        type(self).gate.wait(5)
        return super().load()


def test_only_the_newest_request_counts(qtbot):
    loader = Loader()
    results = []
    loader.loaded.connect(lambda request, data: results.append(request.text))
    Slow.gate.clear()
    loader.load(Request(Slow(), "first"))
    loader.load(Request(find("Xor.v1")(), "second"))
    qtbot.waitUntil(lambda: results == ["second"])
    Slow.gate.set()
    loader.stop()
    QTest.qWait(20)
    assert results == ["second"]
    assert not loader.busy


def test_loading_can_be_cancelled(qtbot):
    loader = Loader()
    busy = []
    loader.busy_changed.connect(busy.append)
    Slow.gate.clear()
    loader.load(Request(Slow(), "never"))
    loader.cancel()
    Slow.gate.set()
    loader.stop()
    assert busy == [True, False]


def test_a_failure_is_a_sentence(qtbot):
    class Broken(find("Circle.v1")):
        def load(self):
            raise ValueError("no such thing")

    loader = Loader()
    with qtbot.waitSignal(loader.failed) as caught:
        loader.load(Request(Broken(), "broken"))
    loader.stop()
    assert isinstance(caught.args[0], StudioError)
    assert "no such thing" in str(caught.args[0])


def test_changing_data_keeps_the_network_within_a_group_only(qapp):
    made = document("circle")
    network = made.setup.network
    change_dataset(made, find("Moons.v1")(), "moons")
    assert made.setup.network == network
    wide = find("Wide.v1")(examples=200)
    data = wide.load()
    after = adapted(made.setup, wide, data)
    assert after.network.input.layer.infer() == (1000,)
    assert after.network.output_shape == (10,)


def test_files_of_ones_own_begin_as_on_the_command_line(qapp, tmp_path):
    from PIL import Image

    for number in range(40):
        folder = tmp_path / "signs" / "ab"[number % 2]
        folder.mkdir(parents=True, exist_ok=True)
        pixels = np.full((16, 16), 5 * number, np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    made = document("circle")
    dataset = own_dataset(tmp_path / "signs")
    change_dataset(made, dataset, "signs")
    expected = setup_for(dataset, made.data)
    assert made.setup.network == expected.network
    assert made.setup.training == expected.training
