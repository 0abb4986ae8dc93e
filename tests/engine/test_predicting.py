"""Predictions: the same to the bit alone, among others, from the session and from a file."""

from __future__ import annotations

import numpy as np
import pytest

from nnstudio.core import fields
from nnstudio.core.defaults import setup_for
from nnstudio.core.model import Model, read_model
from nnstudio.core.recipes.own_data import own_dataset
from nnstudio.core.recipes.preparation import preparation_of
from nnstudio.core.resources import resource
from nnstudio.core.setup import preset
from nnstudio.core.sources.raw import RawStack
from nnstudio.core.text import StudioError
from nnstudio.engine.answers import predict_file, read_for
from nnstudio.engine.predicting import Predictor
from nnstudio.engine.saving import make_folder, save_training
from nnstudio.engine.trainer import Trainer


def trained(dataset, steps=60, **training):
    """A trainer after some steps; the caller closes it."""
    data = dataset.load()
    made = Trainer(setup_for(dataset, data).with_training(**training), data, 1)
    made.run(steps)
    return made


def model_of(made):
    values = {key: value.copy() for key, value in made.prediction_parameters().items()}
    return Model.of(made.setup, made.data, values)


@pytest.fixture(params=["iris", "diabetes", "digits", "wide"])
def model(request):
    """A trained model, and inputs for it."""
    if request.param in ("digits", "wide"):
        setup = preset("mnist-mlp" if request.param == "digits" else "wide-dense")
        small = {"train_examples": 200} if request.param == "digits" else {"examples": 500}
        data = fields.changed(setup.dataset, **small).load()
        made = Trainer(setup, data, 1)
        made.run(3)
    else:
        made = trained(own_dataset(resource("datasets", "tables", f"{request.param}.csv")))
    try:
        part = made.data.valid
        yield model_of(made), made.data.prepared(part.x[:100])
    finally:
        made.close()


def test_alone_and_among_others(model):
    trained_model, x = model
    predictor = Predictor(trained_model)
    together = predictor.outputs(x)
    for rows in (slice(0, 1), slice(7, 8), slice(3, 20), slice(None, None, 3)):
        np.testing.assert_array_equal(predictor.outputs(x[rows]), together[rows])
    order = np.random.default_rng(0).permutation(len(x))
    np.testing.assert_array_equal(predictor.outputs(x[order]), together[order])


def test_from_a_file_as_from_the_session(tmp_path):
    path = resource("datasets", "tables", "iris.csv")
    made = trained(own_dataset(path))
    try:
        make_folder(tmp_path / "out")
        history = [(1, 2, 0.5, 0.6, float("nan"))]
        save_training(made, history, tmp_path / "out", [{"val_f1": 0.25}])
        live = model_of(made)
    finally:
        made.close()
    stored = read_model(tmp_path / "out")
    raw = read_for(stored, path)
    np.testing.assert_array_equal(
        Predictor(stored).predict(raw).values, Predictor(live).predict(raw).values
    )
    assert stored.preparation == live.preparation
    history = (tmp_path / "out" / "history.csv").read_text(encoding="utf-8")
    assert history.splitlines() == [
        "epoch,step,train_loss,val_loss,val_accuracy,val_f1", "1,2,0.5,0.6,,0.25",
    ]  # fmt: skip


def test_running_means_of_weights_are_what_a_saved_model_predicts_with(tmp_path):
    made = trained(own_dataset(resource("datasets", "tables", "wine.csv")), averaging=0.9)
    try:
        make_folder(tmp_path)
        save_training(made, [], tmp_path)
        live = model_of(made)
        plain = Model.of(made.setup, made.data, made.parameters)
        x = made.data.valid.x
        stored = Predictor(read_model(tmp_path)).of_inputs(x).values
        np.testing.assert_array_equal(stored, Predictor(live).of_inputs(x).values)
        assert not np.array_equal(stored, Predictor(plain).of_inputs(x).values)
    finally:
        made.close()


def test_numbers_come_in_their_own_units():
    made = trained(own_dataset(resource("datasets", "tables", "diabetes.csv")), 2000)
    try:
        found = Predictor(model_of(made)).of_inputs(made.data.train.x)
        truth = made.data.in_units(made.data.train.y)
        assert abs(found.values.mean() - truth.mean()) < 5
        assert found.targets == ("progression",)
        assert isinstance(found.answers[0], float)
    finally:
        made.close()


def test_points_of_the_plane_and_made_data_predict_too():
    setup = preset("circle")
    data = setup.dataset.load()
    assert preparation_of(data).plane == data.plane
    made = Trainer(setup, data, 1)
    try:
        from nnstudio.core.sources.raw import NUMBER, RawColumn, RawTable

        points = data.valid_points
        table = RawTable(
            "points", tuple(RawColumn(f"x{n + 1}", NUMBER, points[:, n]) for n in range(2))
        )
        found = Predictor(model_of(made)).predict(table)
        direct = Predictor(model_of(made)).of_inputs(data.valid.x)
        np.testing.assert_array_equal(found.values, direct.values)
        with pytest.raises(StudioError, match="trained on"):
            Predictor(model_of(made)).predict(RawStack("x", data.valid.x, None))
    finally:
        made.close()


def test_nothing_is_written_if_it_cannot_be(tmp_path):
    made = trained(own_dataset(resource("datasets", "tables", "iris.csv")), 5)
    made.close()
    target = tmp_path / "p.csv"
    target.write_text("old", encoding="utf-8")
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("a,b\n1,2\n3,4\n", encoding="utf-8")
    for source, wanted in ((wrong, "has no column"), (tmp_path / "no.csv", "does not exist")):
        with pytest.raises(StudioError, match=wanted):
            predict_file(model_of(made), source, target)
    with pytest.raises(StudioError, match="not as “"):
        predict_file(model_of(made), wrong, tmp_path / "p.xlsx")
    assert target.read_text(encoding="utf-8") == "old"
    assert not list(tmp_path.glob(".nnstudio*"))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"{}", b"x" * 1000])
def test_what_is_no_model_is_refused(tmp_path, content):
    path = tmp_path / "m.nnst"
    path.write_bytes(content)
    with pytest.raises(StudioError):
        read_model(path)
    with pytest.raises(StudioError, match="no trained project"):
        read_model(tmp_path)
