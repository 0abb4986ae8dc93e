"""Helpers that join, wake late, leave and come back: the result is that of one thread."""

from __future__ import annotations

import random
import threading

from nnstudio.commands.train import parameters_sha256
from nnstudio.engine.threads import Teamwork
from nnstudio.engine.trainer import Trainer
from tests.helpers import mlp, random_data, setup

DATA = random_data(300, 10, 256)
MADE = setup(mlp(300, 160, 10, activation="relu", last="softmax"), batch_size=64)
STEPS = 600


def trained(threads, choose=None):
    """The hash after STEPS steps in chunks of random length."""
    trainer = Trainer(MADE, DATA, threads)
    assert trainer.program.shards > 1
    if choose is not None:
        trainer._teamwork.choose = choose
    rng = random.Random(1)
    while trainer.step < STEPS:
        trainer.run(min(rng.randint(1, 9), STEPS - trainer.step))
    result = parameters_sha256(trainer)
    trainer.close()
    return result


def test_more_threads_than_cores_and_restless_teamwork():
    alone = trained(1)
    rng = random.Random(2)
    for threads in (2, 3, 5):
        assert trained(threads, lambda steps: (True, steps)) == alone
        assert trained(threads, lambda steps: (rng.random() < 0.5, rng.randint(1, steps))) == alone


def test_beside_a_busy_program():
    alone = trained(1)
    stop = threading.Event()

    def burn():
        while not stop.is_set():
            sum(range(1000))

    busy = threading.Thread(target=burn)
    busy.start()
    try:
        assert trained(3) == alone
    finally:
        stop.set()
        busy.join()


def simulate(seconds, choose_steps, speed):
    """The share of the faster way's speed that a decider reaches; ``speed(time, together)`` is
    in steps a second."""
    teamwork, now, steps, ideal = Teamwork(), 0.0, 0, 0.0
    while now < seconds:
        together, some = teamwork.choose(choose_steps)
        rate = speed(now, together)
        ideal += max(speed(now, True), speed(now, False)) * some / rate
        teamwork.record(together, together, some, some / rate)
        now += some / rate
        steps += some
    return steps / ideal


def test_trials_cost_little_and_a_change_is_noticed():
    def quiet(_, together):
        return 32.0 if together else 16.0

    def changing(now, together):
        busy = 4.0 < now < 8.0
        return (5.0 if busy else 32.0) if together else 16.0

    assert simulate(4.0, 8, quiet) > 0.93  # some steps of 60 ms in the first seconds
    assert simulate(60.0, 1, quiet) > 0.97
    assert simulate(60.0, 1, lambda _, together: 5000.0 if together else 2500.0) > 0.97
    assert simulate(60.0, 1, lambda _, together: 10.0 if together else 16.0) > 0.95
    assert simulate(12.0, 1, changing) > 0.85
