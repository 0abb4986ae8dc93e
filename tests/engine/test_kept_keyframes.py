"""A project keeps the keyframes of all runs: any of them goes on, branches and is scrubbed through
to the bit after the file was opened again; files of the first version still open."""

from __future__ import annotations

import contextlib
import dataclasses
import queue
import time
from pathlib import Path

import numpy as np
import pytest

from nnstudio.commands.train import parameters_sha256
from nnstudio.core import project, registry
from nnstudio.core.archive import Archive
from nnstudio.core.contracts import Dataset, Layer, Schedule
from nnstudio.core.defaults import setup_for
from nnstudio.core.opening import load
from nnstudio.engine import keyframes_file, named, runs_file
from nnstudio.engine.replay import Replayer
from nnstudio.engine.session import Session
from nnstudio.engine.timeline import Timeline
from nnstudio.engine.trainer import Trainer


@contextlib.contextmanager
def session_of(setup, data, state=None):
    """A session that stands where the setup begins, or where a state says."""
    session = Session(1)
    session.start()
    if state is None:
        session.load(setup, data, keep=False)
    else:
        session.reopen(setup, data, state)
    until(lambda: session.ready)
    try:
        yield session
    finally:
        session.close()


def until(condition):
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def steps(session, count):
    """Do some steps; a keyframe is taken where they end."""
    end = settled(session).step + count
    session.step(count)
    until(lambda: session.latest.step == end and not session.playing)


def settled(session):
    """All commands so far are done."""
    done = queue.SimpleQueue()
    session.keyframe(done.put)
    return done.get(timeout=60)


def weights(session):
    until(lambda: session.latest.step == settled(session).step)
    return b"".join(session.latest.parameters[key].tobytes()
                    for key in sorted(session.latest.parameters))  # fmt: skip


def state_now(session):
    made = queue.SimpleQueue()
    session.state(made.put)
    return made.get(timeout=60)()


def again(session, path):
    """What a file of the session gives."""
    setup, data = session.runs.present.setup, session.runs.present.timeline.stretches[-1].data
    project.write(path, project.Project(setup, data, state_now(session)))
    return project.read(path)


def moment(session, step, number):
    """The weights at a step of a run, replayed."""
    found = queue.SimpleQueue()
    replayer = Replayer()
    replayer.ask(session.runs.find(step, number), found.put)
    while not (one := found.get(timeout=60)).final:
        pass
    replayer.close()
    assert one.step == step
    assert one.exact
    return one, b"".join(one.parameters[key].tobytes() for key in sorted(one.parameters))


def plateau():
    return registry.find(Schedule, "ReduceOnPlateau.v1")(patience=1, factor=0.7)


SETTINGS = {
    "plain": {},
    "averaging": {"averaging": 0.9},
    "best": {"keep_best": True, "patience": 500},
    "schedule": {"schedule": plateau()},
}


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_an_earlier_run_goes_on_branches_and_is_scrubbed(tmp_path, settings):
    setup, data = load("xor", None)
    for layer in ("BatchNorm.v1", "Dropout.v1"):
        network, _ = setup.network.insert_after("dense_1", registry.find(Layer, layer)())
        setup = setup.with_network(network)
    setup = setup.with_training(**settings)
    at = {}
    with session_of(setup, data) as session:
        for _ in range(6):
            steps(session, 23)
            at[session.latest.step] = weights(session)
        faster = setup.with_training(learning_rate=0.3)
        session.load(faster, data)
        for _ in range(4):
            steps(session, 17)
            at[session.latest.step] = weights(session)
        last = session.latest.step
        session.reset()
        settled(session)
        steps(session, 31)
        second = weights(session)
        found = again(session, tmp_path / "a.nnst")
        session.open_run(1)
        steps(session, 40)
        went_on = weights(session)
    with session_of(found.setup, found.data, found.state) as session:
        assert weights(session) == second
        assert [(run.number, run.steps) for run in session.runs.all()] == [(1, last), (2, 31)]
        assert session.runs[1].timeline.edits() == (138,)
        for step, expected in at.items():
            assert moment(session, step, 1)[1] == expected
        one, expected = moment(session, 100, 1)  # between keyframes, replayed
        session.branch(1, one)
        assert weights(session) == expected
        steps(session, 15)
        assert weights(session) == at[115]
        session.open_run(1)
        assert weights(session) == at[last]
        assert session.curves().step[-1] == last
        steps(session, 40)
        assert weights(session) == went_on


def test_the_present_run_keeps_its_past(tmp_path):
    """Twice through a file: the time machine still reaches every step, over a layer more and a
    weight set by hand."""
    setup, data = load("xor", None)
    at = {}
    with session_of(setup, data) as session:
        steps(session, 25)
        at[25] = weights(session)
        steps(session, 15)
        more = registry.find(Layer, "Dense.v1")(units=3)
        setup = setup.with_network(setup.network.insert_after("dense_1", more)[0])
        session.load(setup, data)
        steps(session, 30)
        at[70] = weights(session)
        session.set_parameter("dense_1", "weight", (0, 0), 2.5)
        found = again(session, tmp_path / "a.nnst")
    with session_of(found.setup, found.data, found.state) as session:
        steps(session, 30)
        at[100] = weights(session)
        found = again(session, tmp_path / "b.nnst")
    with session_of(found.setup, found.data, found.state) as session:
        assert session.runs.present.timeline.edits() == (40, 70)
        assert session.runs.track().first == 0
        for step in (100, 25):
            assert moment(session, step, 0)[1] == at[step]
        before, _ = moment(session, 69, 0)
        assert before.stretch.setup == setup
        one, _ = moment(session, 70, 0)
        assert one.parameters["dense_1", "weight"][0, 0] == 2.5
        one, _ = moment(session, 12, 0)
        assert len(one.stretch.setup.network.nodes) + 1 == len(setup.network.nodes)


def test_runs_on_other_data(tmp_path):
    """A run on a table of the person's, then one on made points: both go on, without the table."""
    table = tmp_path / "table.csv"
    table.write_text("a,b,kind\n" + "".join(f"{i % 7},{i % 5},{'xy'[i % 2]}\n" for i in range(60)))
    dataset = registry.from_json(
        Dataset, {"type": "OwnTable.v1", "path": str(table), "recipe": {"targets": ["kind"]}}
    )
    own = dataset.load()
    with session_of(setup_for(dataset, own, "table"), own) as session:
        steps(session, 20)
        first = weights(session)
        session.load(*load("xor", None), keep=False)
        steps(session, 10)
        session.load(*load("circle", None), keep=False)
        settled(session)
        found = again(session, tmp_path / "a.nnst")
    table.unlink()
    assert list(found.state.data) == [own.digest]
    with session_of(found.setup, found.data, found.state) as session:
        assert [len(run.timeline) > 0 for run in session.runs.all()] == [True, True, True]
        session.open_run(1)
        assert weights(session) == first
        session.open_run(2)
        steps(session, 5)
        assert session.latest.error is None


def line_of(trainer, count, gap=1):
    line = Timeline()
    line.begin(trainer.setup, trainer.data, trainer.keyframe(), trainer.places)
    for _ in range(count):
        trainer.run(gap)
        line.add(trainer.keyframe())
    return line


@pytest.fixture
def trainer():
    setup, data = load("xor", None)
    made = Trainer(setup.with_training(keep_best=True), data, threads=1)
    yield made
    made.close()


def test_the_past_is_thinned_to_its_budget(trainer):
    one, two = line_of(trainer, 300), line_of(trainer, 200)
    size = keyframes_file._size([one.newest])
    lines = {2: two.copy(), 1: one.copy()}
    keyframes_file.thinned(lines, 2, two.newest.step, past=60 * size)
    assert lines[2].newest.step < two.newest.step  # the file has where it stands anyway
    assert lines[1].steps[-1] == one.newest.step
    assert lines[1].steps[0] == 0
    total = keyframes_file._size([*lines[1].frames, *lines[2].frames])
    assert 20 * size < total <= 61 * size
    lines = {2: two.copy(), 1: one.copy()}
    keyframes_file.thinned(lines, 2, two.newest.step, past=0, ends=size)
    assert (len(lines[2]), lines[1].steps) == (0, [one.newest.step])
    keyframes_file.thinned(lines, 2, two.newest.step, past=0, ends=0)
    assert len(lines[1]) == 0
    assert len(one) == 301  # what is thinned are copies


def test_many_keyframes_make_few_entries(trainer, tmp_path):
    runs = saved_state(trainer)
    project.write(tmp_path / "a.nnst", project.Project(trainer.setup, trainer.data, runs))
    with Archive(tmp_path / "a.nnst") as found:
        frames = [name for name in found.names() if name.startswith("keyframes/")]
        assert found.array("keyframes/0/where").shape[0] > 80
        assert len(frames) < 40


def saved_state(trainer):
    from nnstudio.engine.runs import Runs

    runs = Runs()
    runs.begin(trainer)
    for _ in range(90):
        trainer.run(1)
        runs.follow(trainer, force=True)
    state = named.state_of(trainer.program, trainer.keyframe())
    return runs_file.with_runs(state, runs.capture(), trainer.data)


def test_what_is_unsound_is_left_out(trainer):
    """Tables that lie about places, orders or shapes: fewer keyframes, never a wrong one."""
    state = saved_state(trainer)
    whole = runs_file.read(state, trainer.data)[0].timeline
    assert len(whole) == 90
    first = state.runs["keyframes/0/counters"]

    def frames(**arrays):
        changed = {f"keyframes/0/{name}": array for name, array in arrays.items()}
        some = dataclasses.replace(state, runs=state.runs | changed)
        return len(runs_file.read(some, trainer.data)[0].timeline)

    assert frames(counters=first[::-1].copy()) == 90  # put in order
    assert frames(counters=-first) == 0
    assert frames(counters=first.astype(np.float64)) == 0
    assert frames(counters=first[:5]) == 0
    assert frames(where=np.full((90, 2), 7, np.int64)) == 0
    assert frames(where=np.int64(3)) == 0
    assert frames(watch=np.full((90, 4), np.nan)) == 90
    assert frames(schedule=np.full((90, 3), np.inf)) == 90
    weight = "parameters/dense_1/weight"
    assert frames(**{weight: state.runs[f"keyframes/0/{weight}"][:, :1]}) == 0
    for key, nonsense in (("stretches", [[1, 0, -5, 9, 0, 0]]), ("stretches", 7), ("stacks", "x"),
                          ("setups", [{}]), ("data", [None]), ("data", [])):  # fmt: skip
        some = dataclasses.replace(state, tree=state.tree | {key: nonsense})
        assert all(not len(run.timeline) for run in runs_file.read(some, trainer.data))


def test_a_place_in_the_epoch_beyond_the_data_begins_a_new_one(trainer):
    """A stranger's file may say that a million examples of the epoch are used."""
    trainer.run(5)
    frame = dataclasses.replace(trainer.keyframe(), counters=(5, 0, 10**9, 5), schedule=(1.0, 2.0))
    trainer.restore(frame)
    trainer.run(50)
    assert trainer.steps_to_epoch_end() <= trainer.steps_per_epoch
    assert all(np.isfinite(array).all() for array in trainer.parameters.values())


def test_the_first_version_still_opens(tmp_path):
    """A file of version 1: two runs, the first with its name, and training goes on to the bit."""
    file = Path(__file__).parent / "files" / "version-1.nnst"
    found = project.read(file)
    assert (found.notes, found.extra) == ("as it was", {"layout": [1, 2]})
    first, second = runs_file.read(found.state, found.data)
    assert (first.name, first.notes, first.pinned, first.steps) == ("first", "记下", True, 30)
    assert first.curves.step[-1] == 30
    assert first.setup == found.setup
    assert second.steps == 20
    trainer = Trainer(found.setup, found.data, threads=1)
    trainer.restore(named.keyframe_of(trainer.program, found.state))
    trainer.run(40)
    assert trainer.step == 60
    with session_of(found.setup, found.data, found.state) as session:
        steps(session, 40)
        assert session.latest.step == 60
        latest = session.latest.parameters
        assert all(latest[key].tobytes() == trainer.parameters[key].tobytes() for key in latest)
        written = again(session, tmp_path / "a.nnst")
    assert written.state.tree["runs"][0]["name"] == "first"
    assert len(parameters_sha256(trainer)) == 64
    trainer.close()
