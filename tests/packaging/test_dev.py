"""The entry to every chore: its usage, its exit codes, and what makes the environment anew."""

from __future__ import annotations

import importlib.metadata
import os
import re
import subprocess
import sys
import tomllib

import dev
import pytest
import qt_needs
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def project():
    return tomllib.loads((dev.ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("arguments", [[], ["paint"]])
def test_no_or_a_wrong_verb_prints_the_usage(arguments, capsys):
    assert dev.main(arguments) == 2
    assert "Usage: python3 packaging/dev.py VERB" in capsys.readouterr().err


def test_help_tells_every_verb(capsys):
    assert dev.main(["--help"]) == 0
    told = re.findall(r"^  (\w+) ", capsys.readouterr().out, re.MULTILINE)
    assert sorted(told) == sorted(dev.VERBS)


def test_exit_codes_pass_through(monkeypatch):
    monkeypatch.setattr(dev, "PYTHON", sys.executable)
    assert dev.tool("-c", "print('no'); raise SystemExit(7)", quiet=True) == (7, "no\n")


def test_trouble_is_one_message_and_exit_code_1(monkeypatch, capsys):
    def fail(arguments):
        raise dev.Trouble("The disk is full.")

    monkeypatch.setitem(dev.VERBS, "test", fail)
    assert dev.main(["test"]) == 1
    assert capsys.readouterr().err == "The disk is full.\n"


def test_the_stamp_follows_what_is_asked_for():
    asked = project()
    before = dev.stamp(asked, b"numpy==1")
    assert dev.stamp(asked, b"numpy==1") == before
    assert dev.stamp(asked, b"numpy==2") != before
    assert dev.stamp(asked | {"tool": {}}, b"numpy==1") == before
    assert dev.stamp(asked | {"project": {}}, b"numpy==1") != before


def test_every_needed_package_is_pinned():
    lines = dev.CONSTRAINTS.read_text().splitlines()
    pinned = {canonicalize_name(line.split("==")[0]) for line in lines if "==" in line}
    asked = project()
    waiting = [*asked["project"]["dependencies"], *asked["dependency-groups"]["dev"]]
    seen = set()
    while waiting:
        requirement = Requirement(waiting.pop())
        name = canonicalize_name(requirement.name)
        wanted = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if name in seen or not wanted:
            continue
        seen.add(name)
        try:
            waiting += importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:
            continue  # one of the tools, and these tests were started without them
    assert seen <= pinned


@pytest.fixture
def python_without(tmp_path, monkeypatch):
    """A Python on a Linux machine without root that fails where the code holds a word."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)

    def make(word):
        made = tmp_path / "python"
        made.write_text(f'#!/bin/sh\ncase "$2" in *{word}*) echo "no {word}" >&2; exit 1;; esac\n')
        made.chmod(0o755)
        return made

    return make


def test_qt_that_cannot_load_names_the_command_that_mends_it(python_without):
    with pytest.raises(qt_needs.Missing, match=r"(?s)no libqxcb.*sudo apt-get install -y libgl1 "):
        qt_needs.see_to_them(python_without("libqxcb"), window=True)
    qt_needs.see_to_them(python_without("libqxcb"), window=False)


def test_missing_fonts_are_only_told(python_without, capsys):
    qt_needs.see_to_them(python_without("QFontDatabase"), window=True)
    assert "sudo apt-get install -y fonts-inter" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("path", "line", "code"),
    [
        ("nnstudio/core/thing.py", 'print("hello")\n', "T201"),
        ("nnstudio/core/thing.py", "import os\n", "F401"),
        ("nnstudio/core/thing.py", '"""Text."""\n\n\ndef act():\n    pass\n', "D103"),
    ],
)
def test_ruff_is_strict(path, line, code):
    command = [sys.executable, "-m", "ruff", "check", "--stdin-filename", path, "-"]
    done = subprocess.run(command, input=line, capture_output=True, text=True, cwd=dev.ROOT)
    assert done.returncode == 1
    assert code in done.stdout
