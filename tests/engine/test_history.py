"""Curves of figures of merit: measured now and then, kept in a fixed memory, written and read."""

import csv

import numpy as np
import pytest

from nnstudio.cli import main
from nnstudio.core.metrics import METRICS
from nnstudio.engine import named, runs_file
from nnstudio.engine.history import Curves, History
from nnstudio.engine.scoring import gives_logits, predict
from nnstudio.engine.session import Session
from nnstudio.engine.trainer import Trainer
from tests.engine.test_session import wait_until
from tests.helpers import mlp, random_data, setup


@pytest.fixture(params=["classification", "regression"])
def session(request):
    classes = request.param == "classification"
    data = random_data(3, 2, task=request.param)
    network = mlp(3, 8, 2, last="softmax") if classes else mlp(3, 8, 2, last="linear")
    made = Session(threads=1)
    made.load(setup(network, "CrossEntropy.v1" if classes else "MSE.v1", learning_rate=0.01), data)
    made.start()
    wait_until(lambda: made.ready and made.latest is not None)
    yield made
    made.close()


def train(session, steps):
    before = session.latest.step
    session.step(steps)
    wait_until(lambda: session.latest.step == before + steps and not session.latest.running)


def test_every_figure_that_suits_the_data_is_in_the_curves(session):
    train(session, 300)
    curves = session.curves()
    trainer = session._trainer
    data, network = trainer.data, trainer.setup.network
    names = [m.name for m in METRICS.values() if data.task in m.tasks and m.name != "accuracy"]
    assert sorted(curves.more) == sorted(f"{p}_{n}" for n in names for p in ("train", "valid"))
    for part in ("train", "valid"):
        examples = getattr(data, part)
        output = predict(network, data, examples, trainer.probe())
        for name in names:
            column = curves.get(f"{part}_{name}")
            assert len(column) == len(curves.step)
            wanted = METRICS[name].measure(output, examples.y, gives_logits(network), data.task)
            assert column[-1] == pytest.approx(wanted, rel=1e-6), name


def test_figures_survive_rewinding_and_files(session):
    train(session, 200)
    curves = session.curves()
    state = named.state_of(session._trainer.program, session._trainer.keyframe(), curves)
    again = History()
    again.fill(state.curves)
    for name, column in curves.columns().items():
        np.testing.assert_array_equal(again.curves().get(name), column)
    session.reset()
    wait_until(lambda: session.latest.step == 0)
    train(session, 5)
    state = runs_file.with_runs(state, session.runs.capture(), session._trainer.data)
    old = runs_file.read(state, session._trainer.data)[0]
    assert set(old.curves.more) == set(curves.more)
    some = next(iter(curves.more))
    np.testing.assert_array_equal(old.curves.get(some), curves.get(some))


def test_a_file_of_an_earlier_version_has_no_figures():
    columns = dict.fromkeys(("step", "epoch", "train_loss", "valid_loss"), np.arange(3.0))
    assert Curves.of(columns) is None
    columns |= dict.fromkeys(("train_accuracy", "valid_accuracy"), np.arange(3.0))
    assert Curves.of(columns).more == {}
    assert Curves.of(columns | {"valid_f1": np.arange(2.0)}).more == {}
    assert Curves.of(columns | {"step": np.zeros((3, 1))}) is None


def test_a_full_history_keeps_what_was_seldom_measured():
    history = History(8)
    for step in range(1, 10):
        more = {"valid_f1": step / 10} if step in (2, 7) else None
        history.add(step, step, 1.0, 1.0, 0.5, 0.5, more)
    found = history.curves()
    np.testing.assert_allclose(found.step, [1.5, 3.5, 5.5, 7.5, 9])
    np.testing.assert_array_equal(found.more["valid_f1"], [0.2, np.nan, np.nan, 0.7, np.nan])
    history.cut(4)
    history.add(5, 5, 1.0, 1.0, 0.5, 0.5)
    np.testing.assert_array_equal(history.curves().more["valid_f1"], [0.2, np.nan, np.nan])


def test_measuring_figures_leaves_training_as_it_was(session):
    train(session, 100)
    trainer = session._trainer
    alone = Trainer(trainer.setup, trainer.data, 1)
    alone.run(100)
    for key, values in alone.parameters.items():
        np.testing.assert_array_equal(values, trainer.parameters[key])
    alone.close()


def test_history_csv_has_the_figures_of_each_epoch(tmp_path):
    out = tmp_path / "out"
    assert main(["train", "regression", "--epochs", "3", "--out", str(out)]) == 0
    rows = list(csv.DictReader((out / "history.csv").read_text("utf-8").splitlines()))
    assert [row["epoch"] for row in rows] == ["1", "2", "3"]
    assert all(0 < float(row["val_mae"]) <= float(row["val_rmse"]) for row in rows)
    assert float(rows[-1]["val_r2"]) > float(rows[0]["val_r2"])
