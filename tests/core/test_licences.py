"""Every part of the program is named with a licence that can be read."""

from __future__ import annotations

from importlib import metadata

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from nnstudio.core import licences


def required(name, seen):
    """What a distribution needs on this machine, as packaging reads it."""
    for line in metadata.requires(name) or []:
        one = Requirement(line)
        if one.marker is None or one.marker.evaluate({**default_environment(), "extra": ""}):
            needed = canonicalize_name(one.name)
            if needed not in seen:
                seen.add(needed)
                required(needed, seen)
    return seen


def test_no_part_is_missing():
    wanted = required("nnstudio", set())
    assert {"numpy", "shiboken6", "protobuf", "mdurl"} <= wanted
    assert {part.key for part in licences.parts()} >= wanted | {"python"}


def test_every_part_has_a_text_and_says_under_which_licence():
    for part in licences.parts():
        assert part.name
        assert part.version
        assert part.licence, part.name
        assert len(part.text()) > 900, part.name


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("python", "PYTHON SOFTWARE FOUNDATION LICENSE"),
        ("pyside6-essentials", "GNU LESSER GENERAL PUBLIC LICENSE"),
        ("pyside6-essentials", "TERMS AND CONDITIONS"),
        ("shiboken6", "GNU LESSER GENERAL PUBLIC LICENSE"),
        ("numpy", "OpenBLAS"),
        ("numba", "Anaconda"),
        ("llvmlite", "LLVM"),
        ("pyqtgraph", "Permission is hereby granted"),
        ("pillow", "HarfBuzz"),
        ("onnx", "Apache License"),
        ("protobuf", "Google"),
    ],
)
def test_the_text_is_the_right_one(key, words):
    found = {part.key: part for part in licences.parts()}
    assert words.lower() in found[key].text().lower()


def test_what_our_own_texts_are_is_told():
    told = licences.resource("licences", "README.md").read_text(encoding="utf-8")
    folder = licences.resource("licences")
    for file in folder.rglob("*.txt"):
        assert f"`{file.relative_to(folder).as_posix()}`" in told


def test_a_python_without_its_licence_gets_ours(monkeypatch, tmp_path):
    monkeypatch.setattr(licences.sysconfig, "get_path", lambda name: str(tmp_path / "none"))
    assert "PYTHON SOFTWARE FOUNDATION" in licences.python().text()


def test_a_program_that_is_not_installed_still_names_its_parts(monkeypatch):
    whole = metadata.distribution

    def without_ours(name):
        if name == "nnstudio":
            raise metadata.PackageNotFoundError(name)
        return whole(name)

    monkeypatch.setattr(licences.metadata, "distribution", without_ours)
    assert {"numpy", "pyside6-essentials", "mdurl"} <= set(licences.closure())


def test_what_is_left_in_a_built_program_says_the_same(tmp_path):
    found = licences.parts()
    licences.write_index(found, tmp_path / "parts")
    again = licences.read_index(tmp_path / "parts" / "index.json")
    assert [(p.key, p.name, p.version, p.licence) for p in again] == [
        (p.key, p.name, p.version, p.licence) for p in found
    ]
    assert [p.text() for p in again] == [p.text() for p in found]
    assert all(tmp_path in file.parents for p in again for _, file in p.texts)
