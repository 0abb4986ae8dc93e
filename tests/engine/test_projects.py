"""A project opened again trains on to the bit, and every damaged one is told."""

from __future__ import annotations

import dataclasses
import json
import random
import zipfile

import numpy as np
import pytest

from nnstudio.commands.train import parameters_sha256
from nnstudio.core import archive, project, registry
from nnstudio.core.contracts import Dataset, Layer, Loss, Optimizer
from nnstudio.core.defaults import setup_for
from nnstudio.core.opening import load
from nnstudio.core.text import StudioError
from nnstudio.engine import named
from nnstudio.engine.trainer import Trainer


def saved(trainer, path, **more):
    state = named.state_of(trainer.program, trainer.keyframe())
    made = project.Project(trainer.setup, trainer.data, state, **more)
    project.write(path, made)
    return made


def opened(path):
    found = project.read(path)
    trainer = Trainer(found.setup, found.data, threads=1)
    trainer.restore(named.keyframe_of(trainer.program, found.state))
    return trainer


@pytest.mark.parametrize("optimizer", sorted(registry.table(Optimizer)))
def test_training_goes_on_to_the_bit(tmp_path, optimizer):
    setup, data = load("xor", None)
    spec = registry.find(Optimizer, optimizer)()
    setup = setup.with_training(optimizer=spec, learning_rate=0.01)
    trainer = Trainer(setup, data, threads=1)
    trainer.run(37)  # in the middle of an epoch
    saved(trainer, tmp_path / "a.nnst")
    again = opened(tmp_path / "a.nnst")
    assert again.setup == trainer.setup
    assert again.step == 37
    trainer.run(60)
    again.run(60)
    assert parameters_sha256(again) == parameters_sha256(trainer)
    trainer.close()
    again.close()


def test_dropout_and_batch_norm_too(tmp_path):
    setup, data = load("xor", None)
    for name in ("BatchNorm.v1", "Dropout.v1"):
        network, _ = setup.network.insert_after("dense_1", registry.find(Layer, name)())
        setup = setup.with_network(network)
    trainer = Trainer(setup, data, threads=1)
    trainer.run(45)
    saved(trainer, tmp_path / "a.nnst")
    again = opened(tmp_path / "a.nnst")
    trainer.run(45)
    again.run(45)
    assert parameters_sha256(again) == parameters_sha256(trainer)
    trainer.close()
    again.close()


@pytest.mark.parametrize(
    "more",
    [{"averaging": 0.9}, {"keep_best": True}, {"patience": 4, "watch": "val_loss"}],
    ids=["averaging", "keep_best", "patience"],
)
def test_means_and_the_best_go_on_too(tmp_path, more):
    setup, data = load("xor", None)
    trainer = Trainer(setup.with_training(**more), data, threads=1)
    trainer.run(90)
    saved(trainer, tmp_path / "a.nnst")
    again = opened(tmp_path / "a.nnst")
    trainer.run(170)
    again.run(170)
    assert again.step == trainer.step
    trainer.finish()
    again.finish()
    assert parameters_sha256(again) == parameters_sha256(trainer)
    for key, values in trainer.prediction_parameters().items():
        assert np.array_equal(values, again.prediction_parameters()[key])
    trainer.close()
    again.close()


TABLE = "length,colour,kind\n" + "".join(
    f"{i % 7},{'red' if i % 3 else 'blue'},{'a' if i % 7 > 3 else 'b'}\n" for i in range(40)
)


@pytest.fixture
def table_project(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text(TABLE)
    dataset = registry.from_json(
        Dataset,
        {"type": "OwnTable.v1", "path": str(path), "recipe": {"targets": ["kind"]}},
    )
    data = dataset.load()
    trainer = Trainer(setup_for(dataset, data, "table"), data, threads=1)
    trainer.run(5)
    file = tmp_path / "table.nnst"
    made = saved(trainer, file, notes="as it was", extra={"layout": [1, 2]})
    trainer.close()
    path.unlink()
    return file, made


def test_data_of_a_file_travels_along(table_project):
    file, made = table_project
    found = project.read(file)
    assert found.setup == made.setup
    assert (found.notes, found.extra) == ("as it was", {"layout": [1, 2]})
    assert found.data.digest == made.data.digest
    assert found.data.classes == made.data.classes
    assert found.data.feature_names == made.data.feature_names
    assert found.state.counters == made.state.counters


def test_changed_data_is_told(tmp_path, monkeypatch):
    setup, data = load("xor", None)
    trainer = Trainer(setup, data, threads=1)
    saved(trainer, tmp_path / "a.nnst")
    trainer.close()
    assert project.read(tmp_path / "a.nnst").notices == ()
    kind = type(setup.dataset)
    draw = kind.draw
    monkeypatch.setattr(kind, "load", kind.make)  # not what is still held
    monkeypatch.setattr(kind, "draw", lambda *given: (draw(*given)[0] * 0.5, draw(*given)[1]))
    assert "no longer" in str(project.read(tmp_path / "a.nnst").notices[0])


def test_the_tree_of_runs_comes_along(tmp_path):
    """Runs of a session with names, notes and curves; unsound ones are left out."""
    from nnstudio.engine import runs_file
    from nnstudio.engine.history import Curves
    from nnstudio.engine.runs import Runs

    setup, data = load("xor", None)
    trainer = Trainer(setup, data, threads=1)
    runs = Runs()
    runs.begin(trainer)
    trainer.run(30)
    runs.follow(trainer, force=True)
    column = np.arange(3.0)
    runs.leave(trainer, Curves(*[column + n for n in range(6)]))
    runs.change(1, name="first", notes="记下", pinned=True)
    runs.begin(trainer, parent=1)
    trainer.run(10)
    runs.follow(trainer, force=True)
    state = named.state_of(trainer.program, trainer.keyframe())
    made = project.Project(setup, data, runs_file.with_runs(state, runs.capture(), data))
    project.write(tmp_path / "a.nnst", made)
    found = project.read(tmp_path / "a.nnst").state
    again = Runs()
    again.resume(trainer, runs_file.read(found, data))
    first, second = again.all()
    assert (first.name, first.notes, first.pinned, first.steps) == ("first", "记下", True, 30)
    assert np.array_equal(first.curves.valid_loss, column + 3)
    assert first.setup == setup
    assert (second.parent, second.branched_at, second.steps) == (1, 30, 40)
    assert again.present.number == second.number
    assert len(second.timeline)
    plain = found.tree["runs"]

    def read(runs):
        return runs_file.read(dataclasses.replace(found, tree={**found.tree, "runs": runs}), data)

    for nonsense in (None, [], [7, {}, {"number": -1}], [{**plain[0], "number": "x"}]):
        assert read(nonsense) == []
    assert read([{**plain[1], "parent": 77}])[0].parent == 0
    trainer.close()


def rewritten(path, change):
    with zipfile.ZipFile(path) as old:
        entries = {name: old.read(name) for name in old.namelist()}
    manifest = json.loads(entries[archive.MANIFEST])
    change(manifest)
    entries[archive.MANIFEST] = json.dumps(manifest).encode()
    with zipfile.ZipFile(path, "w") as new:
        for name, raw in entries.items():
            new.writestr(name, raw)


def test_a_newer_format_is_told_and_left(table_project):
    file, _ = table_project
    rewritten(file, lambda manifest: manifest.update(version=99, app="9.1"))
    before = file.read_bytes()
    with pytest.raises(StudioError, match=r"newer NNStudio \(9\.1\)"):
        project.read(file)
    assert file.read_bytes() == before


def paths_of(plain, at=()):
    """The place of every value in a JSON tree."""
    yield at
    if isinstance(plain, dict):
        for key, value in plain.items():
            yield from paths_of(value, (*at, key))
    elif isinstance(plain, list):
        for number, value in enumerate(plain):
            yield from paths_of(value, (*at, number))


def test_no_manifest_crashes(table_project):
    """Every value of the manifest replaced by nonsense, one at a time or gone: read as it may be,
    planned, or refused with a sentence."""
    file, _ = table_project
    whole = file.read_bytes()
    with zipfile.ZipFile(file) as found:
        manifest = json.loads(found.read(archive.MANIFEST))
    chance = random.Random(2)
    nonsense = (None, -1, 1e300, "x" * 300, [], {}, True, 10**9, [[[]]], {"type": "Dense.v1"})
    places = [place for place in paths_of(manifest) if place]
    refusals = 0
    for place in chance.sample(places, min(220, len(places))):
        value = chance.choice(nonsense)

        def change(plain, place=place, value=value):
            for key in place[:-1]:
                plain = plain[key]
            if chance.random() < 0.2 and isinstance(plain, dict):
                del plain[place[-1]]
            else:
                plain[place[-1]] = value

        file.write_bytes(whole)
        rewritten(file, change)
        try:
            found = project.read(file)
            if found.state is not None:
                trainer = Trainer(found.setup, found.data, threads=1)
                trainer.restore(named.keyframe_of(trainer.program, found.state))
                trainer.close()
        except StudioError:
            refusals += 1
    assert refusals > 50


def test_pictures_and_losses(tmp_path):
    setup, data = load("xor", None)
    setup = setup.with_training(loss=registry.find(Loss, "CrossEntropy.v1")(label_smoothing=0.1))
    picture = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    project.write(tmp_path / "a.nnst", project.Project(setup, data, pictures={"small": picture}))
    found = project.read(tmp_path / "a.nnst")
    assert found.state is None
    assert found.setup == setup
    assert np.array_equal(found.pictures["small"], picture)
