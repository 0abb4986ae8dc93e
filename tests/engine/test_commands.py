"""The session's queue: an edit waits for the window to paint it, and for nothing else."""

from __future__ import annotations

import time

from nnstudio.core.setup import preset
from nnstudio.engine import commands
from nnstudio.engine.commands import Commands, Edit


def three():
    setup = preset("xor")
    return [setup.with_training(epochs=n) for n in (1, 2, 3)], setup.dataset.load()


def test_of_edits_that_wait_only_the_last_is_obeyed(monkeypatch):
    monkeypatch.setattr(commands, "PAINTING", 0.2)
    setups, data = three()
    waiting = Commands()
    for setup in setups:
        waiting.edit(setup, data)
    assert waiting.take() is None and len(waiting) == 3
    begin = time.perf_counter()
    while waiting.seconds_left > 0:
        waiting.news.clear()
        waiting.wait()
    assert time.perf_counter() - begin > 0.1
    taken = waiting.take()
    assert isinstance(taken, Edit) and taken.setup == setups[-1] and not waiting


def test_nothing_overtakes_an_edit(monkeypatch):
    monkeypatch.setattr(commands, "PAINTING", 60.0)
    (first, second, third), data = three()
    waiting = Commands()
    told = []
    waiting.edit(first, data)
    waiting.edit(second, data)
    waiting.put(lambda: told.append("asked"))
    waiting.edit(third, data)
    waiting.put(lambda: told.append("again"))
    order = []
    while (command := waiting.take()) is not None:
        order.append(command.setup if isinstance(command, Edit) else command())
    assert order == [second, None, third, None] and told == ["asked", "again"]


def test_the_first_edit_of_all_does_not_wait():
    setups, data = three()
    waiting = Commands()
    waiting.edit(setups[0], data)
    assert isinstance(waiting.take(at_once=True), Edit)


def test_how_long_a_command_takes_is_known_while_it_is_obeyed():
    waiting = Commands()
    assert waiting.seconds_busy == 0.0
    waiting.put(lambda: None)
    command = waiting.take()
    assert command is not None
    begin = waiting.seconds_busy
    time.sleep(0.02)
    assert waiting.seconds_busy >= begin + 0.02
    assert waiting.take() is None
    assert waiting.seconds_busy == 0.0


def test_what_waits_or_is_being_obeyed_is_pending():
    setups, data = three()
    waiting = Commands()
    assert not waiting.pending
    waiting.edit(setups[0], data)
    assert waiting.pending
    assert waiting.take() is None and waiting.pending  # not due yet
    assert waiting.take(at_once=True) is not None and waiting.pending
    assert waiting.take() is None and not waiting.pending
