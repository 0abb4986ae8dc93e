"""Places that cannot be written, and files that cannot be read: the file stays as it was to the
byte, one sentence says why, and the work is still in the window and can be saved elsewhere."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import subprocess
import tempfile
import threading
import zipfile
from pathlib import Path

import pytest

from nnstudio.app import recent, recovery
from nnstudio.app.features import projects as features_projects
from nnstudio.core import archive, atomic, project
from tests.app.test_projects import WAIT, projects, save, studio, train


@pytest.fixture(autouse=True)
def private(tmp_path, monkeypatch):
    monkeypatch.setattr(recovery, "recovery_path", lambda: tmp_path / "recovery")
    monkeypatch.setattr(recent, "recent_path", lambda: tmp_path / "recent.json")


@pytest.fixture
def public():
    """A folder whose parents anybody may enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@contextlib.contextmanager
def nobody_special():
    """Root may write anywhere, so for a while this process is not root."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(before)


def changed(qtbot, made):
    """Work that the file does not have yet; what identifies it."""
    made.document.edit("rate", made.document.setup.with_training(learning_rate=0.44))
    train(qtbot, made)
    return made.document.setup, made.session.latest.step


def still_there(qtbot, made, work, elsewhere):
    """The work is in the window, marked as modified, and goes into another file."""
    assert (made.document.setup, made.session.latest.step) == work
    assert made.window.isWindowModified()
    made.window.notice.hide()
    save(qtbot, made, elsewhere)
    qtbot.waitUntil(lambda: projects(made).path == elsewhere, timeout=WAIT)
    found = project.read(elsewhere)
    assert (found.setup, found.state.step) == work


def refused(qtbot, made, file, words):
    made.window.notice.hide()  # “Saved.” of before
    projects(made).save_to(file)
    notice = made.window.notice  # may say first that settings or the kept copy cannot be saved

    def told():
        assert notice.isVisible() and words in notice.text.text()
        assert file.name in notice.text.text()

    qtbot.waitUntil(told, timeout=WAIT)


@pytest.mark.skipif(os.name == "nt", reason="folders there have no such permissions")
def test_a_read_only_folder(qtbot, tmp_path, public):
    file = public / "shut" / "work.nnst"
    file.parent.mkdir()
    with studio(qtbot, tmp_path) as made:
        save(qtbot, made, file)
        before = file.read_bytes()
        work = changed(qtbot, made)
        made.session.warmth.cancel()
        made.session.warmth.join()  # what it reads is this user's alone
        file.parent.chmod(0o555)
        with nobody_special():
            refused(qtbot, made, file, "cannot be written")
        file.parent.chmod(0o755)
        assert file.read_bytes() == before
        assert [one.name for one in file.parent.iterdir()] == ["work.nnst"]
        still_there(qtbot, made, work, tmp_path / "elsewhere.nnst")


def test_saving_waits_for_a_network_that_is_being_prepared(qtbot, tmp_path, monkeypatch):
    monkeypatch.setattr(features_projects, "WAIT_SECONDS", 0.05)
    file, prepared = tmp_path / "work.nnst", threading.Event()
    with studio(qtbot, tmp_path) as made:
        made.session.keyframe(lambda _: prepared.wait(60))
        try:
            qtbot.waitUntil(lambda: made.session.preparing, timeout=WAIT)
            projects(made).save_to(file)
            qtbot.wait(300)
            assert projects(made).work.busy and not made.window.notice.isVisible()
        finally:
            prepared.set()
        qtbot.waitUntil(lambda: projects(made).path == file, timeout=WAIT)
        assert project.read(file).state is not None


@contextlib.contextmanager
def small_disk(folder):
    """A disk with room for little: a real one where this process may mount it, else one whose
    last step fails as a full one does."""
    folder.mkdir()
    size = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    mounted = shutil.which("mount") and subprocess.run(size, capture_output=True).returncode == 0
    try:
        yield
    finally:
        if mounted:
            subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk(qtbot, tmp_path, monkeypatch):
    file = tmp_path / "small" / "work.nnst"
    with small_disk(file.parent), studio(qtbot, tmp_path) as made:
        project.write(file, project.Project(*made.document.present), backup=False)
        projects(made).open_path(str(file))
        qtbot.waitUntil(lambda: projects(made).path == file, timeout=WAIT)
        before = file.read_bytes()
        work = changed(qtbot, made)
        filler = file.parent / "filler"
        if os.path.ismount(file.parent):
            with contextlib.suppress(OSError), filler.open("wb") as more:
                more.write(bytes(1 << 20))
        else:
            real = os.fsync

            def full(handle):
                name = Path(f"/proc/self/fd/{handle}").readlink()
                if name.parent == file.parent:
                    raise OSError(errno.ENOSPC, "No space left on device")
                real(handle)

            monkeypatch.setattr(atomic.os, "fsync", full)
        refused(qtbot, made, file, "no room on the disk")
        assert file.read_bytes() == before
        assert {one.name for one in file.parent.iterdir()} <= {"work.nnst", "filler"}
        still_there(qtbot, made, work, tmp_path / "elsewhere.nnst")


def test_a_drive_that_is_gone(qtbot, tmp_path):
    file = tmp_path / "stick" / "work.nnst"
    file.parent.mkdir()
    with studio(qtbot, tmp_path) as made:
        save(qtbot, made, file)
        work = changed(qtbot, made)
        file.parent.rename(tmp_path / "pulled")
        refused(qtbot, made, file, "no folder")
        assert not file.parent.exists()
        still_there(qtbot, made, work, tmp_path / "elsewhere.nnst")


def test_a_file_that_another_program_holds(qtbot, tmp_path, monkeypatch):
    file = tmp_path / "work.nnst"
    with studio(qtbot, tmp_path) as made:
        save(qtbot, made, file)
        before = file.read_bytes()
        work = changed(qtbot, made)
        real = Path.replace

        def held(self, target):
            if Path(target) == file:
                raise OSError(errno.EBUSY, "Device or resource busy")
            return real(self, target)

        monkeypatch.setattr(Path, "replace", held)
        refused(qtbot, made, file, "held by another program")
        assert file.read_bytes() == before
        monkeypatch.undo()
        still_there(qtbot, made, work, tmp_path / "elsewhere.nnst")
    assert not list(tmp_path.glob(f"{atomic.PREFIX}*"))


@pytest.mark.parametrize("kind", ["newer", "cut", "empty", "gone", "folder"])
def test_files_that_cannot_be_opened(qtbot, tmp_path, kind):
    file = tmp_path / "other.nnst"
    with studio(qtbot, tmp_path) as made:
        save(qtbot, made, file)
        raw = file.read_bytes()
        if kind == "newer":
            with zipfile.ZipFile(file) as found:
                entries = {name: found.read(name) for name in found.namelist()}
            manifest = json.loads(entries[archive.MANIFEST]) | {"version": 99, "app": "7.5"}
            entries[archive.MANIFEST] = json.dumps(manifest).encode()
            with zipfile.ZipFile(file, "w") as new:
                for name, content in entries.items():
                    new.writestr(name, content)
        elif kind in ("gone", "folder"):
            file.unlink()
            if kind == "folder":
                file.mkdir()
        else:
            file.write_bytes(b"" if kind == "empty" else raw[: len(raw) // 2])
        before = file.read_bytes() if file.is_file() else None
        work, title = made.document.setup, made.window.windowTitle()
        made.window.notice.hide()
        projects(made).open_path(str(file))
        qtbot.waitUntil(made.window.notice.isVisible, timeout=WAIT)
        said = made.window.notice.text.text()
        assert "other.nnst" in said
        assert {"newer": "newer NNStudio (7.5)", "gone": "cannot be read",
                "folder": "cannot be read"}.get(kind, "damaged") in said  # fmt: skip
        assert (made.document.setup, made.window.windowTitle()) == (work, title)
        assert (file.read_bytes() if file.is_file() else None) == before
