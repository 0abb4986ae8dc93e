"""The training thread: commands in, snapshots out."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from nnstudio.engine.session import Session
from tests.helpers import layer, mlp, random_data, setup


def wait_until(condition, seconds=20.0):
    end = time.perf_counter() + seconds
    while not condition():
        assert time.perf_counter() < end, "nothing happened"
        time.sleep(0.005)


@pytest.fixture
def session():
    made = Session(threads=1)
    made.load(setup(mlp(3, 8, 1)), random_data(3, 2))
    made.start()
    wait_until(lambda: made.ready and made.latest is not None)
    yield made
    made.close()


def test_an_unforeseen_error_is_told_and_ends_nothing(session, monkeypatch):
    """The thread lives on, so that work can be saved and training can begin anew."""
    reported = []
    monkeypatch.setattr(threading, "excepthook", reported.append)
    session.play()
    wait_until(lambda: session.latest.step > 10)
    monkeypatch.setattr(session._trainer, "run", lambda steps: 1 // 0)
    wait_until(lambda: session.latest.error is not None and not session.playing)
    assert reported[0].exc_type is ZeroDivisionError and reported[0].exc_traceback is not None
    assert "ZeroDivisionError" in str(session.latest.error)
    monkeypatch.undo()
    states = []
    session.state(states.append)
    wait_until(lambda: states)
    assert session.alive and states[0] is not None
    session.reset()
    wait_until(lambda: session.latest.error is None and session.latest.step == 0)
    session.play()
    wait_until(lambda: session.latest.step > 10)
    monkeypatch.setattr(threading, "excepthook", reported.append)
    session.keyframe(lambda frame: frame.nothing)
    wait_until(lambda: session.latest.error is not None and not session.playing)
    assert "AttributeError" in str(session.latest.error) and len(reported) == 2


@pytest.mark.parametrize("name", ["_publish", "refine"])
def test_an_unforeseen_error_of_showing_is_told_and_ends_nothing(session, monkeypatch, name):
    """Once, not again and again; and what was asked for meanwhile is done."""
    reported = []
    monkeypatch.setattr(threading, "excepthook", reported.append)
    before = session.latest
    owner = session if name == "_publish" else session._recorder
    monkeypatch.setattr(owner, name, lambda *given: 1 // 0)
    session.step(20)
    wait_until(lambda: session.latest.error is not None and not session.playing)
    assert "ZeroDivisionError" in str(session.latest.error)
    assert session.latest.sequence > before.sequence and not session.latest.running
    time.sleep(0.1)
    assert len(reported) < 4
    states = []
    session.state(states.append)
    wait_until(states.__len__)
    assert states[0] is not None
    monkeypatch.undo()
    monkeypatch.setattr(threading, "excepthook", reported.append)
    session.reset()
    session.play()
    wait_until(lambda: session.latest.error is None and session.latest.step > 10)
    assert session.alive


def test_a_run_with_the_best_kept_can_be_saved_after_the_network_changes(session):
    """Also where the new network has more parameters than the old one."""
    made, data = setup(mlp(3, 8, 1), keep_best=True), random_data(3, 2)
    session.load(made, data)
    session.play()
    wait_until(lambda: session.latest.epoch > 2)
    session.pause()
    for units in (80, 2):
        session.load(setup(mlp(3, units, 1), keep_best=True), data)
        states = []
        session.state(states.append)
        wait_until(states.__len__)
        assert not [name for name in states[0]().arrays if name.startswith("kept")]
    assert session.latest.error is None


def test_a_number_that_is_not_there_is_left_alone(session):
    """What is shown may be a network that cannot run; the one before is still here."""
    before = session.latest.parameters["dense_1", "weight"].copy()
    for place in (("dense_1", "weight", (0, 8)), ("dense_1", "weight", (0,)), ("no", "bias", (0,))):
        session.set_parameter(*place, 5.0)
    session.set_parameter("dense_1", "weight", (2, 7), 0.25)
    wait_until(lambda: session.latest.parameters["dense_1", "weight"][2, 7] == 0.25)
    before[2, 7] = 0.25
    np.testing.assert_array_equal(session.latest.parameters["dense_1", "weight"], before)


def test_plays_and_pauses(session):
    session.play()
    wait_until(lambda: session.latest.step > 100)
    assert session.latest.running and session.latest.steps_per_second > 0
    session.pause()
    wait_until(lambda: not session.latest.running)
    step = session.latest.step
    time.sleep(0.1)
    assert session.latest.step == step
    assert not np.isnan(session.latest.valid_loss)


def test_one_step_and_one_epoch(session):
    session.step()
    wait_until(lambda: session.latest.step == 1 and not session.latest.running)
    session.step_epoch()
    wait_until(lambda: session.latest.epoch == 1)
    assert session.latest.step == 6


def test_stops_after_the_set_number_of_epochs(session):
    session.load(setup(mlp(3, 8, 1), epochs=7), random_data(3, 2))
    session.play()
    wait_until(lambda: session.latest.finished)
    assert session.latest.epoch == 7 and session.latest.progress == 1.0


def test_slow_motion_keeps_to_its_speed(session):
    session.set_speed(20.0)
    session.play()
    begin = time.perf_counter()
    wait_until(lambda: session.latest.step >= 10)
    assert 0.3 < time.perf_counter() - begin < 2.0


def test_reset_gives_the_first_weights_again(session):
    first = session.latest.parameters["dense_1", "weight"].copy()
    session.play()
    wait_until(lambda: session.latest.step > 50)
    session.reset()
    wait_until(lambda: session.latest.step == 0)
    np.testing.assert_array_equal(session.latest.parameters["dense_1", "weight"], first)


def test_a_weight_set_by_hand_is_in_the_next_snapshot(session):
    session.set_parameter("dense_1", "weight", (1, 2), 0.75)
    wait_until(lambda: session.latest.parameters["dense_1", "weight"][1, 2] == 0.75)


def test_an_edit_while_training_goes_on_from_the_same_step(session):
    session.play()
    wait_until(lambda: session.latest.step > 100)
    network = mlp(3, 8, 1)
    network, _ = network.insert_after("dense_1", layer("Dense.v1", units=5, activation="relu"))
    session.load(setup(network), random_data(3, 2))
    wait_until(lambda: len(session.latest.parameters) == 6)
    assert session.latest.step > 100 and session.latest.running


def test_an_unsound_setup_shows_its_error_and_a_sound_one_recovers(session):
    data = random_data(3, 2)
    session.load(setup(mlp(4, 8, 1)), data)
    wait_until(lambda: session.latest.error is not None)
    session.load(setup(mlp(3, 8, 1)), data)
    session.play()
    wait_until(lambda: session.latest.error is None and session.latest.running)


def test_divergence_is_told_and_reset_recovers(session):
    data = random_data(3, 2, task="regression")
    made = setup(mlp(3, 4, 2, last="linear"), "MSE.v1", learning_rate=100.0)
    session.load(made, data)
    session.play()
    wait_until(lambda: session.latest.error is not None)
    assert not session.latest.running and "learning rate" in str(session.latest.error)
    session.load(made.with_training(learning_rate=0.01), data)
    session.reset()
    session.play()
    wait_until(lambda: session.latest.running and session.latest.step > 10)


def test_curves_hold_training_and_validation(session):
    session.play()
    wait_until(lambda: len(session.curves().step) > 20)
    session.pause()
    wait_until(lambda: not session.latest.running)
    curves = session.curves()
    assert np.isfinite(curves.train_loss).all()
    assert np.isfinite(curves.valid_loss).any()
    assert (np.diff(curves.step) >= 0).all()


def test_it_is_settled_when_the_latest_shows_what_was_asked_for(session):
    wait_until(lambda: session.settled)
    hold, held = threading.Event(), threading.Event()
    session.keyframe(lambda _: (held.set(), hold.wait(20)))
    before = session.latest.generation
    session.load(setup(mlp(3, 5, 1)), random_data(3, 2))
    assert held.wait(20) and not session.settled
    assert session.latest.generation == before
    hold.set()
    wait_until(lambda: session.settled)
    assert session.latest.generation == before + 1


def test_closing_before_anything_is_loaded_ends_the_thread():
    made = Session(threads=1)
    made.start()
    made.close()
    assert not made._thread.is_alive()
