"""The whole run kept: thinned keyframes, and every step again to the bit."""

from __future__ import annotations

import dataclasses
import hashlib
import threading

import numpy as np
import pytest

from nnstudio.core.contracts import Optimizer
from nnstudio.core.registry import table
from nnstudio.engine.divergence import last_good_step
from nnstudio.engine.keyframe import Keyframe
from nnstudio.engine.replay import Replayer
from nnstudio.engine.session import Session
from nnstudio.engine.timeline import Timeline
from nnstudio.engine.trainer import Trainer
from tests.engine.test_session import wait_until
from tests.helpers import layer, mlp, optimizer, random_data, setup

DATA = random_data(5, 3, 60)


def digest(trainer):
    frame = trainer.keyframe()
    parts = (frame.parameters, frame.slots, frame.average)
    text = repr((frame.counters, frame.schedule, frame.watch.best, frame.watch.stopped))
    return hashlib.sha256(b"".join(p.tobytes() for p in parts) + text.encode()).hexdigest()


def again_and_straight(made, data=DATA, threads=1, k=37, n=45):
    """Digests after k + n steps: rewound from step k + 31 to k and replayed, and without."""
    straight = Trainer(made, data, threads)
    straight.run(k + n)
    rewound = Trainer(made, data, threads)
    rewound.run(k)
    kept = rewound.keyframe()
    rewound.run(31)
    rewound.restore(kept)
    rewound.run(n)
    found = digest(straight), digest(rewound)
    straight.close()
    rewound.close()
    return found


@pytest.mark.parametrize("name", [cls.type_name for cls in table(Optimizer).values()])
def test_a_rewound_run_repeats_to_the_bit_with_every_optimizer(name):
    straight, rewound = again_and_straight(
        setup(mlp(5, 8, 3, last="softmax"), optimizer=optimizer(name), learning_rate=0.01)
    )
    assert straight == rewound


def stack(*layers):
    from nnstudio.core.network import chain

    return chain(
        layer("Input.v1", shape=[5]),
        layer("Dense.v1", units=512, activation="relu"),
        *layers,
        layer("Dense.v1", units=3, activation="softmax"),
    )


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize(
    ("layers", "settings"),
    [
        (("Dropout.v1", "BatchNorm.v1"), {}),
        (("GaussianNoise.v1",), {"averaging": 0.9}),
        ((), {"patience": 3, "keep_best": True}),
        ((), {"clip_norm": 0.5, "max_norm": 1.0, "l2": 0.01}),
    ],
)
def test_a_rewound_run_repeats_whatever_is_random_or_remembered(layers, settings, threads):
    made = setup(
        stack(*(layer(name) for name in layers)), optimizer_name="Adam.v1",
        learning_rate=0.01, batch_size=30, **settings,
    )  # fmt: skip
    straight, rewound = again_and_straight(made, threads=threads, k=7, n=12)
    assert straight == rewound


def pictures(count=60):
    """Small pictures, as bytes, that are shifted, turned and made noisy when they are gathered."""
    from nnstudio.core.data import Data, Part
    from nnstudio.core.recipes.recipe import Augmentation

    random = np.random.default_rng(5)

    def part(n):
        x = random.integers(0, 256, (n, 10, 10, 1)).astype(np.uint8)
        return Part(x, random.integers(0, 3, (n, 1)).astype(np.float32))

    how = Augmentation(shift=0.1, rotate=15.0, noise=0.1, flip=True, zoom=0.1, cutout=0.2)
    return Data("pictures", "classification", part(count), part(20), ("a", "b", "c"),
                scale=1 / 255, augmentation=how)  # fmt: skip


@pytest.mark.parametrize("name", [cls.type_name for cls in table(Optimizer).values()])
def test_all_that_is_random_together_repeats_with_every_optimizer(name):
    from nnstudio.core.network import chain

    network = chain(
        layer("Input.v1", shape=[10, 10, 1]),
        layer("GaussianNoise.v1"),
        layer("Conv2D.v1", filters=4, kernel=[3, 3], activation="relu"),
        layer("BatchNorm.v1"),
        layer("Flatten.v1"),
        layer("Dropout.v1"),
        layer("Dense.v1", units=3, activation="softmax"),
    )
    made = setup(network, optimizer=optimizer(name), learning_rate=0.01, batch_size=17)
    data = pictures()
    straight, rewound = again_and_straight(made, data)
    assert straight == rewound
    plain = dataclasses.replace(data, augmentation=None)
    assert again_and_straight(made, plain)[0] != straight  # the pictures were changed


def test_a_look_back_at_augmented_digits_is_exact(replayer):
    from nnstudio.core.recipes.recipe import Augmentation
    from nnstudio.core.setup import preset
    from nnstudio.datasets.mnist import Mnist

    how = Augmentation(shift=0.1, rotate=15.0, noise=0.1)
    data = dataclasses.replace(
        Mnist(train_examples=400, valid_examples=50).load(), augmentation=how
    )
    made = preset("mnist-mlp").with_training(batch_size=64, epochs=0)
    session = Session(threads=1)
    session.load(made, data)
    session.start()
    try:
        wait_until(lambda: session.ready and session.latest is not None)
        train(session, 40)
        straight = Trainer(made, data, 1)
        for step in (9, 23, 40):
            straight.run(step - straight.step)
            moment = look(replayer, session.runs.find(step))[-1]
            assert moment.exact
            for key, values in straight.parameters.items():
                np.testing.assert_array_equal(moment.parameters[key], values)
        straight.close()
    finally:
        session.close()


def test_a_schedule_that_watches_goes_on_as_it_did():
    from nnstudio.core import registry
    from nnstudio.core.contracts import Schedule

    plateau = registry.from_json(Schedule, {"type": "ReduceOnPlateau.v1", "patience": 1})
    made = setup(mlp(5, 8, 3, last="softmax"), learning_rate=0.5, schedule=plateau)
    straight, rewound = again_and_straight(made)
    assert straight == rewound


# --- the timeline ---


def frame(step, size=100):
    return Keyframe(np.zeros(size, np.float32), np.zeros(0, np.float32), (step, 0, 0, step))


def test_thinning_keeps_the_ends_and_the_beginnings_of_stretches():
    line = Timeline()
    line.begin(None, None, frame(0))
    for step in range(10, 5000, 10):
        line.add(frame(step))
    line.begin(None, None, frame(5000))
    for step in range(5010, 10001, 10):
        line.add(frame(step))
    budget = 100 * frame(0).nbytes
    line.thin(nbytes=budget)
    assert line.nbytes <= budget and len(line) > 80
    assert line.steps[0] == 0 and line.steps[-1] == 10000 and 5000 in line.steps
    gaps = np.diff(line.steps)
    assert gaps.max() <= 400  # no step is far from a keyframe ...
    assert gaps[:5].max() < 100 and gaps[-5:].max() < 100  # ... and the ends are close


def test_the_newest_and_the_first_survive_any_budget():
    line = Timeline()
    for step in range(0, 1000, 10):
        line.begin(None, None, frame(step))
    line.thin(nbytes=1)
    assert line.steps == [0, 990]
    place = line.find(500)
    assert not place.exact and place.keyframe.step == 0


def test_a_keyframe_is_found_in_the_stretch_of_its_step():
    line = Timeline()
    line.begin("a", None, frame(0))
    line.add(frame(10))
    line.begin("b", None, frame(20))
    line.add(frame(30))
    assert line.find(19).stretch.setup == "a" and line.find(19).keyframe.step == 10
    assert line.find(20).stretch.setup == "b" and line.find(29).keyframe.step == 20
    assert line.nearest(27).keyframe.step == 30
    assert line.edits() == (20,)


def test_an_edit_that_nothing_was_trained_after_gives_way_to_the_next():
    line = Timeline()
    line.begin("a", None, frame(0))
    line.add(frame(10))
    for name in "bcd":
        line.begin(name, None, frame(10))
    assert [s.setup for s in line.stretches] == ["a", "d"]
    assert line.find(9).stretch.setup == "a" and line.find(9).exact
    line.strip()
    assert [s.setup for s in line.stretches] == ["a"]
    assert line.nbytes == 2 * frame(0).nbytes


# --- with the session ---


@pytest.fixture
def session():
    made = Session(threads=1)
    made.load(setup(mlp(3, 8, 1), optimizer_name="Adam.v1"), random_data(3, 2))
    made.start()
    wait_until(lambda: made.ready and made.latest is not None)
    yield made
    made.close()


@pytest.fixture
def replayer():
    made = Replayer()
    yield made
    made.close()


def look(replayer, place):
    """The moments that a wish gives, the last being the best."""
    found, done = [], threading.Event()

    def take(moment):
        found.append(moment)
        if moment.final:
            done.set()

    replayer.ask(place, take)
    assert done.wait(10)
    return found


def train(session, steps):
    before = session.latest.step
    session.step(steps)
    wait_until(lambda: session.latest.step == before + steps and not session.latest.running)


def test_any_step_across_edits_is_shown_as_it_was(session, replayer):
    first = setup(mlp(3, 8, 1), optimizer_name="Adam.v1")
    data = session._trainer.data
    train(session, 700)
    session.load(first.with_training(learning_rate=0.3), data)
    train(session, 500)
    session.set_parameter("dense_1", "weight", (0, 0), 2.5)
    train(session, 300)
    by_hand = Trainer(first, data, 1)
    wanted = {}
    for step in (0, 1, 350, 699, 700, 1199, 1200, 1499, 1500):
        if step > 700 and by_hand.step <= 700:
            by_hand.run(700 - by_hand.step)
            by_hand.replace(first.with_training(learning_rate=0.3), data)
        if step >= 1200 and by_hand.step < 1200:
            by_hand.run(1200 - by_hand.step)
            by_hand.parameters["dense_1", "weight"][0, 0] = 2.5
        by_hand.run(step - by_hand.step)
        wanted[step] = by_hand.parameters["dense_1", "weight"].copy()
    by_hand.close()
    assert session.runs.track().edits == (700, 1200)
    for step, weight in wanted.items():
        moment = look(replayer, session.runs.find(step))[-1]
        assert moment.exact and moment.step == step, step
        np.testing.assert_array_equal(moment.parameters["dense_1", "weight"], weight, str(step))
    assert look(replayer, session.runs.find(300))[-1].learning_rate == pytest.approx(0.03)
    assert look(replayer, session.runs.find(900))[-1].learning_rate == pytest.approx(0.3)


def test_a_long_run_stays_within_its_budget_and_exact(session, replayer):
    session.runs.budget = 200_000
    train(session, 100_000)
    assert session.runs.nbytes <= 200_000
    found = look(replayer, session.runs.find(61_803))
    straight = Trainer(setup(mlp(3, 8, 1), optimizer_name="Adam.v1"), session._trainer.data, 1)
    straight.run(61_803)
    np.testing.assert_array_equal(
        found[-1].parameters["dense_1", "weight"], straight.parameters["dense_1", "weight"]
    )
    straight.close()


def test_many_runs_stay_within_the_budget_and_the_last_one_left_can_be_opened(session):
    train(session, 30)
    size = session.runs.present.timeline.newest.nbytes
    session.runs.budget = 12 * size
    for number in range(2, 21):
        if number == 4:
            session.runs.change(3, pinned=True)
        session.reset()
        wait_until(
            lambda number=number: session.runs.present.number == number and session.latest.step == 0
        )
        train(session, 20)
    assert session.runs.nbytes <= session.runs.budget
    kept = [run.number for run in session.runs.all() if len(run.timeline)]
    assert {3, 19, 20} <= set(kept) and 1 not in kept and kept == sorted(kept)
    assert all(run.curves.step[-1] == run.steps for run in session.runs.all()[:-1])
    session.runs.budget = size
    session.step(10)
    wait_until(lambda: session.latest.step == 30)
    assert [len(session.runs[number].timeline) for number in (3, 18, 19)] == [2, 0, 2]
    session.open_run(19)
    wait_until(lambda: session.runs.present.number == 19 and session.latest.step == 20)


def test_a_branch_goes_on_as_the_run_did_and_the_run_can_be_opened_again(session, replayer):
    train(session, 600)
    end = session.latest.parameters["dense_1", "weight"].copy()
    moment = look(replayer, session.runs.find(250))[-1]
    session.branch(1, moment)
    wait_until(lambda: session.latest.step == 250)
    assert session.curves().step[-1] <= 250
    run = session.runs.present
    assert (run.number, run.parent, run.branched_at) == (2, 1, 250)
    train(session, 350)
    np.testing.assert_array_equal(session.latest.parameters["dense_1", "weight"], end)
    session.step(50)
    wait_until(lambda: session.latest.step == 650)
    session.open_run(1)
    wait_until(lambda: session.latest.step == 600)
    assert session.runs.present.number == 1 and session.runs[2].curves.step[-1] == 650
    np.testing.assert_array_equal(session.latest.parameters["dense_1", "weight"], end)


def test_a_reset_begins_a_new_run_and_loses_none(session):
    train(session, 50)
    session.reset()
    session.reset()
    wait_until(lambda: session.latest.step == 0 and session.runs.present.number == 2)
    train(session, 20)
    runs = session.runs.all()
    assert [run.steps for run in runs] == [50, 20]
    assert runs[0].curves.step[-1] == 50


def test_other_data_begins_a_new_run_and_the_old_one_keeps_its_own(session):
    old = session._trainer.data
    train(session, 50)
    session.load(setup(mlp(4, 8, 1)), random_data(4, 2))
    session.reset()
    wait_until(lambda: session.runs.present.number == 2 and session.latest.step == 0)
    session.open_run(1)
    wait_until(lambda: session.latest.step == 50)
    assert session._trainer.data is old


def test_a_divergence_is_remembered(session):
    session.load(
        setup(mlp(3, 4, 2, last="linear"), "MSE.v1", learning_rate=100.0),
        random_data(3, 2, task="regression"),
    )
    session.play()
    wait_until(lambda: session.latest.error is not None)
    track = session.runs.track()
    assert track.diverged == session.latest.step
    good = last_good_step(session.runs, session.curves())
    assert good is not None and good < track.diverged
