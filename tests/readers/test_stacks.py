"""Images in folders and archives, arrays of NumPy and IDX, Parquet and JSON lines."""

from __future__ import annotations

import gzip
import io
import json
from datetime import date

import numpy as np
import polars as pl
import pytest
from PIL import Image

from nnstudio.core.recipes.own_data import own_dataset
from nnstudio.core.recipes.recipe import ImageRecipe, Recipe
from nnstudio.core.sources import reading
from nnstudio.core.sources.raw import CATEGORY, DATE, NUMBER, RawStack, RawTable
from tests.readers.files import idx, npy, png, write_folder, write_zip


def test_a_folder_for_each_class(tmp_path):
    folder = write_folder(tmp_path / "pets", {"cat": 6, "dog": 5, "10": 4})
    (folder / "notes.txt").write_text("not a picture", encoding="utf-8")
    (folder / "cat" / ".hidden.png").write_bytes(b"no")
    raw = reading.read(folder)
    assert isinstance(raw, RawStack) and raw.x.shape == (15, 9, 9, 1)
    assert raw.classes == ("10", "cat", "dog")
    assert np.bincount(raw.labels).tolist() == [4, 6, 5]
    place = raw.names.index("dog/3.png")
    wanted = np.asarray(Image.open(folder / "dog" / "3.png"))
    np.testing.assert_array_equal(raw.x[place, :, :, 0], wanted)
    data = own_dataset(folder).load()
    assert data.classes == raw.classes and data.train.x.dtype == np.uint8
    assert len(data.train) + len(data.valid) == 15
    np.testing.assert_array_equal(raw.x[data.rows[0]], data.train.x)


def test_a_zip_gives_the_same_as_its_folder(tmp_path):
    folder = write_folder(tmp_path / "pets", {"a": 4, "b": 4}, colour=True)
    files = sorted(folder.rglob("*.png"))
    entries = {f"pets/{file.relative_to(folder).as_posix()}": file.read_bytes() for file in files}
    packed = reading.read(write_zip(tmp_path / "pets.zip", {"pets/": b"", **entries}))
    plain = reading.read(folder)
    np.testing.assert_array_equal(packed.x, plain.x)
    assert packed.classes == plain.classes and packed.x.shape == (8, 9, 9, 3)


def test_folders_called_train_and_test_are_the_parts(tmp_path):
    write_folder(tmp_path / "set" / "train", {"a": 4, "b": 4})
    write_folder(tmp_path / "set" / "test", {"a": 2, "b": 1})
    data = own_dataset(tmp_path / "set").load()
    assert (len(data.train), len(data.valid), data.test) == (8, 3, None)


@pytest.mark.parametrize(
    ("mode", "grey"), [("L", True), ("1", True), ("RGBA", False), ("P", False), ("CMYK", False)]
)
def test_any_mode_of_picture(tmp_path, mode, grey):
    for name in "ab":
        (tmp_path / "set" / name).mkdir(parents=True)
        for number in range(3):
            picture = Image.open(io.BytesIO(png(number, (12, 10), colour=True))).convert(mode)
            kind = "jpeg" if mode == "CMYK" else "png"
            picture.save(tmp_path / "set" / name / f"{number}.{kind}")
    raw = reading.read(tmp_path / "set")
    assert raw.x.shape == (6, 10, 12, 1 if grey else 3)


def test_grey_pictures_saved_as_colour_become_grey(tmp_path):
    for name in "ab":
        (tmp_path / "set" / name).mkdir(parents=True)
        for number in range(3):
            picture = Image.open(io.BytesIO(png(number, (40, 40)))).convert("RGB")
            picture.save(tmp_path / "set" / name / f"{number}.png")
    assert reading.read(tmp_path / "set").x.shape == (6, 40, 40, 1)


@pytest.mark.parametrize("fit", ["stretch", "crop", "pad"])
def test_pictures_of_any_size_become_equal(tmp_path, fit):
    (tmp_path / "set" / "a").mkdir(parents=True)
    (tmp_path / "set" / "b").mkdir()
    half = np.zeros((20, 40), np.uint8)
    half[:, 20:] = 200  # left half black, right half light
    for number in range(4):
        Image.fromarray(half).save(tmp_path / "set" / "ab"[number % 2] / f"{number}.png")
    raw = reading.read(tmp_path / "set", Recipe(images=ImageRecipe((16, 16), "grey", fit)))
    picture = raw.x[0, :, :, 0]
    assert raw.x.shape == (4, 16, 16, 1)
    assert picture[8, 0] < 10 and picture[8, 15] > 190
    assert (picture[0, 15] < 10) == (fit == "pad")  # bars above and below


def test_normalising(tmp_path):
    folder = write_folder(tmp_path / "pets", {"a": 8, "b": 8})
    for how, low, high in (("0 to 1", 0, 1), ("−1 to 1", -1, 1), ("standardise", -2, 2)):
        data = own_dataset(folder, Recipe(images=ImageRecipe(normalise=how))).load()
        seen = data.prepared(data.train.x)
        assert low - 0.01 <= seen.min() and seen.max() <= high + 0.01
        if how == "standardise":
            np.testing.assert_allclose([seen.mean(), seen.std()], [0, 1], atol=1e-3)
        np.testing.assert_array_equal(
            data.preparation.prepared(own_dataset(folder).raw())[data.rows[0]], seen
        )


def test_a_few_damaged_pictures_are_left_out_and_told(tmp_path):
    folder = write_folder(tmp_path / "pets", {"a": 30, "b": 30})
    (folder / "a" / "7.png").write_bytes(png()[:40])
    data = own_dataset(folder).load()
    assert len(data.train) + len(data.valid) == 59
    assert any("“a/7.png”" in note for note in data.notes)


def test_idx_files_find_one_another(tmp_path):
    random = np.random.default_rng(0)
    parts = {"train": 12, "t10k": 6}
    for part, count in parts.items():
        images = random.integers(0, 256, (count, 8, 9)).astype(np.uint8)
        content = idx(images)
        (tmp_path / f"{part}-images-idx3-ubyte.gz").write_bytes(gzip.compress(content))
        labels = np.arange(count, dtype=np.uint8) % 3
        (tmp_path / f"{part}-labels-idx1-ubyte").write_bytes(idx(labels))
    data = own_dataset(tmp_path / "train-images-idx3-ubyte.gz").load()
    assert data.classes == ("0", "1", "2") and data.shape == (8, 9, 1)
    assert (len(data.train), len(data.valid)) == (12, 6)
    same = reading.read(tmp_path / "train-labels-idx1-ubyte")
    np.testing.assert_array_equal(same.x[:12], data.train.x)


def test_idx_numbers_of_other_types(tmp_path):
    values = (np.arange(30) * 1000).astype(">i4").reshape(10, 3)
    (tmp_path / "things.idx").write_bytes(idx(values, 12))
    raw = reading.read(tmp_path / "things.idx")
    assert isinstance(raw, RawTable)
    np.testing.assert_array_equal(raw.columns[1].values, values[:, 1])


@pytest.mark.parametrize(
    ("names", "parts"),
    [
        (("x", "y"), None), (("data", "target"), None), (("images", "labels"), None),
        (("x_train", "y_train", "x_test", "y_test"), (8, 4)),
        (("train_images", "train_labels", "val_images", "val_labels"), (8, 4)),
    ],
)  # fmt: skip
def test_npz_by_the_names_of_its_arrays(tmp_path, names, parts):
    random = np.random.default_rng(1)
    counts = (8, 8, 4, 4)
    arrays = {
        name: random.integers(0, 256, (count, 8, 8)).astype(np.uint8)
        if place % 2 == 0
        else np.arange(count) % 2
        for place, (name, count) in enumerate(zip(names, counts, strict=False))
    }
    np.savez_compressed(tmp_path / "set.npz", **arrays)
    data = own_dataset(tmp_path / "set.npz").load()
    assert data.shape == (8, 8, 1) and data.classes == ("0", "1")
    if parts:
        assert (len(data.train), len(data.valid)) == parts
        np.testing.assert_array_equal(data.train.x[..., 0], arrays[names[0]])


def test_npz_of_rows_is_a_table(tmp_path):
    x = np.random.default_rng(2).normal(size=(40, 3))
    y = np.array(["no", "yes"])[(x[:, 0] > 0).astype(int)]
    np.savez(tmp_path / "rows.npz", x=x, y=y)
    data = own_dataset(tmp_path / "rows.npz").load()
    assert data.classes == ("no", "yes") and data.feature_names == ("x1", "x2", "x3")
    one_hot = np.eye(3)[np.arange(40) % 3]
    np.savez(tmp_path / "rows.npz", x=x.astype(np.float32), y=one_hot)
    assert own_dataset(tmp_path / "rows.npz").load().classes == ("0", "1", "2")
    (tmp_path / "rows.npy").write_bytes(npy(np.asfortranarray(x)))
    np.testing.assert_array_equal(reading.read(tmp_path / "rows.npy").columns[2].values, x[:, 2])


def test_channels_first_and_float_images(tmp_path):
    x = np.random.default_rng(3).random((10, 3, 12, 14)).astype(np.float32)
    np.savez(tmp_path / "set.npz", x=x, y=np.arange(10) % 2)
    data = own_dataset(tmp_path / "set.npz").load()
    assert data.shape == (12, 14, 3) and data.train.x.dtype == np.float32
    assert data.train.x.max() <= 1.0


def test_parquet_and_json_lines_give_the_same_table(tmp_path):
    frame = pl.DataFrame(
        {
            "n": [1.5, None, 3.0] * 20, "i": list(range(60)), "ok": [True, False, None] * 20,
            "city": ["Paris", "Lima", None] * 20,
            "day": [date(2021, 1, 1 + n % 28) for n in range(60)],
        }
    )  # fmt: skip
    frame.write_parquet(tmp_path / "things.parquet")
    frame.with_columns(pl.col("day").cast(pl.String)).write_ndjson(tmp_path / "things.jsonl")
    rows = json.loads(frame.with_columns(pl.col("day").cast(pl.String)).write_json())
    (tmp_path / "things.json").write_text(json.dumps(rows), encoding="utf-8")
    kinds = [NUMBER, NUMBER, CATEGORY, CATEGORY, DATE]
    tables = [reading.read(tmp_path / f"things.{end}") for end in ("parquet", "jsonl", "json")]
    for table in tables:
        assert [column.kind for column in table.columns] == kinds
        assert table.columns[2].categories == ("false", "true")
        for column, first in zip(table.columns, tables[0].columns, strict=True):
            np.testing.assert_array_equal(column.gaps, first.gaps)
            texts = [column.text(row) for row in range(60)]
            assert texts == [first.text(row) for row in range(60)]


def test_json_objects_in_objects_and_late_keys(tmp_path):
    rows = [{"a": {"b": n}, **({"late": n * 2} if n > 3 else {})} for n in range(9)]
    path = tmp_path / "things.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)) + "\n\n", encoding="utf-8")
    table = reading.read(path)
    assert table.names == ("a.b", "late")
    assert int(table.columns[1].gaps.sum()) == 4
