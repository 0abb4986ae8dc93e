"""All that can be wrong with a table, and the sentence that says so."""

from __future__ import annotations

import os

import pytest

from nnstudio.core import columns, delimited, encoding
from nnstudio.core.table import read_table
from nnstudio.core.text import StudioError
from tests.datasets.tables import FLOWERS, PRICES

ROWS = "".join(f"{row},{row * 2}.5,{'ab'[row % 2]}\n" for row in range(1, 21))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", ["things.csv is empty"]),
        (" \n\n", ["is empty"]),
        (b"\xef\xbb\xbf\n", ["is empty"]),
        ("a,b,c\n", ["no rows below"]),
        ("a,b\n1,2\n3,4\n", ["2 rows", "At least 4"]),
        ("a,b,c\n" + ROWS + "21,x\n", ["Line 22", "2 cells", "has 3"]),
        ("a,b,c\n1,2,a,4\n" + ROWS, ["Line 2", "4 cells"]),
        ("a,b,c\n" + ROWS + "21,,a\n", ["Line 22", "“b” is empty", "1 of 21", "Fill it in"]),
        ("a,b,c\n" + ROWS + "NA,2,a\n", ["Line 22", "“a” holds “NA”", "instead of a number"]),
        ("a,b,c\n" + ROWS + "21,2,\n", ["Line 22", "“c” is empty"]),
        ("a,b,c\n" + ROWS + "21,many,a\n", ["Line 22", "“b” holds “many”", "Categories"]),
        ("a,b,c\n" + ROWS + "21,inf,a\n", ["Line 22", "“inf”"]),
        ("a,b,c\n" + ROWS + "21,1_0,a\n", ["Line 22", "“1_0”"]),
        ("a,b,c\n" + ROWS + "21,-3e35,a\n", ["Line 22", "“b”", "too large"]),
        ('a,b,c\n1,"2,a\n' + ROWS, ["Line 2", "quotation mark"]),
        ('a,b,c\n1,"2"x,a\n' + ROWS, ["Line 2", "quotation mark"]),
        ("a;b;c\n" + ROWS.replace(",", ";").replace(".", ","), ["Line 2", "comma: “2,5”"]),
        ("a,b,c\n" + ROWS.replace("b\n", "a\n"), ["“c” is “a” in every row", "another target"]),
        ("a,b\n" + "".join(f"{r},7.5\n" for r in range(9)), ["“b” is “7.5” in every row"]),
        ("a,b\n" + "".join(f"7,{r}.5\n" for r in range(9)), ["no column besides the target"]),
        ("a\n" + "".join(f"{r}.5\n" for r in range(9)), ["no column besides the target"]),
        ("a,b\n" + "".join(f"{r},t{r}\n" for r in range(9)), ["occurs only once"]),
        ("a,b\n" + "".join(f"{r},t{r}\n" for r in range(300)), ["more than 200", "Leave it out"]),
        (b"a,b\n1,2\n\x89PNG\r\n\x1a\n\0\0", ["not a text file"]),
        (b"PK\x03\x04 and so on", ["workbook", "CSV UTF-8"]),
        ("a,b\n1,2\n".encode("utf-16"), ["UTF-16", "CSV UTF-8"]),
        ("a,b\n1,2\n3,\u9ad8\n".encode("gbk"), ["not UTF-8", "line 3"]),
        (",".join(f"c{n}" for n in range(2001)) + "\n", ["2,001 columns", "2,000"]),
        ("a" * 140_000 + ",b\n1,2\n", ["Line 1", "far too long"]),
    ],
)  # fmt: skip
def test_bad_files_are_explained(fails, content, words):
    sentence = fails(content)
    for word in words:
        assert word in sentence, sentence


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"target": "weight"}, ["no column “weight”", "length, colour, kind"]),
        ({"categories": "weight"}, ["no column “weight”", "length, colour, kind"]),
        ({"leave_out": "kind", "target": "kind"}, ["“kind” is left out"]),
        ({"leave_out": "length,colour,kind"}, ["All columns are left out"]),
        ({"problem": "regression"}, ["“kind” holds texts", "Choose classification"]),
        ({"path": ""}, ["No table is chosen"]),
        ({"path": "/nowhere/at/all.csv"}, ["/nowhere/at/all.csv", "does not exist"]),
        ({"path": "a\0b.csv"}, ["cannot be read"]),
        ({"path": "x" * 5000}, ["cannot be read"]),
        ({"path": "~nobody-at-all/x.csv"}, ["“x.csv” cannot be read"]),
    ],
)
def test_bad_settings_are_explained(fails, values, words):
    sentence = fails(FLOWERS, **values)
    for word in words:
        assert word in sentence, sentence


def test_a_folder_and_a_device(tmp_path):
    with pytest.raises(StudioError, match="is a folder"):
        read_table(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.csv")
        with pytest.raises(StudioError, match="is a device"):
            read_table(tmp_path / "pipe.csv")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads it all")
def test_a_file_without_permission(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(FLOWERS, encoding="utf-8")
    path.chmod(0)
    with pytest.raises(StudioError, match="may not be read"):
        read_table(path)


def test_size_limits(fails, monkeypatch):
    monkeypatch.setattr(delimited, "MOST_BYTES", 100)
    assert "larger than 0 MB" in fails(FLOWERS)
    monkeypatch.undo()
    monkeypatch.setattr(encoding, "MOST_NUMBERS", 100)
    assert "4 inputs for each of 60 rows" in fails(FLOWERS)
    monkeypatch.undo()
    monkeypatch.setattr(encoding, "MOST_COLUMNS", 3)
    assert "4 inputs" in fails(FLOWERS)


def test_too_many_classes(fails, monkeypatch):
    monkeypatch.setattr(encoding, "MOST_CATEGORIES", 10)
    assert "50 different values" in fails(PRICES, problem="classification")


def test_long_values_are_shortened(fails):
    assert columns.shorten("a  long\nname", 6) == "a lon…"
    assert "…" in fails("a,b,c\n" + ROWS + f"21,{'x' * 500},a\n")
