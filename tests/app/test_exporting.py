"""Export and import in the window, with mouse and keyboard."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt

from nnstudio.core import text
from tests.importers.test_keras_source import CLASSIC

ODD = """\
from keras import layers, Sequential
model = Sequential([
    layers.Dense(4, activation="relu", input_shape=(2,)),
    layers.Mystery(3),
    layers.Dense(1, activation="sigmoid"),
])
"""


def format_row(shown, name):
    return next(row for row, made in enumerate(shown.formats) if made.name == name)


def choose(qtbot, shown, name):
    item = shown.list.item(format_row(shown, name))
    place = shown.list.visualItemRect(item).center()
    qtbot.mouseClick(shown.list.viewport(), Qt.MouseButton.LeftButton, pos=place)


@pytest.fixture
def exporting(window):
    return window.features["exporting"]


def test_every_format_is_written_beside_the_work(window, exporting, qtbot, tmp_path):
    window.actions_by_name["export"].trigger()
    shown = exporting.export_window
    assert shown.isVisible()
    assert not shown.isModal()
    for made in list(shown.formats):
        choose(qtbot, shown, made.name)
        assert shown.title.text() == made.label
        path = tmp_path / f"out{made.extension}"
        shown.file.setFocus()
        shown.file.selectAll()
        qtbot.keyClicks(shown.file, str(path))
        qtbot.mouseClick(shown.export, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: shown.open_folder.isVisible() or "ritten" in shown.told.text())
        assert path.stat().st_size > 100, made.name
        assert path.name in shown.told.text()
        path.unlink()


def test_options_and_a_folder_that_is_not_there(window, exporting, qtbot, tmp_path):
    exporting.ask_export()
    shown = exporting.export_window
    choose(qtbot, shown, "keras")
    assert "-data.npz" in shown.beside.text()
    box = shown.form.editors["data"]
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=box.rect().center())
    assert "-data.npz" not in shown.beside.text()
    shown.file.setText(str(tmp_path / "gone" / "net.py"))
    qtbot.keyClick(shown.file, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "no folder" in shown.told.text())
    shown.file.setText(str(tmp_path / "net"))
    qtbot.keyClick(shown.file, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Written" in shown.told.text())
    assert {p.name for p in tmp_path.iterdir()} == {"net.py", "net.safetensors"}
    qtbot.keyClick(shown, Qt.Key.Key_Escape)
    assert not shown.isVisible()


def test_pasted_source_is_read_while_typing_and_used_as_one_edit(window, exporting, qtbot):
    before = window.document.setup
    window.actions_by_name["import"].trigger()
    shown = exporting.import_window
    assert not shown.isModal()
    assert not shown.use.isEnabled()
    shown.text.insertPlainText(ODD)
    qtbot.waitUntil(lambda: shown.use.isEnabled())
    assert shown.remarks.count() == 1
    assert shown.remarks.item(0).text().startswith("line 4:")
    assert len(shown.text.extraSelections()) == 1
    qtbot.mouseClick(shown.remarks.viewport(), Qt.MouseButton.LeftButton,
                     pos=shown.remarks.visualItemRect(shown.remarks.item(0)).center())  # fmt: skip
    assert shown.text.textCursor().blockNumber() == 3
    qtbot.mouseClick(shown.use, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not shown.isVisible())
    after = window.document.setup
    assert [node.layer.type_name for node in after.network.nodes] == [
        "Input.v1", "Dense.v1", "Dense.v1"]  # fmt: skip
    assert after.network.nodes[1].layer.units == 4
    window.document.stack.undo()
    assert window.document.setup == before


def test_the_classic_example_brings_data_of_its_shape(window, exporting, qtbot):
    exporting.ask_import()
    shown = exporting.import_window
    shown.text.setPlainText(CLASSIC)
    qtbot.waitUntil(lambda: shown.use.isEnabled())
    assert "137,034" in shown.facts.text()
    qtbot.mouseClick(shown.use, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.document.setup.training.epochs == 10, timeout=20000)
    assert window.document.data.shape == (1000,)
    assert window.document.setup.training.batch_size == 32


def test_what_is_no_network_is_told_and_a_file_may_be_dropped(window, exporting, qtbot, tmp_path):
    path = tmp_path / "net.py"
    path.write_text("import keras\nx = (")
    window.open_path(str(path))
    shown = exporting.import_window
    qtbot.waitUntil(lambda: "Line 2" in shown.facts.text())
    assert not shown.use.isEnabled()
    path.write_text(ODD)
    assert exporting.opens(str(path))
    qtbot.waitUntil(lambda: shown.use.isEnabled())
    assert shown.text.toPlainText() == ODD


def test_words_follow_the_language(window, exporting, qtbot):
    exporting.ask_export()
    exporting.ask_import()
    window.looks.set_language("zh")
    try:
        assert exporting.export_window.export.text() == "导出"
        assert exporting.import_window.use.text() == "使用这个网络"
    finally:
        window.looks.set_language("en")
    assert text.language() == "en"


def test_weights_of_the_session_are_exported(window, exporting, tmp_path):
    from safetensors.numpy import load_file

    from nnstudio.engine.keyframe import initial_parameters
    from nnstudio.exporters.safetensors_file import SafetensorsFile
    from tests.app.fakes import snapshot

    network = window.document.setup.network
    numbers = {k: np.full_like(v, 7.0) for k, v in initial_parameters(network, 1).items()}
    window.session.latest = snapshot(parameters=numbers, step=5)

    class NoCurves:
        __dataclass_fields__ = ()

    window.session.curves = NoCurves
    SafetensorsFile().write(exporting.trained(), tmp_path / "w.safetensors")
    found = load_file(tmp_path / "w.safetensors")
    assert all((value == 7.0).all() for value in found.values())
    window.session.latest = None
