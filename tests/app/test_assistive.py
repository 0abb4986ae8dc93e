"""What a screen reader can read of the views follows training by itself."""

from __future__ import annotations

from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest

from nnstudio.app import recent, recovery
from nnstudio.app.settings import Settings
from nnstudio.app.studio import Studio
from tests.app.person import wait_until


def test_sentences_of_the_views_follow_training(qtbot, tmp_path, monkeypatch):
    monkeypatch.setattr(recovery, "recovery_path", lambda: tmp_path / "recovery")
    monkeypatch.setattr(recent, "recent_path", lambda: tmp_path / "recent.json")
    monkeypatch.setattr(QAccessible, "isActive", lambda: True)  # as while a reader runs
    studio = Studio("xor", None, Settings())
    try:
        studio.start()
        window = studio.window
        wait_until(lambda: studio.session.ready and studio.session.latest is not None)
        loss = QAccessible.queryAccessibleInterface(window.area.panel("loss"))
        said = lambda: loss.text(QAccessible.Text.Description)  # noqa: E731
        studio.session.play()
        wait_until(lambda: said().startswith("After "), 30)
        first = said()
        wait_until(lambda: said() != first, 30)
        studio.session.pause()
        wait_until(lambda: not studio.session.playing)
        wait_until(lambda: said() == window.area.panel("loss").summary(), 30)
        window.looks.set_language("zh")
        wait_until(lambda: "训练" in said(), 30)
        QTest.qWait(1)
    finally:
        studio.window.looks.set_language("en")
        studio.close()
