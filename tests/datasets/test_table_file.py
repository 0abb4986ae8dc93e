"""A table from a CSV file: reading, typing, encoding."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from nnstudio.core import blocks, table
from nnstudio.core.table import read_header, read_table
from nnstudio.core.text import StudioError
from tests.datasets.tables import FLOWERS, PRICES


def test_classification_with_numbers_and_categories(load):
    data = load(FLOWERS)
    assert data.task == "classification"
    assert data.classes == ("iris", "rose")
    assert data.outputs == 1
    assert data.target_names == ("kind",)
    assert data.feature_names == ("length", "colour=blue", "colour=red", "colour=white")
    assert data.train.x.shape == (48, 4)
    assert data.valid.x.shape == (12, 4)
    assert data.train.x.dtype == data.train.y.dtype == np.float32
    assert (data.train.x[:, 1:].sum(1) == 1).all()
    assert data.plane is None


def test_splits_are_stratified_and_seeded(load):
    rare = "x,y\n" + "".join(
        f"{row},{'rare' if row % 10 == 0 else 'often'}\n" for row in range(100)
    )
    first, again, other = load(rare), load(rare), load(rare, seed=2)
    assert first.classes == ("often", "rare")
    assert (first.train.y.sum(), first.valid.y.sum()) == (8, 2)
    np.testing.assert_array_equal(first.train.x, again.train.x)
    assert not np.array_equal(first.train.x, other.train.x)


def test_regression_keeps_the_way_back_to_units(load):
    data = load(PRICES)
    assert data.task == "regression"
    assert data.outputs == 1
    prices = np.concatenate([data.in_units(data.train.y), data.in_units(data.valid.y)])
    np.testing.assert_allclose(np.sort(prices[:, 0]), 1000.5 + 250 * np.arange(50), rtol=1e-5)


def test_statistics_come_from_the_training_part_alone(load):
    data = load("x,y\n" + "".join(f"{row**3},{row**2}.5\n" for row in range(40)), share=0.5)
    for values in (data.train.x, data.train.y):
        np.testing.assert_allclose(values.mean(0), 0, atol=1e-6)
        np.testing.assert_allclose(values.std(0), 1, atol=1e-5)
    assert abs(data.valid.x.mean()) > 1e-3
    assert np.isclose(data.target_shift, data.in_units(data.train.y).mean(), rtol=1e-5)


def test_no_row_is_in_both_parts(load):
    data = load("x,y\n" + "".join(f"{row},{row}.5\n" for row in range(40)), share=0.6)
    train = set(np.round(data.in_units(data.train.y)[:, 0] - 0.5).astype(int))
    valid = set(np.round(data.in_units(data.valid.y)[:, 0] - 0.5).astype(int))
    assert train | valid == set(range(40))
    assert not train & valid


@pytest.mark.parametrize(
    ("values", "task", "classes"),
    [
        ("yes no", "classification", ("no", "yes")),
        ("True False", "classification", ("False", "True")),
        ("0 1", "classification", ("0", "1")),
        ("10 9 8", "classification", ("8", "9", "10")),
        ("0.5 1.5", "regression", ()),
        (" ".join(str(number) for number in range(21)), "regression", ()),
    ],
)
def test_the_target_decides_the_task(load, values, task, classes):
    some = values.split()
    data = load("x,y\n" + "".join(f"{row},{some[row % len(some)]}\n" for row in range(105)))
    assert (data.task, data.classes) == (task, classes)


def test_the_problem_can_be_said(load):
    text = "x,y\n" + "".join(f"{row},{row % 5}\n" for row in range(60))
    assert load(text).task == "classification"
    assert load(text, problem="regression").task == "regression"
    halves = "x,y\n" + "".join(f"{row},{row % 2 + 0.5}\n" for row in range(60))
    assert load(halves).task == "regression"
    assert load(halves, problem="classification").classes == ("0.5", "1.5")


def test_any_column_can_be_the_target(load):
    data = load(FLOWERS, target="colour")
    assert data.classes == ("blue", "red", "white")
    assert data.feature_names == ("length", "kind=iris", "kind=rose")
    assert data.outputs == 3


def test_numbers_can_be_categories_and_columns_left_out(load):
    text = 'id,class,"a, b",y\n' + "".join(f"{r},{r % 3},{r % 4},{r % 2}\n" for r in range(40))
    data = load(text, categories="class", leave_out='id, "a, b"')
    assert data.feature_names == ("class=0", "class=1", "class=2")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_marks_and_line_ends(load, delimiter, mark, end):
    text = FLOWERS.replace(",", delimiter).replace("\n", end)
    data = load(mark + text.encode())
    assert data.feature_names[0] == "length"
    assert len(data.train) == 48


def test_quotes_blank_lines_spaces_and_trailing_separators(load):
    rows = "".join(f' {row}, "big, {row % 2}"\nthing",{row % 2},\n\n,,,\n' for row in range(10))
    rows = rows.replace('"\nthing"', '\nthing"')
    data = load(" a ,b,y,\n" + rows)
    assert data.feature_names == ("a", "b=big, 0\nthing", "b=big, 1\nthing")
    assert len(data.train) + len(data.valid) == 10


def test_chinese_names_and_values(load):
    data = load("身高,性别\n" + "".join(f"{150 + row},{'男女'[row % 2]}\n" for row in range(20)))
    assert data.target_names == ("性别",)
    assert set(data.classes) == {"男", "女"}


def test_a_file_without_names(load):
    data = load("".join(f"{row},{row % 5 / 2},{'ab'[row % 2]}\n" for row in range(20)))
    assert data.feature_names == ("column_1", "column_2")
    assert data.target_names == ("column_3",)
    assert len(data.train) + len(data.valid) == 20
    assert "no line of column names" in data.notes[0]


def test_whether_there_are_names_can_be_said(load):
    years = "2001,2002\n" + "".join(f"{row},{row}.5\n" for row in range(20))
    assert load(years, header="names").target_names == ("2002",)
    assert load(years).target_names == ("column_2",)
    words = "a,x\n" + "".join(f"{'ab'[row % 2]},{'xyz'[row % 3]}\n" for row in range(20))
    assert len(load(words, header="data").train) == 17


def test_missing_and_repeated_names(load):
    data = load("x,x,,x_2,y\n" + "".join(f"{r},{r + 1},{r % 4},{r % 5},{r}.5\n" for r in range(20)))
    assert data.feature_names == ("x", "x_3", "column_3", "x_2")
    assert any("Several columns are called “x”" in note for note in data.notes)


def test_constant_columns_are_left_out_and_said(load):
    data = load("x,same,y\n" + "".join(f"{row},7,{row}.5\n" for row in range(20)))
    assert data.feature_names == ("x",)
    assert any("same" in note for note in data.notes)


def test_a_column_that_is_constant_in_the_training_part_stays_finite(load):
    text = "x,flag,y\n" + "".join(f"{row},{0.1 if row != 3 else 9},{row}.5\n" for row in range(20))
    for seed in range(8):
        data = load(text, seed=seed)
        assert np.abs(data.train.x).max() < 10
        assert np.abs(data.valid.x).max() < 10


def test_large_offsets_keep_their_precision(load):
    text = "t,y\n" + "".join(f"{1_700_000_000_000 + row},{row}.5\n" for row in range(50))
    x = load(text).train.x[:, 0]
    assert len(np.unique(x)) == 40


def test_blocks_join(load, monkeypatch):
    whole = load(FLOWERS)
    monkeypatch.setattr(blocks, "BLOCK_CELLS", 21)
    np.testing.assert_array_equal(load(FLOWERS).train.x, whole.train.x)


def test_categories_are_spelt_as_in_the_file(load, monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK_CELLS", 8)
    text = "x,zip,y\n" + "".join(f"{r},{('01', '02', '1.0')[r % 3]},{r % 2}\n" for r in range(30))
    assert load(text, categories="zip").feature_names[1:] == ("zip=01", "zip=1.0", "zip=02")
    mixed = text.replace("8,1.0,", "8,A,").replace("11,1.0,", "11,B,")
    data = load(mixed + "".join(f"{r},{('C', 'D')[r % 2]},0\n" for r in range(30, 90)))
    names = ["zip=01", "zip=1.0", "zip=02", "zip=A", "zip=B", "zip=C", "zip=D"]
    assert data.feature_names[1:] == tuple(names)


def test_read_header(tmp_path):
    path = tmp_path / "things.csv"
    path.write_text(FLOWERS, encoding="utf-8")
    found = read_header(path)
    assert [(column.name, column.kind) for column in found] == [
        ("length", "number"),
        ("colour", "category"),
        ("kind", "category"),
    ]
    assert [column.task for column in found] == ["regression", "classification", "classification"]
    assert found[2].values == ("iris", "rose")


def test_read_header_reads_only_the_beginning(tmp_path, monkeypatch):
    monkeypatch.setattr(table, "_LOOK_BYTES", 200)
    path = tmp_path / "things.csv"
    path.write_text(FLOWERS + "ragged\n", encoding="utf-8")
    assert [column.name for column in read_header(str(path))] == ["length", "colour", "kind"]
    path.write_text('a,b\n1,"' + "long text " * 100 + '"\n', encoding="utf-8")
    with pytest.raises(StudioError, match="no rows below"):
        read_header(path)


def test_read_header_tolerates_gaps_that_training_does_not(tmp_path):
    path = tmp_path / "things.csv"
    path.write_text("a,b\n1,2\n,3\nNA,4\n", encoding="utf-8")
    first, _ = read_header(path)
    assert (first.kind, first.missing, first.rows) == ("number", 2, 3)
    with pytest.raises(StudioError):
        read_table(path)


CELL = st.one_of(
    st.sampled_from(["", "1", "2.5", "-3", "a", "b", "NA", "1e300", "1e-320", "inf", "1_0", "1,5"]),
    st.text(max_size=4),
)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=200),
        st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")),
        st.integers(1, 4).flatmap(
            lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), max_size=9).map(
                lambda rows: "\n".join(";".join(row) for row in rows).encode("utf-8", "replace")
            )
        ),
    ),
    st.sampled_from(["", "a", "column_1"]),
    st.sampled_from(["automatic", "classification", "regression"]),
)
@example(b"a;y\n1e-320;1\n0;2\n1e30;3\n5;4\n5;5\n", "", "regression")
def test_any_bytes_give_data_or_a_sentence(load, content, target, problem):
    try:
        data = load(content, target=target, problem=problem)
    except StudioError as error:
        assert str(error)
    else:
        assert np.isfinite(data.train.x).all()
        assert np.isfinite(data.valid.x).all()
        assert np.isfinite(data.train.y).all()
        assert len(data.train)
        assert len(data.valid)
        assert data.train.x.shape[1] == len(data.feature_names)


@given(
    st.lists(
        st.tuples(st.floats(-1e6, 1e6), st.sampled_from(["x", "y", "z"]), st.booleans()),
        min_size=8,
        max_size=40,
    )
)
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_was_written_is_what_is_read(load, rows):
    text = "number,letter,truth\n" + "".join(f"{n!r},{c},{t}\n" for n, c, t in rows)
    try:
        data = load(text, header="names")
    except StudioError as error:
        assert "every row" in str(error) or "no column besides" in str(error)
        return
    assert len(data.train) + len(data.valid) == len(rows)
    assert set(data.classes) == {str(truth) for *_, truth in rows}
    letters = [name for name in data.feature_names if name.startswith("letter=")]
    if letters:
        used = np.concatenate([data.train.x, data.valid.x])[:, -len(letters) :]
        wanted = [sum(c == name[-1] for _, c, _ in rows) for name in letters]
        assert used.sum(0).tolist() == wanted
