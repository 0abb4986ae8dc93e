"""A window without an engine behind it."""

from __future__ import annotations

import pytest

from nnstudio.app import theme
from nnstudio.app.bridge import Bridge
from nnstudio.app.plot_loading import load_at_once
from nnstudio.app.settings import Settings
from nnstudio.app.window import Window
from nnstudio.core.editing import user_blocks
from tests.app.fakes import FakeSession, document


@pytest.fixture(autouse=True)
def curves():
    """Curves can be drawn at once, whichever test is the first to draw any."""
    load_at_once()


@pytest.fixture(autouse=True)
def own_blocks(tmp_path, monkeypatch):
    """Blocks that a test keeps are its own."""
    monkeypatch.setattr(user_blocks, "blocks_path", lambda: tmp_path / "blocks.json")


@pytest.fixture
def look():
    """A test that changes the theme changes it for itself alone."""
    yield
    theme._current = theme.LIGHT


@pytest.fixture
def window(qtbot, look):
    made = document()
    session = FakeSession()
    shown = Window(made, session, Bridge(made, session), Settings())
    qtbot.addWidget(shown)
    with qtbot.waitExposed(shown):
        shown.show()
    session.told.clear()
    yield shown
    shown.close()
