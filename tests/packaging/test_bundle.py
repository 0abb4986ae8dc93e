"""The double-click program brings what its windows need, wherever it was built."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import bundle
import dev
import PySide6
import pytest

QT = Path(PySide6.__file__).parent / "Qt"


@pytest.mark.skipif(sys.platform != "linux", reason="only there Qt wants the system's libraries")
def test_a_library_that_windows_need_and_nobody_brings_is_told(tmp_path):
    place = tmp_path / "_internal" / "PySide6" / "Qt"
    (place / "plugins" / "platforms").mkdir(parents=True)
    shutil.copy(QT / "plugins" / "platforms" / "libqoffscreen.so", place / "plugins" / "platforms")
    assert "libQt6Gui.so.6" in bundle.unmet(tmp_path)
    (place / "lib").symlink_to(QT / "lib")
    assert not bundle.unmet(tmp_path)


def test_a_build_sees_to_what_windows_need_where_none_can_open(monkeypatch):
    asked = []
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setattr(dev, "prepare", lambda development: None)
    monkeypatch.setattr(dev, "has_module", lambda python, name: True)
    monkeypatch.setattr(dev, "tool", lambda *arguments, quiet=False: (0, "1.0"))
    monkeypatch.setattr(dev, "see_to_qt", lambda window: asked.append(window))
    assert dev.bundle([]) == 0
    assert asked == [True]
