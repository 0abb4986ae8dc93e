"""The import contracts can fail: a wall between rooms that nobody checks is no wall."""

from __future__ import annotations

import shutil
import subprocess
import sys

import dev
import pytest

LINT = "from importlinter.cli import lint_imports_command as lint; lint()"


@pytest.mark.parametrize(
    ("path", "line", "broken"),
    [
        ("core/text.py", "import nnstudio.engine.view", "Rooms are stacked"),
        ("layers/relu.py", "import nnstudio.losses.mse", "Rooms are stacked"),
        ("layers/relu.py", "import nnstudio.layers.tanh", "Concepts of one kind"),
        ("engine/view.py", "def late():\n    import PySide6", "No Qt below app"),
        ("layers/relu.py", "import numba", "Numba only in core/compiled/native.py"),
        ("somewhere.py", "", "Rooms are stacked"),
    ],
)
def test_a_wrong_import_breaks_its_contract(path, line, broken, tmp_path):
    for name in ("nnstudio", "pyproject.toml"):
        copy = shutil.copytree if (dev.ROOT / name).is_dir() else shutil.copy
        copy(dev.ROOT / name, tmp_path / name)
    with (tmp_path / "nnstudio" / path).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    done = subprocess.run(
        [sys.executable, "-c", LINT], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert any(row.startswith(broken) and "BROKEN" in row for row in done.stdout.splitlines())
