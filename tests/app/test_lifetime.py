"""Windows that come and go, with a real engine behind them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from nnstudio.app.settings import Settings
from nnstudio.app.studio import Studio


def test_one_window_after_the_other_each_trains_and_closes(qtbot, look):
    for _ in range(3):
        studio = Studio("xor", None, Settings())
        studio.start()
        qtbot.waitUntil(lambda studio=studio: studio.session.ready, timeout=60_000)
        QTest.keyClick(studio.window, Qt.Key.Key_Space)
        qtbot.waitUntil(lambda studio=studio: studio.session.latest.step > 5, timeout=10_000)
        assert not studio.bridge.failures
        studio.close()
        assert not studio.session.playing or not studio.session._thread.is_alive()
