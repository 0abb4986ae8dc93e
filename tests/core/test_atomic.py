"""A file is the old version or the new one, whatever happens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from nnstudio.core import atomic
from nnstudio.core.text import StudioError


def test_content_permissions_and_backup(tmp_path):
    path = tmp_path / "work.nnst"
    atomic.write(path, b"one", backup=True)
    assert path.read_bytes() == b"one"
    assert not path.with_name("work.nnst.bak").exists()
    path.chmod(0o640)
    atomic.write(path, b"two", backup=True)
    atomic.write(path, b"three", backup=True)
    assert path.read_bytes() == b"three"
    assert path.with_name("work.nnst.bak").read_bytes() == b"two"
    assert path.stat().st_mode & 0o777 == 0o640
    assert sorted(p.name for p in tmp_path.iterdir()) == ["work.nnst", "work.nnst.bak"]


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")
    atomic.write(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


def test_failures_leave_everything(tmp_path, monkeypatch):
    path = tmp_path / "work.nnst"
    path.write_bytes(b"old")

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atomic.os, "fsync", full)
    with pytest.raises(StudioError, match=r"no room.*work\.nnst"):
        atomic.write(path, b"new", backup=True)
    assert [p.name for p in tmp_path.iterdir()] == ["work.nnst"]
    assert path.read_bytes() == b"old"
    with pytest.raises(StudioError, match="no folder"):
        atomic.write(tmp_path / "gone" / "x.nnst", b"new")


def test_what_a_kill_left_goes_with_a_later_save(tmp_path):
    path = tmp_path / "work.nnst"
    left = tmp_path / f"{atomic.PREFIX}work.nnst-abc"
    fresh, other = tmp_path / f"{atomic.PREFIX}work.nnst-def", tmp_path / ".nnstudio-else-abc"
    for one in (left, fresh, other):
        one.write_bytes(b"half")
        os.utime(one, (time.time() - 3600,) * 2)
    os.utime(fresh)  # another window may be writing it now
    atomic.write(path, b"new")
    assert {one.name for one in tmp_path.iterdir()} == {"work.nnst", fresh.name, other.name}


WRITER = """
import sys
from pathlib import Path
from nnstudio.core import atomic
path, n = Path(sys.argv[1]), 0
print("on", flush=True)
while True:
    n += 1
    atomic.write(path, (b"%06d" % n) * 200_000, backup=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
def test_killed_while_saving(tmp_path):
    """Ten kills at other moments each: always a whole version, and a whole backup."""
    path = tmp_path / "work.nnst"
    for at in range(10):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
        )
        with process:
            process.stdout.readline()
            time.sleep(0.02 + 0.007 * at)
            process.send_signal(signal.SIGKILL)
        for file in (path, path.with_name("work.nnst.bak")):
            if file.exists():
                content = file.read_bytes()
                assert content == content[:6] * 200_000
    assert path.exists()
