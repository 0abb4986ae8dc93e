"""Saving, opening and recovering work in the real window, with a real session and real files."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMessageBox

from nnstudio.app import recent, recovery
from nnstudio.app.recovery import Recovery
from nnstudio.app.settings import Settings
from nnstudio.app.studio import Studio
from nnstudio.core import project

WAIT = 60_000


@contextlib.contextmanager
def studio(qtbot, tmp_path, what="xor", remembers=True):
    """A window with its engine running; it remembers in a private folder."""
    settings = Settings.load(tmp_path / "settings.json") if remembers else Settings()
    made = Studio(what, None, settings)
    made.start()
    qtbot.waitUntil(lambda: made.session.ready, timeout=WAIT)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture(autouse=True)
def private(tmp_path, monkeypatch):
    monkeypatch.setattr(recovery, "recovery_path", lambda: tmp_path / "recovery")
    monkeypatch.setattr(recent, "recent_path", lambda: tmp_path / "recent.json")


def projects(made):
    return made.window.features["projects"]


def train(qtbot, made, steps=25):
    end = made.session.latest.step + steps
    made.session.step(steps)
    qtbot.waitUntil(lambda: made.session.latest.step == end, timeout=WAIT)
    qtbot.waitUntil(lambda: not made.session.playing, timeout=WAIT)
    qtbot.wait(40)


def save(qtbot, made, path):
    projects(made).save_to(path)
    qtbot.waitUntil(lambda: not projects(made).work.busy, timeout=WAIT)


def same(one, other):
    assert one.keys() == other.keys()
    return all(one[key].tobytes() == other[key].tobytes() for key in one)


def test_saved_and_opened_work_is_the_same(qtbot, tmp_path):
    path = tmp_path / "my work.nnst"
    with studio(qtbot, tmp_path) as made:
        made.document.edit("rate", made.document.setup.with_training(learning_rate=0.07))
        train(qtbot, made)
        qtbot.waitUntil(made.window.isWindowModified, timeout=WAIT)
        save(qtbot, made, path)
        qtbot.waitUntil(lambda: not made.window.isWindowModified(), timeout=WAIT)
        assert made.window.windowTitle().startswith("my work")
        setup, before = made.document.setup, dict(made.session.latest.parameters)
        train(qtbot, made, 35)
        qtbot.waitUntil(made.window.isWindowModified, timeout=WAIT)
        after = dict(made.session.latest.parameters)
    with studio(qtbot, tmp_path, str(path)) as made:
        qtbot.waitUntil(lambda: projects(made).path == path, timeout=WAIT)
        qtbot.waitUntil(lambda: made.session.latest.step == 25, timeout=WAIT)
        assert made.document.setup == setup
        qtbot.waitUntil(lambda: not made.window.isWindowModified(), timeout=WAIT)
        assert same(made.session.latest.parameters, before)
        assert made.session.curves().step[-1] == 25
        train(qtbot, made, 35)
        qtbot.waitUntil(lambda: made.session.latest.step == 60, timeout=WAIT)
        assert same(made.session.latest.parameters, after)


def test_save_asks_once_for_a_name(qtbot, tmp_path):
    with studio(qtbot, tmp_path) as made:
        QTest.keyClick(made.window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
        made.window.actions_by_name["save"].trigger()
        dialog = made.window.findChild(QFileDialog)
        assert dialog is not None
        assert not dialog.testOption(QFileDialog.Option.ReadOnly)
        dialog.fileSelected.emit(str(tmp_path / "a.nnst"))
        dialog.reject()
        qtbot.waitUntil((tmp_path / "a.nnst").exists, timeout=WAIT)
        qtbot.waitUntil(lambda: projects(made).path is not None, timeout=WAIT)
        made.document.edit("rate", made.document.setup.with_training(learning_rate=0.5))
        made.window.actions_by_name["save"].trigger()
        qtbot.waitUntil(lambda: not made.window.isWindowModified(), timeout=WAIT)
        assert project.read(tmp_path / "a.nnst").setup.training.learning_rate == 0.5
        menu = projects(made).menu
        menu.aboutToShow.emit()
        assert [action.text() for action in menu.actions()] == ["a"]
        assert not menu.actions()[0].icon().isNull()


def test_a_damaged_file_changes_nothing(qtbot, tmp_path):
    bad = tmp_path / "bad.nnst"
    bad.write_bytes(b"PK\x03\x04 not really")
    with studio(qtbot, tmp_path) as made:
        before = made.document.setup
        projects(made).open_path(str(bad))
        qtbot.waitUntil(made.window.notice.isVisible, timeout=WAIT)
        assert "damaged" in made.window.notice.text.text()
        assert made.document.setup == before
    assert bad.read_bytes() == b"PK\x03\x04 not really"


def test_revert_brings_the_file_back(qtbot, tmp_path):
    path = tmp_path / "a.nnst"
    with studio(qtbot, tmp_path) as made:
        save(qtbot, made, path)
        setup = made.document.setup
        made.document.edit("rate", setup.with_training(learning_rate=0.9))
        made.window.actions_by_name["revert"].trigger()
        qtbot.waitUntil(lambda: made.document.setup == setup, timeout=WAIT)
        qtbot.waitUntil(lambda: not made.window.isWindowModified(), timeout=WAIT)
    kept = Recovery().lost()  # what was given up can still be had
    assert [project.read(one.folder / recovery.COPY).setup.training.learning_rate
            for one in kept] == [0.9]  # fmt: skip


@pytest.mark.parametrize(
    ("button", "closes", "rate"),
    [("Cancel", False, 0.03), ("Discard", True, 0.03), ("Save", True, 0.9)],
)
def test_closing_asks_for_a_file_that_is_older(qtbot, tmp_path, monkeypatch, button, closes, rate):
    chosen = getattr(QMessageBox.StandardButton, button)
    monkeypatch.setattr(QMessageBox, "exec", lambda box: chosen)
    with studio(qtbot, tmp_path) as made:
        made.document.edit("rate", made.document.setup.with_training(learning_rate=0.03))
        save(qtbot, made, tmp_path / "a.nnst")
        made.document.edit("rate", made.document.setup.with_training(learning_rate=0.9))
        assert made.window.close() is closes
        assert project.read(tmp_path / "a.nnst").setup.training.learning_rate == rate


def test_work_without_a_file_is_kept_and_offered(qtbot, tmp_path):
    with studio(qtbot, tmp_path) as made:
        made.document.edit("rate", made.document.setup.with_training(learning_rate=0.77))
        train(qtbot, made)
        made.window.close()
    with studio(qtbot, tmp_path) as made:
        made.window.features["autosave"].look()
        assert not made.window.notice.isVisible()  # nothing crashed: nobody is bothered
        made.window.actions_by_name["kept"].trigger()
        assert made.window.notice.isVisible()
        assert "More copies" not in str(made.window.notice.error)
        assert [one.text() for one in made.window.notice.choices] == [
            "Open the copy", "Not now", "Delete it",
        ]  # fmt: skip
        qtbot.mouseClick(made.window.notice.choices[0], Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: made.document.setup.training.learning_rate == 0.77, timeout=WAIT)
        qtbot.waitUntil(lambda: made.session.latest.step == 25, timeout=WAIT)
        assert projects(made).path is None


CHILD = """
import sys
from pathlib import Path
from nnstudio.app import recent, recovery
recovery.recovery_path = lambda: Path(sys.argv[1]) / "recovery"
from nnstudio.app.features import autosave
autosave.MILLISECONDS = 120
from nnstudio.app.main import application
from nnstudio.app.settings import Settings
from nnstudio.app.studio import Studio
app = application(["nnstudio"])
studio = Studio("xor", None, Settings.load(Path(sys.argv[1]) / "s.json"))
studio.start()
while not studio.session.ready:
    app.processEvents()
studio.document.edit("rate", studio.document.setup.with_training(learning_rate=0.66))
studio.session.play()
copy = studio.window.features["autosave"].recovery.folder / recovery.ABOUT
while not copy.exists():
    app.processEvents()
print("kept", flush=True)
while True:
    app.processEvents()
"""


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
def test_killed_while_training_is_offered(qtbot, tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(tmp_path)],
        stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
    ) as process:  # fmt: skip
        assert process.stdout.readline().strip() == "kept"
        assert Recovery().lost() == []  # it is still running: not ours to take
        time.sleep(0.3)
        process.send_signal(signal.SIGKILL)
    with studio(qtbot, tmp_path) as made:
        made.window.features["autosave"].look()
        assert "not saved" in made.window.notice.text.text()
        qtbot.mouseClick(made.window.notice.choices[0], Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: made.document.setup.training.learning_rate == 0.66, timeout=WAIT)
        qtbot.waitUntil(lambda: made.session.latest.step > 0, timeout=WAIT)


def test_a_corrupt_copy_makes_no_loop(tmp_path):
    folder = tmp_path / "recovery" / "one"
    folder.mkdir(parents=True)
    (folder / recovery.COPY).write_bytes(b"rubbish")
    (folder / recovery.ABOUT).write_text("[[[")
    for _ in range(recovery.MOST_TRIES):
        (lost,) = Recovery().lost()
        Recovery().begin(lost)
    assert Recovery().lost() == []
    assert (folder / recovery.COPY).exists()  # put aside, not destroyed


def test_work_saved_while_the_network_is_broken_keeps_what_was_learned(qtbot, tmp_path):
    path = tmp_path / "broken.nnst"
    with studio(qtbot, tmp_path) as made:
        train(qtbot, made)
        sound = made.document.setup
        learned = {k: v.copy() for k, v in made.session.latest.parameters.items()}
        output = sound.network.output
        wrong = dataclasses.replace(output.layer, units=3)
        broken = sound.with_network(sound.network.replace(output.id, wrong))
        made.document.edit("break", broken)
        qtbot.waitUntil(lambda: made.session.latest.error is not None)
        save(qtbot, made, path)
    made = Studio(str(path), None, Settings.load(tmp_path / "settings.json"))
    made.start()
    try:
        qtbot.waitUntil(lambda: projects(made).path == path, timeout=WAIT)
        assert made.document.setup == broken
        made.document.edit("mend", sound)
        qtbot.waitUntil(lambda: made.session.latest is not None, timeout=WAIT)
        qtbot.waitUntil(lambda: same(made.session.latest.parameters, learned), timeout=WAIT)
        assert made.session.latest.error is None and not made.bridge.failures
    finally:
        made.close()
