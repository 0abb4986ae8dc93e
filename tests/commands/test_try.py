"""The program tries itself, also where there is no screen."""

import json
import os
import subprocess
import sys


def test_without_a_screen_it_tries_itself_in_memory(tmp_path):
    keep = ("PATH", "LANG", "QT_QPA_FONTDIR", "NUMBA_CACHE_DIR")
    variables = {name: os.environ[name] for name in keep if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", "nnstudio", "try", "--seconds", "0.2"],
        env=variables | {"HOME": str(tmp_path)}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    told = json.loads(done.stdout)
    assert done.returncode == 0 and not done.stderr, done.stderr
    assert told["steps"] > 0 and told["faults"] == [] and told["painted"]
