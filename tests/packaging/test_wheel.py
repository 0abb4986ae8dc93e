"""The wheel holds the package with its resources, and nothing else."""

from __future__ import annotations

import subprocess
import sys
import zipfile

import dev
import pytest


def test_the_wheel_brings_its_resources(tmp_path):
    pytest.importorskip("hatchling")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=dev.ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    resources = (dev.ROOT / "resources").rglob("*")
    assert held >= {
        f"nnstudio/{f.relative_to(dev.ROOT).as_posix()}" for f in resources if f.is_file()
    }
    assert {name.split("/")[0] for name in held} == {"nnstudio"}
