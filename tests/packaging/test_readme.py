"""What the README tells is true: its commands, and the examples for whoever adds something."""

from __future__ import annotations

import re
import subprocess
import sys

import dev
import pytest

from nnstudio import cli
from nnstudio.core.setup import preset_names

README = (dev.ROOT / "README.md").read_text(encoding="utf-8")
LAYER, DATASET, PANEL = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
COMMANDS = re.findall(r"^python3 packaging/dev\.py (\w+) ?(.*)$", README, re.MULTILINE)

#: Runs beside an example saved as example.py, in a process of its own: examples register.
USE_LAYER = """
import example, numpy as np
from nnstudio.engine.probe import Probe
from nnstudio.engine.trainer import Trainer
from tests.helpers import mlp, random_data, setup

trainer = Trainer(setup(mlp(3, 4, 1, activation="isru")), random_data(3, 2), 1)
losses, _ = trainer.run(300)
assert losses[-50:].mean() < losses[:50].mean()
trainer.close()
"""

USE_DATASET = """
import example
data = example.Stripes(noise=0.0).load()
assert data.outputs == 1 and set(data.train.y[:, 0]) == {0.0, 1.0}
"""

USE_PANEL = """
import example, numpy as np
from types import SimpleNamespace
from PySide6.QtWidgets import QApplication, QLabel
from nnstudio.app.document import Document
from nnstudio.core.setup import preset
app = QApplication([])
setup = preset("xor")
view = SimpleNamespace(snapshot=SimpleNamespace(parameters={("a", "weight"): np.array([1, -2.5])}))
shown = example.LargestWeight(Document(setup, setup.dataset.load()), None)
shown.display(shown.measure(view, shown.request()))
assert shown.findChild(QLabel).text() == "Largest weight: 2.500"
"""


@pytest.mark.parametrize(
    ("source", "use"), [(LAYER, USE_LAYER), (DATASET, USE_DATASET), (PANEL, USE_PANEL)]
)
def test_an_example_works_as_it_stands(source, use, tmp_path):
    (tmp_path / "example.py").write_text(source, encoding="utf-8")
    path = f"import sys; sys.path[:0] = [{str(dev.ROOT)!r}, {str(tmp_path)!r}]\n"
    done = subprocess.run([sys.executable, "-c", path + use], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("verb", "arguments"), COMMANDS)
def test_a_command_is_one_that_the_program_knows(verb, arguments):
    assert verb in dev.VERBS
    if verb in ("train", "shot"):
        cli.parser().parse_args([verb, *arguments.split()])


def test_the_presets_are_those_that_ship():
    told = re.search(r"\*\*Presets\*\*.*?: (.*?)\.\s", README, re.DOTALL)
    assert told
    assert re.findall(r"`([\w-]+)`", told[1]) == preset_names()


def test_the_quick_start_comes_first():
    assert [verb for verb, _ in COMMANDS][:2] == ["run", "test"]


def test_its_pictures_and_files_are_there():
    linked = re.findall(r"\]\((?!https?:)([^)]+)\)", README)
    assert linked
    assert [path for path in linked if not (dev.ROOT / path).is_file()] == []
