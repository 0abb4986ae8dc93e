"""How long a table of a million rows takes to import, and how much memory.

    python -m tests.benchmarks.import_rows [--rows 1000000] [--columns 20]

Writes a CSV (numbers of four kinds, two categories, a date) to a temporary folder, then imports it
in a fresh process and prints one JSON line: megabytes, seconds, peak memory in MB, and the longest
time for which another Python thread had to wait. Then once more in a window (``import_window``).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

CHILD = """
import json, resource, sys, threading, time
sys.setswitchinterval(5e-4)
import polars
from nnstudio.core.sources import reading
from nnstudio.core.recipes.own_data import own_dataset
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
stalls, stop = [0.0], threading.Event()
def tick():
    last = time.perf_counter()
    while not stop.is_set():
        time.sleep(0.002)
        now = time.perf_counter()
        stalls.append(now - last)
        last = now
thread = threading.Thread(target=tick)
thread.start()
began = time.perf_counter()
dataset = own_dataset(sys.argv[1])
table = dataset.raw()
read = time.perf_counter() - began
data = dataset.load()
total = time.perf_counter() - began
stop.set()
thread.join()
stalls.sort()
print(json.dumps({
    "rows": table.rows, "columns": len(table.columns), "read_s": round(read, 2),
    "import_s": round(total, 2), "inputs": data.shape[0],
    "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3),
    "before_mb": round(before), "longest_stall_ms": round(1e3 * stalls[-1], 1),
    "p99_stall_ms": round(1e3 * stalls[int(0.99 * len(stalls))], 1),
}))
"""


def write_table(path: Path, rows: int, columns: int) -> None:
    """A CSV of so many rows: a date, two categories, numbers, and a class to predict."""
    random = np.random.default_rng(1)
    names = ["day", "city", "size", *(f"x{n}" for n in range(4, columns)), "class"]
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(",".join(names) + "\n")
        for begin in range(0, rows, 50_000):
            count = min(50_000, rows - begin)
            days = np.datetime64("2020-01-01") + random.integers(0, 2000, count)
            cities = np.array(["Paris", "Beijing", "Lagos", "Lima"])[random.integers(0, 4, count)]
            sizes = np.array(["S", "M", "L", ""])[random.integers(0, 4, count)]
            numbers = random.normal(0, 100, (count, columns - 4))
            kinds = np.arange(columns - 4) % 4
            cells = [
                numbers[:, n].round(int([0, 2, 4, 9][kinds[n]])).astype(str)
                for n in range(columns - 4)
            ]
            classes = np.where(numbers[:, 0] > 0, "yes", "no")
            together = zip(days.astype(str), cities, sizes, *cells, classes, strict=True)
            file.write("\n".join(map(",".join, together)) + "\n")


def main() -> int:
    """Write, import, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--columns", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        write_table(path, options.rows, options.columns)
        done = subprocess.run(
            [sys.executable, "-c", CHILD, str(path)], check=True, capture_output=True, text=True
        )
        found = {"megabytes": round(path.stat().st_size / 1e6), **json.loads(done.stdout)}
        window = [sys.executable, "-m", "tests.benchmarks.import_window", str(path)]
        done = subprocess.run(window, check=True, capture_output=True, text=True)
        found |= json.loads(done.stdout)
    sys.stdout.write(json.dumps(found) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
