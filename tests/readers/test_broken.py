"""Files that cannot be used: each gives a sentence, quickly, and leaves everything as it was."""

from __future__ import annotations

import gzip
import io
import os
import re
import struct
import time
import zipfile

import numpy as np
import polars as pl
import pytest

from nnstudio.core.recipes.own_data import own_dataset
from nnstudio.core.recipes.recipe import Recipe
from nnstudio.core.sources import pictures, raw, reading
from nnstudio.core.text import StudioError
from tests.readers.files import ROWS, idx, npy, png, write_folder, write_zip

GOOD = {f"{name}/{n}.png": png(n) for name in "ab" for n in range(4)}


def _npz(**arrays):
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def _parquet(frame):
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()


def _locked_zip():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("a/1.png", png())
    content = bytearray(buffer.getvalue())
    content[6] |= 1  # the flag in the entry ...
    at = content.rfind(b"PK\x01\x02")
    content[at + 8] |= 1  # ... and in the directory
    return bytes(content)


def _lying_npy(shape):
    """A head that declares far more than there is."""
    head = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}}}".encode().ljust(118)
    return b"\x93NUMPY\x01\0" + struct.pack("<H", len(head)) + head + b"\0" * 128


WHOLE_PARQUET = _parquet(pl.DataFrame({"a": range(50), "b": list("xy" * 25)}))
FILES = {
    "empty": (b"", "is empty"),
    "blank": (b" \n\n \n", "is empty"),
    "mark only": (b"\xef\xbb\xbf\n", "is empty"),
    "header only": (b"a,b,c\n", "no rows below"),
    "few rows": (b"a,b\n1,2\n3,4\n", "too few"),
    "binary": (bytes(range(256)) * 40, "no kind of file"),
    "zeros": (b"\0" * 5000, "no kind of file"),
    "text, then binary": (b"a,b\n1,2\n" + b"3,4\n" * 20_000 + b"\0\0\0\n", "not a text file"),
    "PDF": (b"%PDF-1.7\n" + b"\x80" * 200, "PDF"),
    "pickle": (b"\x80\x04\x95\x10\0\0\0" + b"." * 50, "pickle"),
    "program": (b"\x7fELF" + b"\0" * 200, "program"),
    "single picture": (png(), "single picture"),
    "old workbook": (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old Excel"),
    "short row": (f"a,b,c\n{ROWS}21,x\n", "Line 22 of"),
    "long row": (f"a,b,c\n1,2,a,4\n{ROWS}", "Line 2 of"),
    "short row, decimal comma": ("a;b\n1;2,5\n3\n4;5,5\n", "Line 3 of"),
    "open quotation mark": (f'a,b,c\n1,"2,a\n{ROWS}', "quotation mark"),
    "quotation mark inside": (f'a,b,c\n1,"2"x,a\n{ROWS}', "quotation mark"),
    "text among numbers": (f"a,b,c\n{ROWS}21,many,a\n", "Line 22, column “b” holds “many”"),
    "huge number": (f"a,b,c\n{ROWS}21,-3e35,a\n", "too large to compute"),
    "infinite number": (f"a,b,c\n{ROWS}21,1e999,a\n", "Line 22"),
    "10,000 columns": (",".join(f"c{n}" for n in range(10_000)) + "\n1\n", "10,000 columns"),
    "one class": ("a,b,c\n" + ROWS.replace("b\n", "a\n"), "every row"),
    "target missing everywhere": ("a,b\n" + "".join(f"{r},nan\n" for r in range(30)), "no value"),
    "one column": ("a\n" + "".join(f"{r}.5\n" for r in range(30)), "no column besides"),
    "constant inputs": ("a,b\n" + "".join(f"7,{r}.5\n" for r in range(30)), "no column besides"),
    "only texts": ("a,b\n" + "".join(f"{r},t{r}\n" for r in range(300)), "occurs only once"),
    "mixed encodings": ("a,b\n1,é\n2,ü\n3,ö\n".encode() + b"4,\xe9\xe8\n", "another encoding"),
    "UTF-8 mark, other text": (b"\xef\xbb\xbfa,b\n1,\xe9\n2,x\n3,x\n4,y\n", "another encoding"),
    "cut UTF-16": ("a,b\n1,x\n".encode("utf-16")[:-1] + b"\xd8", ""),
    "JSON lines, cut": (b'{"a": 1, "b": 2}\n{"a": 3, "b"', "Line 2 of"),
    "JSON lines, no object": (b'{"a": 1}\n[1, 2]\n', "Line 2 of"),
    "JSON, cut list": (b'[{"a": 1}, {"a": ', "no list of JSON objects"),
    "JSON, deep": (b'[{"a": ' + b"[" * 100_000, "no list of JSON objects"),
    "Parquet, mark only": (b"PAR1" + b"\0" * 50, "damaged"),
    "Parquet, cut": (WHOLE_PARQUET[: len(WHOLE_PARQUET) // 2], "damaged"),
    "Parquet, no rows": (_parquet(pl.DataFrame({"a": [], "b": []})), "no rows"),
    "Parquet, lists": (_parquet(pl.DataFrame({"a": [[1], [2]]})), "no column that can be used"),
    "NPY, cut": (npy(np.zeros((40, 4)))[:300], "damaged or ends too early"),
    "NPY, objects": (npy(np.array([{}, []], object), allow_pickle=True), "Python objects"),
    "NPY, huge shape": (_lying_npy("(99999, 99999)"), "MB of memory"),
    "NPY, larger than the file": (_lying_npy("(999, 9)"), "ends too early"),
    "NPY, negative shape": (_lying_npy("(-4, 4)"), "damaged"),
    "NPY, bad head": (b"\x93NUMPY\x01\x00\x10\x00{'descr': __imp", "damaged"),
    "NPZ, different lengths": (_npz(x=np.zeros((9, 3)), y=np.zeros(8)), "as many"),
    "NPZ, unclear": (_npz(p=np.zeros((9, 3)), q=np.zeros(8)), "Call them x and y"),
    "NPZ, objects": (_npz(x=np.array([{}, []], object)), "Python objects"),
    "NPZ, not finite": (
        _npz(x=np.full((9, 9, 9), np.nan), y=np.arange(9) % 2), "missing or infinite"
    ),
    "NPZ, no numbers": (_npz(x=np.zeros((9, 3), complex), y=np.zeros(9)), "no real numbers"),
    "IDX, cut": (idx(np.zeros((5, 8, 8), np.uint8))[:100], "ends too early"),
    "IDX, impossible sizes": (struct.pack(">BBBBII", 0, 0, 8, 2, 2**31, 2**31), "impossible"),
    "IDX, no labels": (idx(np.zeros((9, 8, 8), np.uint8)), "does not say what"),
    "IDX, wrong magic": (b"\0\0\x55\x03" + b"\0" * 60, "no kind of file"),
    "gzip of nothing known": (gzip.compress(b"hello"), "compressed file"),
    "gzip, cut": (gzip.compress(idx(np.ones((5, 8, 8), np.uint8)))[:-12], "ends too early"),
    "zip, cut": (_npz(x=np.zeros((9, 3)))[:60], "archive"),
    "zip, locked": (_locked_zip(), "password"),
}  # fmt: skip


def refused(path, recipe=None):
    """The sentence with which a file is refused; all that was there is still as it was."""
    before = {p: (p.stat().st_size, p.stat().st_mtime_ns) for p in path.parent.rglob("*")}
    began = time.process_time()
    with pytest.raises(StudioError) as caught:
        own_dataset(path, recipe).load()
    assert time.process_time() - began < 5
    after = {p: (p.stat().st_size, p.stat().st_mtime_ns) for p in path.parent.rglob("*")}
    assert after == before
    sentence = str(caught.value)
    assert sentence.endswith((".", "?")) and "Traceback" not in sentence
    assert not re.search(r"[{}]", sentence)
    return sentence


@pytest.mark.parametrize("name", FILES)
def test_broken_files_are_explained(tmp_path, name):
    content, words = FILES[name]
    path = tmp_path / "things.dat"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    sentence = refused(path)
    assert words in sentence, sentence


def test_there_are_enough_of_them():
    assert len(FILES) >= 40


ARCHIVES = {
    "no pictures": ({"a.doc": b"x"}, "archive without pictures"),
    "one class": ({f"a/{n}.png": png(n) for n in range(6)}, "of one class"),
    "no classes": ({f"{n}.png": png(n) for n in range(6)}, "does not say what"),
    "path outside": ({**GOOD, "../../evil.png": png()}, "outside of itself"),
    "absolute path": ({**GOOD, "/etc/evil.png": png()}, "outside of itself"),
    "drive": ({**GOOD, "C:/evil.png": png()}, "outside of itself"),
    "backslashes": ({**GOOD, "..\\evil.png": png()}, "outside of itself"),
    "truncated picture": ({**GOOD, "a/0.png": png()[:60]}, "“a/0.png”"),
    "no picture inside": ({**GOOD, "a/0.png": b"hello"}, "“a/0.png”"),
    "empty picture": ({**GOOD, "b/1.png": b""}, "“b/1.png”"),
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_broken_archives_are_explained(tmp_path, name):
    entries, words = ARCHIVES[name]
    sentence = refused(write_zip(tmp_path / "things.zip", entries))
    assert words in sentence, sentence


def test_a_zip_bomb_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr("nnstudio.core.sources.zips.MOST_BEYOND", 1_000_000)
    monkeypatch.setattr("nnstudio.core.sources.zips.MOST_RATIO", 10)
    zeros = b"\0" * 4_000_000
    bomb = {f"{name}/{n}.png": zeros for name in "ab" for n in range(6)}
    sentence = refused(write_zip(tmp_path / "bomb.zip", bomb))
    assert "damaged or too large" in sentence or "unpacks to far more" in sentence


def test_a_picture_that_declares_a_huge_size_is_not_decoded(tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, "MOST_PIXELS", 50)
    folder = write_folder(tmp_path / "things", {"a": 3, "b": 3})
    assert "damaged or too large" in refused(folder)


def test_symbolic_links_are_not_followed(tmp_path):
    secret = write_folder(tmp_path / "secret", {"x": 4})
    folder = tmp_path / "things"
    (folder / "a").mkdir(parents=True)
    (folder / "b").symlink_to(secret / "x")
    for number in range(4):
        (folder / "a" / f"{number}.png").symlink_to(secret / "x" / f"{number}.png")
    (folder / "a" / "loop").symlink_to(folder)
    assert "symbolic links" in refused(folder)


def test_symbolic_links_in_a_zip_are_left_out(tmp_path):
    path = tmp_path / "things.zip"
    with zipfile.ZipFile(path, "w") as file:
        for name, content in GOOD.items():
            file.writestr(name, content)
        link = zipfile.ZipInfo("a/link.png")
        link.external_attr = 0o120777 << 16
        file.writestr(link, "/etc/passwd")
    data = own_dataset(path).load()
    assert len(data.train) + len(data.valid) == 8


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("", "No file is chosen"),
        ("nowhere/at/all.csv", "does not exist"),
        ("a\0b.csv", "cannot be read"),
        ("x" * 5000, "cannot be read"),
        ("~nobody-at-all/x.csv", "cannot be read"),
    ],
)
def test_paths_that_lead_nowhere(path, words):
    with pytest.raises(StudioError, match=words):
        own_dataset(path)


def test_a_link_that_leads_nowhere_and_an_empty_folder(tmp_path):
    (tmp_path / "link.csv").symlink_to(tmp_path / "gone.csv")
    with pytest.raises(StudioError, match="does not exist"):
        own_dataset(tmp_path / "link.csv")
    (tmp_path / "empty").mkdir()
    with pytest.raises(StudioError, match="no pictures"):
        own_dataset(tmp_path / "empty")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_device_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(StudioError, match="is a device"):
        own_dataset(tmp_path / "pipe.csv")


def test_too_large_a_table_offers_a_sample(tmp_path, monkeypatch):
    path = tmp_path / "things.csv"
    path.write_text("a,b\n" + "".join(f"{r},{r % 2}\n" for r in range(9000)), encoding="utf-8")
    monkeypatch.setattr("nnstudio.readers.delimited.MOST_CELLS", 6000)
    reading.forget()
    with pytest.raises(raw.TooLarge) as caught:
        own_dataset(path).load()
    assert caught.value.fits == 3000
    assert "Take a sample of 3,000" in str(caught.value)
    sampled = own_dataset(path, Recipe(sample=caught.value.fits))
    assert sampled.raw().rows == 3000
    again = own_dataset(path, Recipe(sample=3000)).raw()
    np.testing.assert_array_equal(sampled.raw().columns[0].values, again.columns[0].values)
    assert len(np.unique(again.columns[0].values)) == 3000


SOUND = (
    ("a,b,c\n" + ROWS).encode(),
    ("a;b;c\n" + ROWS.replace(",", ";").replace(".", ",")).encode("utf-16"),
    "名,值\n".encode("gb18030") + "高,1\n低,2\n".encode("gb18030") * 9,
    npy(np.arange(80.0).reshape(20, 4)),
    _npz(x=np.arange(1280.0).reshape(20, 8, 8), y=np.arange(20) % 2),
    idx(np.arange(576, dtype=np.uint8).reshape(9, 8, 8)),
    b'{"a": 1, "b": "x"}\n{"a": 2, "b": "y"}\n' * 8,
    b'[{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]',
)
PIECES = (b'"', b",", b"\n", b"\0", b"\xff\xff", b"9" * 30, b"nan", b"1e999", b"-", b"{", b"PK")


def test_changed_bytes_give_data_or_a_sentence(tmp_path):
    random = np.random.default_rng(0)
    path = tmp_path / "things.dat"
    for number in range(240):
        content = bytearray(SOUND[number % len(SOUND)])
        for _ in range(random.integers(1, 6)):
            at = int(random.integers(len(content)))
            kind = random.integers(4)
            if kind == 0:
                content[at] = random.integers(256)
            elif kind == 1:
                content[at:at] = PIECES[random.integers(len(PIECES))]
            elif kind == 2:
                del content[at : at + int(random.integers(1, 9))]
            else:
                content += content[at : at + 40]
        path.write_bytes(bytes(content))
        reading.forget()
        try:
            own_dataset(path).load()
        except StudioError as error:
            assert "out of range" not in str(error)  # a slip of ours, not of the file
