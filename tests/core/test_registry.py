"""The registry while several threads ask it for the first time."""

from __future__ import annotations

import subprocess
import sys

ASK = """
import sys, threading
sys.setswitchinterval(1e-5)
from nnstudio.core import registry
from nnstudio.core.contracts import Layer

seen = []
start = threading.Barrier(6)

def ask():
    start.wait()
    seen.append(len(registry.table(Layer)))

threads = [threading.Thread(target=ask) for _ in range(6)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(set(seen)), max(seen))
"""


def test_nobody_sees_half_of_what_there_is():
    done = subprocess.run(
        [sys.executable, "-c", ASK], capture_output=True, text=True, check=True, timeout=60
    )
    kinds, most = map(int, done.stdout.split())
    assert kinds == 1 and most > 20
