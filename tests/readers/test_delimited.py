"""Delimited text: whatever the delimiter, the encoding, the decimal sign or the quotation marks."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nnstudio.core.recipes.recipe import Recipe
from nnstudio.core.sources import encodings, reading
from nnstudio.core.sources.raw import CATEGORY, DATE, NUMBER, TEXT
from nnstudio.core.sources.watching import Cancelled, watched
from nnstudio.readers import delimited

TABLE = "name,weight,when,kind\n" + "".join(
    f"{'äöü'[n % 3]}{n},{n * 1.5},2021-03-{n % 28 + 1:02d},{['rose', 'iris'][n % 2]}\n"
    for n in range(40)
)


@pytest.fixture
def table(tmp_path):
    """Write a file and read it."""

    def run(content, **recipe):
        path = tmp_path / "things.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        reading.forget()
        return reading.read(path, Recipe(**recipe))

    return run


def cells(table):
    """Every cell as it is written."""
    return [[column.text(row) for column in table.columns] for row in range(table.rows)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_encodings_and_line_ends(table, delimiter, encoding, end):
    text = TABLE.replace(",", delimiter).replace("\n", end)
    found = table(text.encode(encoding))
    assert [column.kind for column in found.columns] == [TEXT, NUMBER, DATE, CATEGORY]
    assert found.columns[0].text(4) == "ö4"
    np.testing.assert_array_equal(found.columns[1].values, np.arange(40) * 1.5)
    assert found.columns[2].text(3) == "2021-03-04"
    assert found.columns[3].categories == ("iris", "rose")


def test_chinese_as_spreadsheets_save_it(table):
    text = "城市,人口\n" + "".join(f"{['北京', '上海', '广州'][n % 3]},{n}\n" for n in range(30))
    found = table(text.encode("gb18030"))
    assert found.names == ("城市", "人口")
    assert set(found.columns[0].categories) == {"北京", "上海", "广州"}


@pytest.mark.parametrize(
    ("written", "delimiter", "number"),
    [
        ("1,5", ";", 1.5), ("1.234,5", ";", 1234.5), ("-0,25", "\t", -0.25), ("1.234", ",", 1.234),
        ('"1,234,567"', ",", 1234567.0), ('"1,5"', ",", 1.5), ("1e3", ",", 1000.0),
    ],
)  # fmt: skip
def test_decimal_signs(table, written, delimiter, number):
    rows = "".join(f"{written}{delimiter}{'ab'[n % 2]}\n" for n in range(6))
    found = table(f"x{delimiter}y\n{rows}")
    assert found.columns[0].kind == NUMBER
    assert (found.columns[0].values == number).all()


def test_a_spreadsheet_says_its_separator(table):
    found = table("sep=;\r\na;b\r\n1;x\r\n2;y\r\n")
    assert found.names == ("a", "b")
    assert cells(found) == [["1", "x"], ["2", "y"]]


def test_quotes_blank_lines_spaces_and_empty_cells_at_the_end(table):
    rows = "".join(f' {n}, "big, {n % 2}\nthing",{n % 2},\n\n,,,\n' for n in range(10))
    found = table(" a ,b,y,\n" + rows)
    assert found.names == ("a", "b", "y")
    assert cells(found)[3] == ["3", "big, 1\nthing", "1"]
    assert found.rows == 10


def test_gaps_and_odd_cells_are_counted_with_their_lines(table):
    rows = "".join(f"{n},{n}\n" for n in range(30))
    found = table("a,b\n" + rows + "NA,1\n?,2\n,3\nmany,4\n-,5\n")
    column = found.columns[0]
    assert column.kind == NUMBER
    assert int(column.gaps.sum()) == 5
    assert (column.bad, column.first_bad) == (1, (35, "many"))


def test_lines_are_told_right_in_any_block_and_after_line_ends_in_cells(table, monkeypatch):
    monkeypatch.setattr(encodings, "PIECE", 64)
    rows = "".join(f'{n},"two\nlines {n % 2}"\n' for n in range(50))
    found = table("a,b\n" + rows + "odd,x\n")
    assert found.columns[0].first_bad == (102, "odd")
    assert found.rows == 51


def test_a_column_that_turns_out_to_be_texts_is_read_anew(table):
    rows = "".join(f"{n},{n % 2}\n" for n in range(1100)) + "".join(
        f"word{n % 3},{n % 2}\n" for n in range(2000)
    )
    found = table("a,b\n" + rows)
    assert found.columns[0].kind == TEXT
    assert found.columns[0].text(0) == "0"
    assert found.columns[0].text(1200) == "word1"


def test_names(table):
    assert table("1,2\n3,4\n5,6\n").names == ("column_1", "column_2")
    assert table("a,b\nc,d\n", header="data").rows == 2
    assert table("a,a,,a\n1,2,3,4\n").names == ("a", "a_2", "column_3", "a_3")
    assert table("2020,2021\n1,2\n", header="names").names == ("2020", "2021")


def test_a_look_reads_only_the_beginning(tmp_path, monkeypatch):
    path = tmp_path / "things.csv"
    path.write_text("a,b\n" + "1,2\n" * 5000 + "broken\n", encoding="utf-8")
    monkeypatch.setattr(delimited, "HEAD", 8000)
    assert reading.look(path).rows == 1000


def test_reading_can_be_watched_and_cancelled(tmp_path, monkeypatch):
    monkeypatch.setattr(encodings, "PIECE", 1000)
    path = tmp_path / "things.csv"
    path.write_text("a,b\n" + "".join(f"{n},{n}\n" for n in range(3000)), encoding="utf-8")
    reading.forget()
    shares = []
    with watched(shares.append):
        reading.read(path)
    assert len(shares) > 10 and shares == sorted(shares)
    assert 0 <= shares[0] < 0.3 and 0.9 < shares[-1] <= 1
    reading.forget()
    with watched(cancelled=lambda: True), pytest.raises(Cancelled):
        reading.read(path)


def test_a_file_is_read_again_only_if_it_changed(tmp_path):
    path = tmp_path / "things.csv"
    path.write_text("a,b\n1,2\n3,4\n", encoding="utf-8")
    first = reading.read(path)
    assert reading.read(path) is first
    path.write_text("a,b\n1,2\n3,4\n5,6\n", encoding="utf-8")
    assert reading.read(path).rows == 3


WORDS = st.text(st.sampled_from('ab é高",;\n \t0.-'), max_size=6)


@given(
    rows=st.lists(st.tuples(WORDS, WORDS, st.integers(-99, 99)), min_size=1, max_size=30),
    delimiter=st.sampled_from(",;\t"),
    piece=st.sampled_from([7, 50, 4000]),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_table_that_is_written_is_read_back(tmp_path, rows, delimiter, piece):
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([("first", "second", "third"), *rows])
    path = tmp_path / "any.csv"
    path.write_text(buffer.getvalue(), encoding="utf-8")
    reading.forget()
    saved, encodings.PIECE = encodings.PIECE, piece
    try:
        found = reading.read(path, Recipe(header="names"))
    finally:
        encodings.PIECE = saved
    assert found.rows == len(rows)
    assert [found.columns[2].text(row) for row in range(found.rows)] == [str(r[2]) for r in rows]
    if found.columns[0].kind in (CATEGORY, TEXT):
        texts = [found.columns[0].text(row) for row in range(len(rows))]
        assert texts == [row[0].strip(" \t\n") for row in rows]


def test_words_for_a_gap_are_gaps_and_other_words_are_not(tmp_path):
    path = tmp_path / "t.csv"
    cells = ["red,Na,none,2024-01-01", "NA,K,some,NA", "?,Na,none,2024-01-03", "blue,K,?,"]
    path.write_text("colour,metal,extra,day\n" + "\n".join(cells * 5) + "\n")
    colour, metal, extra, day = reading.read(path).columns
    assert colour.categories == ("blue", "red") and int(colour.gaps.sum()) == 10
    assert metal.categories == ("K", "Na") and not metal.gaps.any()
    assert extra.categories == ("none", "some") and int(extra.gaps.sum()) == 5
    assert day.kind == "date" and int(day.gaps.sum()) == 10


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_is_known_without_its_mark(tmp_path, encoding):
    path = tmp_path / "t"
    path.write_bytes(("größe;art\n" + "1,5;weiß\n2;gelb\n" * 20).encode(encoding))
    size, kind = reading.read(path).columns
    assert (size.name, size.values[0]) == ("größe", 1.5)
    assert kind.categories == ("gelb", "weiß")
