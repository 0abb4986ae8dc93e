"""Rows taken apart and put together again; dependence against a loop."""

from __future__ import annotations

import numpy as np
import pytest

from nnstudio.analysis.what_if import averaged_rows, columns_to_try, dependence, places_of
from nnstudio.core import registry
from nnstudio.core.contracts import Dataset
from nnstudio.core.sources.raw import CATEGORY, NUMBER, RawColumn, RawTable


def table(path, **columns):
    kinds = ["abc"[i % 3] if i % 11 else "" for i in range(60)]
    rows = [
        f"{i / 7:.3f},{kinds[i]},{10.0 ** (i % 5)},2024-01-{1 + i % 28:02},{i % 2}"
        for i in range(60)
    ]
    path.write_text("size,kind,mass,day,answer\n" + "\n".join(rows) + "\n")
    recipe = {"columns": [["mass", {"scale": "log"}]] + [[n, v] for n, v in columns.items()]}
    made = registry.from_json(Dataset, {"type": "OwnTable.v1", "path": str(path), "recipe": recipe})
    return made.load()


@pytest.mark.parametrize("kind", [{}, {"kind": {"encode": "ordinal"}}])
def test_every_column_goes_apart_and_together_again(tmp_path, kind):
    data = table(tmp_path / "t.csv", **kind)
    tried = columns_to_try(data)
    assert [one.name for one in tried] == ["size", "kind", "mass", "day"]
    for one in tried:
        x = data.train.x[:, one.at : one.at + one.width]
        np.testing.assert_allclose(one.encode(one.decode(x)), x, rtol=1e-5, atol=1e-5)
    size = tried[0]
    assert size.low == pytest.approx(0, abs=0.2) and size.high == pytest.approx(59 / 7, abs=0.2)


def test_a_row_is_encoded_to_the_bit_as_in_a_file(tmp_path):
    data = table(tmp_path / "t.csv")
    columns = (
        RawColumn("size", NUMBER, np.array([1.5])),
        RawColumn("kind", CATEGORY, np.array([0], np.int32), ("b",)),
        RawColumn("mass", NUMBER, np.array([100.0])),
        RawColumn("day", "date", np.array([19730.0])),
    )
    whole = data.preparation.rows(RawTable("row", columns))
    tried = columns_to_try(data)
    values = [1.5, float(tried[1].column.categories.index("b")), 100.0, 19730.0]
    parts = [one.encode(np.array([v])) for one, v in zip(tried, values, strict=True)]
    np.testing.assert_array_equal(np.concatenate(parts, 1), whole)


def test_dependence_is_what_a_loop_gives(tmp_path):
    data = table(tmp_path / "t.csv")
    random = np.random.default_rng(1)
    weights = random.standard_normal((data.shape[0], 3)).astype(np.float32)

    def predict(x):
        return np.tanh(x @ weights)

    for tried in columns_to_try(data):
        rows = averaged_rows(data, tried)[:7]
        found = dependence(predict, rows, tried)
        for at, place in enumerate(places_of(tried)):
            for number, row in enumerate(rows):
                other = row.copy()
                other[tried.at : tried.at + tried.width] = tried.encode(np.array([place]))[0]
                np.testing.assert_allclose(found[at, number], predict(other[None])[0], rtol=1e-5)


def test_data_without_columns_has_none_to_try(tmp_path):
    images = registry.from_json(Dataset, {"type": "Mnist.v1", "train_examples": 20}).load()
    assert columns_to_try(images) == ()
