"""A reset never loses what was learned: undo goes back to the very weights."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from PySide6.QtGui import QUndoStack

from nnstudio.app.time.reset_run import ResetRun, has_learned
from nnstudio.engine.session import Session
from tests.app.fakes import document, snapshot

PATIENCE = 240_000


@pytest.fixture
def session(qtbot):
    made = Session()
    made.start()
    found = document("xor")
    made.load(found.setup, found.data)
    qtbot.waitUntil(lambda: made.ready, timeout=PATIENCE)
    yield made
    made.close()


def state(session):
    """Where training stands, once all commands before have been obeyed."""
    found, done = [], threading.Event()

    def take(keyframe):
        found.append(keyframe)
        done.set()

    session.keyframe(take)
    assert done.wait(240)
    return found[0]


def test_undo_goes_back_to_the_very_weights(session, qtbot):
    stack = QUndoStack()
    session.step(50)
    qtbot.waitUntil(lambda: session.latest.step == 50, timeout=PATIENCE)
    learned = state(session)
    assert has_learned(session)
    stack.push(ResetRun(session))
    first = state(session)
    assert first.step == 0 and not np.array_equal(first.parameters, learned.parameters)
    assert stack.undoText() == "Reset"
    stack.undo()
    back = state(session)
    assert back.step == 50
    assert np.array_equal(back.parameters, learned.parameters)
    assert np.array_equal(back.slots, learned.slots)
    stack.redo()
    assert state(session).step == 0
    stack.undo()
    assert np.array_equal(state(session).parameters, learned.parameters)


def test_the_window_offers_it_only_if_something_was_learned(window):
    window.actions_by_name["reset"].trigger()
    assert window.document.stack.count() == 0
    window.session.latest = snapshot(step=7)
    window.actions_by_name["reset"].trigger()
    assert window.document.stack.undoText() == "Reset"
    assert [told for told in window.session.told if told == ("reset",)] == [("reset",)] * 2
