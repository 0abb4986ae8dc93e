"""Start, train, quit, again and again: nothing may stay behind.

``python -m tests.benchmarks.cycles --fresh 20 --inside 60``: so many cycles in processes of their
own (each must end with 0 and leave no child process), then so many windows in one process (threads
and open files must not grow; memory is told).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from tests.turns import turn

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
#: Windows after which everything that is loaded once is there.
WARM = 3
PRESETS = ("two-spirals", "xor", "regression")


def memory():
    """Resident memory in MB."""
    with Path("/proc/self/statm").open() as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def open_files():
    """How many file handles this process holds."""
    return len(list(Path("/proc/self/fd").iterdir()))


def children():
    """Processes that this one has started and that are still there."""
    found = []
    for task in Path("/proc/self/task").iterdir():
        found += (task / "children").read_text().split()
    return found


def private(folder):
    """Settings and work of a person who has never used the program."""
    from nnstudio.core.compiled import jit

    os.environ.setdefault("NUMBA_CACHE_DIR", str(jit.cache_folder()))
    for name in ("CONFIG", "DATA", "STATE"):
        os.environ[f"XDG_{name}_HOME"] = str(Path(folder) / name.lower())


def cycle(app, preset):
    """One window that trains a little and closes."""
    from nnstudio.app.settings import Settings
    from nnstudio.app.studio import Studio

    studio = Studio(preset, None, Settings())
    studio.start()

    def until(holds):
        end = time.perf_counter() + 120
        while not holds():
            assert time.perf_counter() < end, "it does not train"
            turn()
            time.sleep(0.002)

    until(lambda: studio.session.ready)
    studio.window.toggle_play()
    until(lambda: studio.session.latest is not None and studio.session.latest.step > 20)
    assert not studio.bridge.failures, studio.bridge.failures
    studio.close()
    turn()


def one():
    """A fresh process: one window, then what is left."""
    from nnstudio.app.main import application

    app = application(["cycles"])
    cycle(app, "two-spirals")
    left = [t.name for t in threading.enumerate() if t is not threading.main_thread()]
    assert not left, left
    assert not children(), children()
    return 0


def fresh(count):
    """Cycles in processes of their own; how many went wrong."""
    bad = 0
    begin = time.perf_counter()
    for number in range(count):
        done = subprocess.run(
            [sys.executable, "-X", "faulthandler", "-m", "tests.benchmarks.cycles", "--one"],
            capture_output=True, text=True, timeout=180,
        )  # fmt: skip
        if done.returncode or done.stderr.strip():
            bad += 1
            print(f"fresh {number}: exit {done.returncode}\n{done.stderr[-3000:]}", flush=True)
    spent = (time.perf_counter() - begin) / max(1, count)
    print(f"{count} fresh processes, {spent:.1f} s each: {bad} wrong", flush=True)
    return bad


def inside(count):
    """Windows one after the other in this process; 1 if something grows."""
    from nnstudio.app.main import application

    app = application(["cycles"])
    rows = []
    for number in range(count):
        cycle(app, PRESETS[number % len(PRESETS)])
        rows.append((threading.active_count(), open_files(), memory(), len(children())))
        if number % 10 == 9 or number == WARM:
            threads, files, size, kids = rows[-1]
            print(
                f"window {number + 1}: {threads} threads, {files} files, {size:.1f} MB, "
                f"{kids} child processes",
                flush=True,
            )
    if count <= WARM:
        return 0
    first, last = rows[WARM], rows[-1]
    slope = (last[2] - first[2]) / (count - WARM)
    print(f"{count} windows in one process: {slope * 1e3:.0f} kB each", flush=True)
    return int(last[0] > first[0] or last[1] > first[1] or last[3] > 0)


def main():
    """Both, with their figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--fresh", type=int, default=20)
    parser.add_argument("--inside", type=int, default=60)
    parser.add_argument("--one", action="store_true")
    options = parser.parse_args()
    if options.one:
        return one()
    with tempfile.TemporaryDirectory() as folder:
        private(folder)
        bad = fresh(options.fresh)
        return int(bool(bad)) or inside(options.inside)


if __name__ == "__main__":
    sys.exit(main())
