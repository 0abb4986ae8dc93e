"""From a raw file to a score by mouse and keyboard alone, in the whole window with its engine; and
the trained network's answers, which are the same wherever they are asked for."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from nnstudio.app import recent, recovery
from nnstudio.app.settings import Settings
from nnstudio.app.studio import Studio
from nnstudio.cli import main
from nnstudio.core.resources import resource
from tests.app.person import Person, wait_until


@pytest.fixture(autouse=True)
def private(tmp_path, monkeypatch):
    monkeypatch.setattr(recovery, "recovery_path", lambda: tmp_path / "recovery")
    monkeypatch.setattr(recent, "recent_path", lambda: tmp_path / "recent.json")


@contextlib.contextmanager
def studio(qtbot, what="xor"):
    made = Studio(str(what), None, Settings())
    made.start()
    try:
        wait_until(lambda: made.session.ready)
        yield made.window
    finally:
        made.close()


def predict(window, source, target):
    """Predict a file in the window."""
    part = window.features["predicting"]
    part.path = str(source)
    part.write(str(target))
    wait_until(lambda: not part.job.busy and target.exists())
    return target.read_bytes()


def agree(qtbot, window, source, tmp_path):
    """Window, saved project in another window, and command line write the same bytes."""
    project = tmp_path / "work.nnst"
    window.features["projects"].save_to(project)
    wait_until(lambda: not window.features["projects"].work.busy and project.exists())
    here = predict(window, source, tmp_path / "here.csv")
    with studio(qtbot, project) as other:
        wait_until(lambda: other.document.data.name == window.document.data.name)
        wait_until(lambda: other.session.latest.step == window.session.latest.step)
        assert predict(other, source, tmp_path / "there.csv") == here
    line = tmp_path / "line.csv"
    assert main(["predict", str(project), "--input", str(source), "--output", str(line)]) == 0
    assert line.read_bytes() == here
    return here.decode().splitlines()


def test_iris_from_its_file_by_keys_and_mouse(qtbot, tmp_path):
    from sklearn.neural_network import MLPClassifier

    path = tmp_path / "iris.data"
    path.write_bytes(resource("datasets", "tables", "iris.csv").read_bytes())
    with studio(qtbot) as window:
        person = Person(window)
        person.opens(path)
        person.chooses_target("species")
        page = person.looks_at_data()
        assert page.table.model.rowCount() == 150
        person.divides(page, test=0.25, seed=7)
        person.trains()
        score = person.reads_test_score()
        data = window.document.data
        assert (len(data.train), len(data.valid), len(data.test)) == (84, 30, 36)
        peer = MLPClassifier((32, 16), alpha=0.01, max_iter=400, learning_rate_init=0.01,
                             random_state=0)  # fmt: skip
        peer.fit(data.train.x, data.train.y[:, 0])
        assert score >= peer.score(data.test.x, data.test.y[:, 0]) - 0.03
        rows = agree(qtbot, window, path, tmp_path)
        assert len(rows) == 151
        window.stage.leave()


def test_images_of_any_size_from_their_folder(qtbot, tmp_path):
    folder = tmp_path / "shapes"
    random = np.random.default_rng(3)
    for number in range(60):
        size = int(random.integers(14, 40))
        pixels = random.integers(0, 60, (size, size + number % 5), dtype=np.uint8)
        kind = ("tall", "wide")[number % 2]
        middle = slice(size // 3, 2 * size // 3)
        pixels[(slice(None), middle) if kind == "tall" else (middle, slice(None))] = 230
        (folder / kind).mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(folder / kind / f"{number:02}.png")
    with studio(qtbot) as window:
        person = Person(window)
        person.drops(folder)
        wait_until(lambda: window.document.setup.dataset.group == "Images")
        page = person.looks_at_data()
        person.types(page.gallery.cards["images"].form.editors["size"], "16, 12")
        wait_until(lambda: window.document.data.shape == (16, 12, 1))
        person.divides(page, test=0.2)
        person.trains()
        assert person.reads_test_score() >= 0.9
        rows = agree(qtbot, window, folder, tmp_path)
        assert len(rows) == 61 and rows[0].startswith("file")


def test_a_table_is_opened_by_the_keyboard_alone(window, qtbot, tmp_path):
    path = tmp_path / "flowers.csv"
    path.write_text("a,b,kind\n" + "".join(f"{i},{i * i},{'xy'[i % 2]}\n" for i in range(40)))
    window.activateWindow()
    window.canvas.setFocus()
    chooser = window.databar.pages["Tables"].chooser
    for key in (Qt.Key.Key_Escape, Qt.Key.Key_Return):
        window.open_path(str(path))
        qtbot.waitUntil(chooser.isVisible)
        qtbot.waitUntil(chooser.target.hasFocus)
        QTest.keyClick(chooser.target, key)
        assert not chooser.isVisible()
        assert window.focusWidget() is window.canvas
        assert window.databar.loader.busy == (key == Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.document.setup.dataset.group == "Tables")
    qtbot.waitUntil(lambda: not window.databar.loader.busy)
