"""Helpers that join, wake late, leave and come back: the result is that of one thread."""

from __future__ import annotations

import random
import threading

from nnstudio.commands.train import parameters_sha256
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
        assert trained(threads, lambda: True) == alone
        assert trained(threads, lambda: rng.random() < 0.5) == alone


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
