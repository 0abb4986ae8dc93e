"""Train and predict by the command line, from raw files of every kind."""

from __future__ import annotations

import csv
import json

import numpy as np
import polars as pl
import pytest

from nnstudio.cli import main
from nnstudio.core.resources import resource
from tests.benchmarks.classics import compare, ours, write_digits


def told(capsys, *arguments):
    """The last line of JSON that the program says."""
    assert main([str(argument) for argument in arguments]) == 0
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def test_a_table_needs_no_other_option(capsys):
    path = resource("datasets", "tables", "wine.csv")
    result = told(capsys, "train", path, "--target", "cultivar", "--json")
    assert result["val_accuracy"] > 0.9


@pytest.mark.parametrize("table", ["iris", "diabetes"])
def test_as_good_as_a_tuned_network_of_scikit_learn(table, tmp_path, monkeypatch):
    """The quick version of tests/benchmarks/classics.py."""
    pytest.importorskip("sklearn")
    small = {"hidden_layer_sizes": [(32, 16)], "alpha": [1.0], "learning_rate_init": [1e-2]}
    monkeypatch.setattr("tests.benchmarks.classics.GRID", small)
    target = {"iris": "species", "diabetes": "progression"}[table]
    path = resource("datasets", "tables", f"{table}.csv")
    found = compare(table, path, target, range(1, 3), tmp_path, ours)
    assert found["points"] >= -3  # one flower of the two test parts is 1.3 points
    assert found["nnstudio"] > {"iris": 0.92, "diabetes": 0.4}[table]


def test_a_folder_of_digits_is_trained_and_predicted(capsys, tmp_path):
    write_digits(tmp_path / "digits", 600)
    result = told(
        capsys, "train", tmp_path / "digits", "--epochs", 6, "--out", tmp_path / "out", "--json"
    )
    assert result["val_accuracy"] > 0.8
    found = told(
        capsys, "predict", tmp_path / "out", "--input", tmp_path / "digits",
        "--output", tmp_path / "p.csv", "--json",
    )  # fmt: skip
    assert found["rows"] == 600 and found["accuracy"] >= result["val_accuracy"] - 0.02
    with (tmp_path / "p.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["file"] == "0/00001.png" and len(rows) == 600
    shares = np.array([[float(r[f"probability {d}"]) for d in range(10)] for r in rows])
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-6)
    assert [r["predicted class"] for r in rows] == [str(d) for d in shares.argmax(axis=1)]
    one = told(
        capsys, "predict", tmp_path / "out", "--input", tmp_path / "digits" / rows[7]["file"],
        "--output", tmp_path / "one.csv", "--json",
    )  # fmt: skip
    assert one["rows"] == 1
    with (tmp_path / "one.csv").open(encoding="utf-8", newline="") as file:
        (alone,) = csv.DictReader(file)
    assert {**alone, "file": rows[7]["file"]} == rows[7]  # to the bit
    assert (tmp_path / "out" / "history.csv").read_text(encoding="utf-8").count("\n") >= 5


@pytest.mark.parametrize("kind", ["csv", "parquet", "jsonl", "npz", "zip"])
def test_every_kind_of_file(capsys, tmp_path, kind):
    random = np.random.default_rng(0)
    x = random.normal(size=(80, 3)).round(3)
    frame = pl.DataFrame({"a": x[:, 0], "b": x[:, 1], "c": x[:, 2], "y": x[:, 0] > 0})
    path = tmp_path / f"things.{kind}"
    if kind == "csv":
        frame.write_csv(path)
    elif kind == "parquet":
        frame.write_parquet(path)
    elif kind == "jsonl":
        frame.write_ndjson(path)
    elif kind == "npz":
        np.savez(path, x=x, y=(x[:, 0] > 0).astype(int))
    else:
        from tests.readers.files import png, write_zip

        write_zip(path, {f"{'ab'[n % 2]}/{n}.png": png(n, (14, 14)) for n in range(40)})
    result = told(capsys, "train", path, "--epochs", 20, "--out", tmp_path / "out", "--json")
    assert kind == "zip" or result["val_accuracy"] > 0.85
    for end in ("csv", "jsonl", "parquet"):
        target = tmp_path / f"answers.{end}"
        found = told(
            capsys, "predict", tmp_path / "out", "--input", path, "--output", target, "--json"
        )
        assert found["rows"] == (40 if kind == "zip" else 80) and "accuracy" in found
    table = pl.read_parquet(target)
    assert table.columns[-1].startswith("probability")


def test_recipes_samples_and_several_targets(capsys, tmp_path):
    random = np.random.default_rng(0)
    x = random.normal(size=(400, 2))
    rows = "".join(f"{a:.3f},{b:.3f},{a + b:.3f},{a - b:.3f}\n" for a, b in x)
    path = tmp_path / "things.csv"
    path.write_text("a,b,s,d\n" + rows, encoding="utf-8")
    recipe = tmp_path / "recipe.json"
    recipe.write_text(json.dumps({"split": {"how": "folds", "fold": 2}}), encoding="utf-8")
    result = told(
        capsys, "train", path, "--target", "s,d", "--recipe", recipe, "--sample", 300,
        "--epochs", 60, "--json",
    )  # fmt: skip
    assert result["val_r2"] > 0.9
    assert main(["train", str(path), "--recipe", str(path)]) != 0
    assert "recipe" in capsys.readouterr().err
    assert main(["train", str(path), "--out", str(path / "x")]) != 0
    assert "cannot be written" in capsys.readouterr().err
