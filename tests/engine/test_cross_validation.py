"""All folds together: every row is scored once, by a network that has not seen it."""

from __future__ import annotations

import numpy as np
import pytest

from nnstudio.cli import main
from nnstudio.core import registry
from nnstudio.core.contracts import Dataset
from nnstudio.core.defaults import setup_for
from nnstudio.core.sources.watching import Cancelled, watched
from nnstudio.core.text import StudioError
from nnstudio.engine.cross_validation import cross_validate, spread
from nnstudio.engine.trainer import Trainer


def iris(**split):
    dataset = registry.find(Dataset, "Iris.v1")()
    dataset = dataset.with_recipe(dataset.recipe.with_part("split", how="folds", **split))
    data = dataset.load()
    return setup_for(dataset, data).with_training(epochs=30), data


def test_folds_score_all_rows_once():
    setup, _ = iris()
    found = []
    scores = cross_validate(setup, 4, found.append)
    assert found == scores and [score.fold for score in scores] == [1, 2, 3, 4]
    assert sum(score.rows for score in scores) == 150
    mean, deviation = spread(scores)
    assert 0.9 < mean <= 1 and deviation == pytest.approx(
        np.std([score.accuracy for score in scores], ddof=1)
    )


def test_a_fold_is_what_training_on_it_gives():
    setup, data = iris(folds=4, fold=2)
    trainer = Trainer(setup.with_training(keep_best=False), data, 1)
    trainer.run(trainer.total_steps())
    from nnstudio.engine.scoring import score

    loss, right = score(trainer, data.valid)
    trainer.close()
    second = cross_validate(setup, 4)[1]
    assert (second.loss, second.accuracy) == (loss, right)


def test_what_is_put_aside_is_in_no_fold():
    tests, valid = [], []
    for fold in range(1, 6):
        _, data = iris(fold=fold, test=0.2)
        tests.append(tuple(sorted(data.rows[2])))
        valid += data.rows[1].tolist()
        assert np.bincount(data.test.y[:, 0].astype(int)).tolist() == [10, 10, 10]
    assert len(set(tests)) == 1 and len(tests[0]) == 30
    assert sorted([*tests[0], *valid]) == list(range(150))


def test_it_can_be_cancelled_and_asks_for_rows():
    setup, _ = iris()
    with pytest.raises(Cancelled), watched(cancelled=lambda: True):
        cross_validate(setup, 3)
    plane = setup.with_dataset(registry.find(Dataset, "Circle.v1")())
    with pytest.raises(StudioError, match="Folds are for"):
        cross_validate(plane, 3)


def test_numbers_have_r2_on_the_command_line(tmp_path, capsys):
    path = tmp_path / "line.csv"
    path.write_text("x,y\n" + "\n".join(f"{i / 10},{3 * i + i % 3}" for i in range(60)) + "\n")
    assert main(["folds", str(path), "--folds", "3", "--json"]) == 0
    out, err = capsys.readouterr()
    import json

    found = json.loads(out)
    assert len(found["folds"]) == 3 and found["folds"][0]["accuracy"] is None
    assert found["mean"] > 0.95 and "fold 3: loss" in err
