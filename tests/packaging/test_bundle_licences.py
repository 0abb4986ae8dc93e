"""A built program brings the licence of everything that was put into it."""

from __future__ import annotations

from pathlib import Path

import licences
import numpy
import polars
import pytest
import threadpoolctl

from nnstudio.core.licences import read_index


@pytest.fixture
def work(tmp_path):
    """What PyInstaller leaves in its work folder, and the program's folder."""
    inside = tmp_path / "program"
    (inside / "numpy").mkdir(parents=True)
    library = next(Path(numpy.__file__).parent.glob("_core/*.so"))
    (inside / "kept.so").write_bytes(b"")
    taken_out = Path(threadpoolctl.__file__).with_name("gone.so")
    collect = [
        ("kept.so", str(library), "EXTENSION"),
        ("gone.so", str(taken_out), "BINARY"),
        ("libQt6Core.so.6", "PySide6/Qt/lib/libQt6Core.so.6", "SYMLINK"),
    ]
    pure = [
        ("polars", polars.__file__, "PYMODULE"),
        ("threadpoolctl", threadpoolctl.__file__, "PYMODULE"),
    ]
    (tmp_path / "COLLECT-00.toc").write_text(repr((collect,)), encoding="utf-8")
    (tmp_path / "PYZ-00.toc").write_text(repr(("PYZ-00.pyz", pure)), encoding="utf-8")
    return tmp_path


def test_what_was_collected_is_found_with_its_owner(work):
    files = [source for _, source in licences.collected(work)]
    assert len(files) == 4
    assert licences.owners(files) == {"numpy", "polars", "threadpoolctl"}


def test_parts_beyond_the_requirements_are_told_too(work, monkeypatch):
    monkeypatch.setattr(licences, "LOADER", ())
    assert licences.leave(work, work / "program") == []
    folder = work / "program" / "resources" / "licences" / "parts"
    found = {part.key: part for part in read_index(folder / "index.json")}
    assert {"python", "numpy", "pyside6-essentials", "threadpoolctl"} <= set(found)
    assert "threadpoolctl contributors" in found["threadpoolctl"].text()


def test_a_part_without_a_text_stops_the_build(work, monkeypatch):
    monkeypatch.setattr(licences, "LOADER", ())
    monkeypatch.setattr(licences.licences, "SHIPPED", {})
    with pytest.raises(RuntimeError, match=r"resources/licences"):
        licences.leave(work, work / "program")


def test_a_system_library_has_its_package_and_any_other_is_told(tmp_path, monkeypatch):
    library = tmp_path / "libz.so.1"
    stray = tmp_path / "libstray.so"
    monkeypatch.setattr(licences, "DOCUMENTATION", tmp_path / "doc")
    (tmp_path / "doc" / "zlib1g").mkdir(parents=True)
    told = "zlib License, as in /usr/share/common-licenses/GPL-2."
    (tmp_path / "doc" / "zlib1g" / "copyright").write_text(told, encoding="utf-8")
    (tmp_path / "GPL-2").write_text("Version 2, June 1991", encoding="utf-8")
    monkeypatch.setattr(licences, "COMMON_TEXTS", tmp_path)
    names = {library: ("zlib1g", "1.2.13"), stray: ("", "")}
    monkeypatch.setattr(licences, "package_of", lambda file: names[file])
    (part, common), unknown = licences.system_parts([library, stray])
    assert (part.name, part.version, part.text()) == ("zlib1g", "1.2.13", told)
    assert [title for title, _ in common.texts] == ["GPL-2"]
    assert common.text() == "Version 2, June 1991"
    assert unknown == [stray]
