"""``nnstudio export``, ``import`` and ``info`` on the command line."""

from __future__ import annotations

import json

import pytest

from nnstudio.cli import main
from nnstudio.core import project
from nnstudio.engine.exporting import exporters
from tests.importers.test_keras_source import CLASSIC


@pytest.mark.parametrize("name", [cls.name for cls in exporters()])
def test_every_format_of_a_preset(name, tmp_path):
    path = tmp_path / "net.out"
    assert main(["export", "xor", "--to", name, "-o", str(path)]) == 0
    assert path.stat().st_size > 100


def test_options_of_a_format(tmp_path):
    path = tmp_path / "net.py"
    given = ["export", "xor", "--to", "keras", "-o", str(path), "--set", "data=false"]
    assert main(given) == 0
    assert {p.name for p in tmp_path.iterdir()} == {"net.py", "net.safetensors"}
    assert main([*given[:-1], "colour=red"]) == 2
    assert main(["export", "xor", "--to", "word", "-o", str(path)]) == 2


def test_source_becomes_a_project_that_is_exported(tmp_path, capsys):
    source, made = tmp_path / "net.py", tmp_path / "net.nnst"
    source.write_text(CLASSIC)
    assert main(["info", str(source), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["params"], found["layers_read"], found["not_read"]) == (137_034, 3, [])
    assert main(["import", str(source), "-o", str(made)]) == 0
    assert project.read(made).setup.training.epochs == 10
    back = tmp_path / "back.onnx"
    assert main(["export", str(made), "--to", "onnx", "-o", str(back)]) == 0
    again = tmp_path / "again.nnst"
    assert main(["import", str(back), "-o", str(again)]) == 0
    state = project.read(again).state
    assert state is not None
    assert state.arrays["parameters/dense_1/weight"].shape == (1000, 128)
