"""Files that the system or the command line asks to open: in the window, right or wrong."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QUrl
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from nnstudio import cli
from nnstudio.app import main
from nnstudio.app.application import Application
from nnstudio.app.settings import Settings
from nnstudio.app.studio import Studio
from nnstudio.app.window import Window
from nnstudio.core.fitting import fit
from nnstudio.core.project import Project, write
from nnstudio.core.setup import preset


@pytest.fixture
def app(qapp):
    assert isinstance(qapp, Application)
    yield qapp
    qapp.listen(None)
    qapp._waiting.clear()


@pytest.fixture
def studio(qtbot, look, app):
    made = Studio("xor", None, Settings())
    made.start()
    qtbot.waitUntil(lambda: app._open is not None, timeout=20_000)
    yield made
    made.close()


@pytest.fixture
def project(tmp_path):
    setup = preset("circle")
    data = setup.dataset.load()
    path = tmp_path / "a circle.nnst"
    write(path, Project(fit(setup, data), data))
    return path


def ask(app, path):
    """What macOS sends for a double-click in the Finder."""
    QCoreApplication.sendEvent(app, QFileOpenEvent(QUrl.fromLocalFile(str(path))))


def test_a_double_click_opens_the_project_in_the_running_window(studio, app, project, qtbot):
    ask(app, project)
    qtbot.waitUntil(lambda: studio.document.setup.dataset.type_name == "Circle.v1")
    assert studio.window.isActiveWindow()


def test_a_file_that_was_asked_for_before_the_window_is_opened_in_it(qtbot, look, app, project):
    ask(app, project)
    made = Studio("xor", None, Settings())
    made.start()
    qtbot.waitUntil(lambda: made.document.setup.dataset.type_name == "Circle.v1", timeout=20_000)
    made.close()
    assert app._open is None


def test_other_kinds_of_files_go_where_a_drop_would_go(studio, app, tmp_path, qtbot):
    table = tmp_path / "rows.csv"
    table.write_text("a,b,kind\n" + "1,2,x\n3,1,y\n" * 30, encoding="utf-8")
    ask(app, table)
    chooser = studio.window.databar.pages["Tables"].chooser  # which column is to be predicted?
    qtbot.waitUntil(lambda: chooser.isVisible(), timeout=20_000)
    assert chooser.target.findText("kind") >= 0


@pytest.mark.parametrize("name", ["gone.nnst", "broken.nnst", "gone.csv"])
def test_a_wrong_file_is_told_in_the_window_and_loses_nothing(studio, app, tmp_path, qtbot, name):
    (tmp_path / "broken.nnst").write_bytes(b"PK\x03\x04 no project")
    before = studio.document.setup
    ask(app, tmp_path / name)
    qtbot.waitUntil(lambda: studio.window.notice.isVisible())
    assert studio.window.notice.text.text()
    assert studio.document.setup == before


@pytest.mark.parametrize("name", ["gone.nnst", "broken.nnst", "gone.csv", "no-such-preset"])
def test_a_wrong_name_on_the_command_line_opens_the_window_and_tells(
    qtbot, look, app, tmp_path, monkeypatch, name
):
    (tmp_path / "broken.nnst").write_bytes(b"PK\x03\x04 no project")
    monkeypatch.setattr(Settings, "load", classmethod(lambda cls, path=None: Settings()))
    told = []

    def look_and_leave():
        """In place of the event loop: wait for the sentence."""
        window = next(w for w in QApplication.topLevelWidgets() if isinstance(w, Window))
        qtbot.waitUntil(lambda: window.notice.isVisible(), timeout=20_000)
        told.append(window.notice.text.text())
        return 0

    monkeypatch.setattr(QApplication, "exec", lambda *_: look_and_leave())
    what = str(tmp_path / name) if "." in name else name
    assert main.open_window(argparse.Namespace(preset=what, target=None)) == 0
    (sentence,) = told
    assert "gone" in sentence or "broken" in sentence or "no-such-preset" in sentence


def test_a_file_without_a_verb_is_opened(monkeypatch, tmp_path):
    given = []
    monkeypatch.setattr(main, "open_window", lambda options: given.append(options.preset) or 0)
    file = tmp_path / "train"  # a file may be called like anything
    file.write_text("x", encoding="utf-8")
    assert cli.main([str(file)]) == 0
    assert given == [str(file)]
    with pytest.raises(SystemExit):
        cli.main(["trian"])


def test_a_second_start_with_a_project_opens_it(project, tmp_path):
    """A program of its own, by its real command line; what it has opened is in its picture list."""
    code = (
        "import sys, json\n"
        "from PySide6.QtCore import QTimer\n"
        "from nnstudio.app import main, studio\n"
        "seen = {}\n"
        "class Watched(studio.Studio):\n"
        "    def start(self):\n"
        "        super().start()\n"
        "        self.timer = QTimer(self)\n"
        "        self.timer.timeout.connect(self.look)\n"
        "        self.timer.start(20)\n"
        "    def look(self):\n"
        "        seen['data'] = self.document.setup.dataset.type_name\n"
        "        seen['title'] = self.window.windowTitle()\n"
        "        if seen['data'] == 'Circle.v1':\n"
        "            self.window.close()\n"
        "studio.Studio = Watched\n"
        "from nnstudio import cli\n"
        "status = cli.main([sys.argv[1]])\n"
        "print(json.dumps(seen))\n"
        "sys.exit(status)\n"
    )
    home = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    done = subprocess.run(
        [sys.executable, "-c", code, str(project)],
        env=os.environ | home | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True, text=True, timeout=100,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["data"] == "Circle.v1"
    assert Path(project).stem in seen["title"]
