"""MNIST in full, and the reader of its files."""

from __future__ import annotations

import gzip

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.core import registry
from nnstudio.core.contracts import Dataset
from nnstudio.core.resources import resource
from nnstudio.core.sources.idx import read_idx
from nnstudio.core.text import StudioError


def mnist(**values):
    return registry.from_json(Dataset, {"type": "Mnist.v1", **values})


def test_all_of_it():
    data = mnist().load()
    assert data.train.x.shape == (60_000, 28, 28, 1)
    assert data.valid.x.shape == (10_000, 28, 28, 1)
    assert data.train.x.dtype == np.uint8
    assert data.train.y.shape == (60_000, 1)
    assert data.train.y[:5, 0].tolist() == [5, 0, 4, 1, 9]
    assert data.valid.y[:5, 0].tolist() == [7, 2, 1, 0, 4]
    assert np.bincount(data.train.y[:, 0].astype(int))[[0, 1, 9]].tolist() == [5923, 6742, 5949]
    assert data.classes == tuple("0123456789")
    assert data.outputs == 10
    assert data.prepared(data.train.x[:3]).max() == 1.0
    assert abs(data.prepared(data.train.x).mean() - 0.1307) < 1e-4


def test_decoded_once_and_not_to_be_changed():
    first, again = mnist().load(), mnist(train_examples=1000).load()
    assert np.shares_memory(first.train.x, again.train.x)
    assert len(again.train) == 1000
    with pytest.raises(ValueError):
        first.train.x[0] = 0


def test_few_examples_are_the_first_of_all():
    few, all_of_it = mnist(train_examples=50, valid_examples=20).load(), mnist().load()
    np.testing.assert_array_equal(few.train.x, all_of_it.train.x[:50])
    np.testing.assert_array_equal(few.valid.y, all_of_it.valid.y[:20])


def test_source_and_licence_are_named():
    spec = mnist()
    assert "LeCun" in spec.source
    assert spec.licence == "CC BY-SA 3.0"
    text = resource("datasets", "mnist", "SOURCE.txt").read_text(encoding="utf-8")
    assert "Christopher J.C. Burges" in text
    assert "CC BY-SA 3.0" in text


def idx(path, sizes, values, magic=None):
    head = magic if magic is not None else bytes([0, 0, 8, len(sizes)])
    raw = head + b"".join(size.to_bytes(4, "big") for size in sizes) + bytes(values)
    path.write_bytes(gzip.compress(raw))
    return path


def test_reads_the_records_asked_for(tmp_path):
    path = idx(tmp_path / "a.gz", (3, 2), range(6))
    assert read_idx(path, (2,), 3).tolist() == [[0, 1], [2, 3], [4, 5]]
    assert read_idx(path, (2,), 1).tolist() == [[0, 1]]


@pytest.mark.parametrize(
    ("sizes", "values", "magic", "words"),
    [
        ((3, 2), range(6), b"\0\0\x0d\2", "not an IDX file"),
        ((3, 2), range(6), b"GIF8", "not an IDX file"),
        ((6,), range(6), None, "not an IDX file"),
        ((3, 3), range(9), None, "declares sizes 3 × 3"),
        ((2, 2), range(4), None, "declares sizes 2 × 2"),
        ((3, 2), range(5), None, "holds 5 bytes"),
        ((2**32 - 1, 2), range(2), None, "holds 2 bytes"),
        ((), (), b"", "not an IDX file"),
    ],
)
def test_bad_files(tmp_path, sizes, values, magic, words):
    with pytest.raises(StudioError, match=words):
        read_idx(idx(tmp_path / "a.gz", sizes, values, magic), (2,), 3)


def test_missing_truncated_and_unzipped_files(tmp_path):
    with pytest.raises(StudioError, match=r"a\.gz is missing"):
        read_idx(tmp_path / "a.gz", (2,), 3)
    with pytest.raises(StudioError, match="cannot be read"):
        read_idx(tmp_path, (2,), 3)
    whole = idx(tmp_path / "a.gz", (3, 200), bytes(range(200)) * 3).read_bytes()
    (tmp_path / "a.gz").write_bytes(whole[:-20])
    with pytest.raises(StudioError, match="ends too early"):
        read_idx(tmp_path / "a.gz", (200,), 3)
    (tmp_path / "a.gz").write_bytes(b"not gzip at all")
    with pytest.raises(StudioError, match="as gzip"):
        read_idx(tmp_path / "a.gz", (2,), 3)


@given(st.binary(max_size=60), st.booleans())
def test_any_bytes_give_values_or_a_sentence(tmp_path_factory, raw, zipped):
    path = tmp_path_factory.getbasetemp() / "fuzz.gz"
    path.write_bytes(gzip.compress(raw) if zipped else raw)
    try:
        assert read_idx(path, (2,), 3).shape == (3, 2)
    except StudioError as error:
        assert "fuzz.gz" in str(error)
