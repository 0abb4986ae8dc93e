"""Archives come back as they were, and a damaged one is told in a sentence."""

from __future__ import annotations

import io
import json
import random
import zipfile

import numpy as np
import pytest

from nnstudio.core import archive
from nnstudio.core.archive import Archive
from nnstudio.core.text import StudioError

ARRAYS = {
    "weight": np.random.default_rng(0).standard_normal((3, 4)).astype(np.float32),
    "images": np.arange(2 * 5 * 5, dtype=np.uint8).reshape(2, 5, 5),
    "empty": np.empty((0, 3), np.float32),
    "order": np.array([3, 1, -2], np.int64),
    "curve": np.array([np.nan, np.inf, 1.5]),
}


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "a.nnst"
    archive.write(path, {"format": "test", "notes": "记"}, ARRAYS)
    return path


def test_everything_comes_back(file):
    with Archive(file) as found:
        assert found.manifest["notes"] == "记"
        assert found.names() == list(ARRAYS)
        for name, array in ARRAYS.items():
            got = found.array(name)
            assert got.dtype == array.dtype
            assert got.shape == array.shape
            assert got.tobytes() == array.tobytes()
            assert got.flags.writeable


def refused(path, read=True):
    with pytest.raises(StudioError, match="“"), Archive(path) as found:
        for name in found.names() if read else []:
            found.array(name)


def rewritten(path, change):
    """The same archive with its manifest's table of arrays changed."""
    with zipfile.ZipFile(path) as old:
        entries = {name: old.read(name) for name in old.namelist()}
    manifest = json.loads(entries[archive.MANIFEST])
    change(manifest["arrays"], entries)
    entries[archive.MANIFEST] = json.dumps(manifest).encode()
    with zipfile.ZipFile(path, "w") as new:
        for name, raw in entries.items():
            new.writestr(name, raw)


@pytest.mark.parametrize(
    "change",
    [
        lambda listed, _: listed["weight"].update(shape=[3, 5]),
        lambda listed, _: listed["weight"].update(shape=[2**39, 2**39]),
        lambda listed, _: listed["weight"].update(shape=[-1, 4]),
        lambda listed, _: listed["weight"].update(shape=[True, 12]),
        lambda listed, _: listed["weight"].update(shape="3x4"),
        lambda listed, _: listed["weight"].update(type="object"),
        lambda listed, _: listed["weight"].update(sha256="0" * 64),
        lambda listed, _: listed["weight"].update(entry="../../passwd"),
        lambda listed, _: listed["weight"].update(entry="arrays/none.f"),
        lambda listed, _: listed.update(weight=7),
        lambda listed, entries: entries.update({listed["weight"]["entry"]: b"short"}),
    ],
)
def test_what_does_not_fit_is_refused(file, change):
    rewritten(file, change)
    refused(file)


def test_no_declared_size_is_believed(tmp_path):
    bomb = tmp_path / "bomb.nnst"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(archive.MANIFEST, b'{"arrays": {}}' + b" " * (archive.MOST_MANIFEST + 1))
    bomb.write_bytes(buffer.getvalue())
    assert bomb.stat().st_size < 1 << 20
    refused(bomb)


def test_the_limit_holds_for_all_arrays_together(file):
    with pytest.raises(StudioError, match="limit"), Archive(file, most_bytes=60) as found:
        for name in found.names():
            found.array(name)


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06", b"no zip at all" * 100])
def test_other_files_are_refused(tmp_path, content):
    path = tmp_path / "x.nnst"
    path.write_bytes(content)
    refused(path)


def test_a_folder_and_nothing_are_refused(tmp_path):
    refused(tmp_path)
    refused(tmp_path / "none")


def test_every_mutation_is_told_or_harmless(file):
    """Bytes changed, cut or added anywhere: the arrays as they were, or our own error."""
    whole = file.read_bytes()
    chance = random.Random(1)
    refusals = 0
    for _ in range(600):
        raw = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(raw))
            kind = chance.randrange(3)
            if kind == 0:
                raw[at] ^= 1 << chance.randrange(8)
            elif kind == 1:
                del raw[at : at + chance.randint(1, 40)]
            else:
                raw[at:at] = chance.randbytes(chance.randint(1, 40))
            if not raw:
                break
        file.write_bytes(raw)
        try:
            with Archive(file) as found:
                for name in found.names():
                    found.array(name)
        except StudioError:
            refusals += 1
    assert refusals > 100
