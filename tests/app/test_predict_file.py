"""Predict many from the window: the same to the bit as the command line; errors, cancel, files."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from nnstudio.cli import main
from nnstudio.core import registry
from nnstudio.core.contracts import Dataset
from nnstudio.core.defaults import setup_for
from nnstudio.engine.saving import save_training
from nnstudio.engine.trainer import Trainer
from tests.app.fakes import snapshot

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def trained(window, tmp_path):
    """A window on a table with trained weights, and the folder that the same training left."""
    path = tmp_path / "flowers.csv"
    rows = [f"{i % 7 + i % 3},{['red', 'blue'][i % 2]},{'abc'[i % 3]}" for i in range(90)]
    path.write_text("length,colour,kind\n" + "\n".join(rows) + "\n")
    made = registry.from_json(Dataset, {"type": "OwnTable.v1", "path": str(path)})
    data = made.load()
    setup = setup_for(made, data)
    trainer = Trainer(setup, data, 1)
    trainer.run(200)
    folder = tmp_path / "model"
    folder.mkdir()
    save_training(trainer, [], folder)
    parameters = {key: values.copy() for key, values in trainer.prediction_parameters().items()}
    trainer.close()
    window.document.open(setup, data)
    window.session.latest = snapshot(parameters=parameters)
    return window, path, folder


def predict(window, qtbot, source, target):
    """Choose a file and a place to write, as the dialogs tell them."""
    part = window.features["predicting"]
    part.path = str(source)
    part.write(str(target))
    qtbot.waitUntil(lambda: not part.job.busy and window.notice.isVisible(), timeout=20_000)


def test_the_window_and_the_command_line_agree_to_the_bit(trained, qtbot, tmp_path):
    window, source, folder = trained
    predict(window, qtbot, source, tmp_path / "window.csv")
    assert window.notice.kind == "good" and "90 predictions" in window.notice.text.text()
    assert "are right" in window.notice.text.text()
    other = tmp_path / "line.csv"
    assert main(["predict", str(folder), "--input", str(source), "--output", str(other)]) == 0
    written = (tmp_path / "window.csv").read_bytes()
    assert written == other.read_bytes()
    header = written.decode().splitlines()[0]
    assert header.split(",")[3:] == ["predicted kind", *(f"probability {c}" for c in "abc")]


def test_new_rows_without_the_answer_are_predicted(trained, qtbot, tmp_path):
    window, _, _ = trained
    source = tmp_path / "new.csv"
    source.write_text("colour;length\ngreen;3\nred;\n")
    predict(window, qtbot, source, tmp_path / "out.jsonl")
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == 2
    assert "right" not in window.notice.text.text()


@pytest.mark.parametrize(
    ("content", "target", "told"),
    [
        ("size\n1\n2\n", "out.csv", "has no column “length”"),
        ("", "out.csv", "is empty"),
        ("length,colour\n1,red\n2,red\n", "out.pdf", "can be written as"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_written(
    trained, qtbot, tmp_path, content, target, told
):
    window, _, _ = trained
    source = tmp_path / "new.csv"
    source.write_text(content)
    predict(window, qtbot, source, tmp_path / target)
    assert window.notice.kind == "error" and told in window.notice.text.text()
    assert not (tmp_path / target).exists()


def test_the_dialogs_lead_to_a_file_beside_the_first(trained, qtbot, tmp_path):
    window, source, _ = trained
    part = window.features["predicting"]
    window.actions_by_name["predict_file"].trigger()
    assert part.source.isVisible() and not part.source.isModal()
    part.source.fileSelected.emit(str(source))
    part.source.hide()
    assert part.target.isVisible()
    part.target.fileSelected.emit(str(tmp_path / "predicted.csv"))
    part.target.hide()
    qtbot.waitUntil((tmp_path / "predicted.csv").exists, timeout=20_000)
    qtbot.waitUntil(lambda: not part.job.busy)


def test_before_there_is_a_network_it_says_so(window):
    window.actions_by_name["predict_file"].trigger()
    assert "not ready" in window.notice.text.text()
