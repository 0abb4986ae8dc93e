"""``dev.py bench``: steps per second of the reference networks, beside peers that are installed.

Everything runs in turn in one process, round after round, so that a drift of the machine's speed
meets all alike; the medians are compared. A peer's figure is the best of its settings.

    bench --against torch,keras,jax,sklearn     the engine beside its peers
    bench --window                              what the open window costs, and its frames
    bench --canvas                              pan, zoom and edits of large networks
    bench --scrub                               looking back in a run of 100,000 steps
    bench --rows mnist-cnn                      where a step's time goes
    bench --loaded --against torch              again while another process keeps one core busy
    bench --monkey --seeds 20 --events 10000    random events in the whole window while it trains
    bench --soak 60                             minutes at full speed while everything changes
    bench --cycles --fresh 100 --inside 100     start, train, quit, again and again
    bench --kills                               killed while saving and while training
    bench --fuzz project=1000 csv=1000          damaged files, each read under watch
"""

from __future__ import annotations

import nnstudio  # noqa: F401  (first: it sets BLAS to one thread before NumPy is imported)

# isort: split

import argparse
import importlib
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from tests.benchmarks.networks import REFERENCES

ROUNDS = 5
SECONDS = 0.4


def timed(run, seconds):
    """Steps per second over about so many seconds."""
    steps, done, begin = 1, 0, time.perf_counter()
    while True:
        at = time.perf_counter()
        given = run(steps)  # a peer that rounds tells what it really did
        done += given if isinstance(given, int) else steps
        spent = time.perf_counter() - at
        total = time.perf_counter() - begin
        if total >= seconds:
            return done / total
        grow = min(4.0, 0.5 * (seconds - total) / max(spent, 1e-6))
        steps = max(1, int(steps * max(grow, 0.25)))


def peak():
    """This machine's single-precision matrix product on all cores, in GFLOP/s, in this run."""
    n = 1024
    rng = np.random.default_rng(0)
    a = rng.standard_normal((n, n)).astype(np.float32)
    b = rng.standard_normal((n, n)).astype(np.float32)
    import threading

    from nnstudio.engine.threads import usable_cores

    cores = usable_cores()
    best = 0.0
    for _ in range(5):
        threads = [threading.Thread(target=np.dot, args=(a, b)) for _ in range(cores)]
        begin = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        best = max(best, cores * 2 * n**3 / (time.perf_counter() - begin) / 1e9)
    return best


def flops_per_step(reference):
    """Floating-point operations of a step: forward, and twice that backward, less the first
    layer's gradient by its input, which nobody needs."""
    network = reference.setup().network
    forward = network.flops
    first = next(f.flops for n, f in network.facts.items() if f.parameter_count)
    return reference.batch * (3 * forward - first)


def compare(names, peers, rounds, seconds):
    """Measure every reference with every peer; a list of plain results."""
    results = []
    top = peak()
    for reference in REFERENCES:
        if names and not any(name in reference.name for name in names):
            continue
        data = reference.data()
        opened = {}
        for peer in ("nnstudio", *peers):
            try:
                opened[peer] = importlib.import_module(f"tests.benchmarks.peers.{peer}").open(
                    reference, data
                )
            except ImportError as error:
                sys.stderr.write(f"{peer} is left out: {error}\n")
        rates = {(peer, name): [] for peer, (runners, _) in opened.items() for name in runners}
        for runners, _ in opened.values():
            for run in runners.values():
                timed(run, seconds / 2)
        for _ in range(rounds):
            for (peer, name), found in rates.items():
                found.append(timed(opened[peer][0][name], seconds))
        for _, close in opened.values():
            close()
        best = {}
        for (peer, name), found in rates.items():
            rate = statistics.median(found)
            if peer not in best or rate > best[peer][0]:
                best[peer] = (rate, name)
        ours = best["nnstudio"][0]
        results.append(
            {
                "network": reference.name,
                "steps_per_s": ours,
                "setting": best["nnstudio"][1],
                "examples_per_s": ours * reference.batch,
                "gflops": ours * flops_per_step(reference) / 1e9,
                "share_of_peak": ours * flops_per_step(reference) / 1e9 / top,
                "peak_gflops": top,
                "peers": {p: {"steps_per_s": r, "setting": s} for p, (r, s) in best.items()},
                "ratios": {p: ours / r for p, (r, _) in best.items() if p != "nnstudio"},
                "goals": reference.goal,
            }
        )
    return results


def compare_loaded(names, peers, rounds, seconds):
    """Measure quietly, then beside a busy process; each engine's share of its quiet speed."""
    quiet = compare(names, peers, rounds, seconds)
    busy = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        loaded = compare(names, peers, rounds, seconds)
    finally:
        busy.terminate()
        busy.wait()
    table = Table(title="Share of the quiet speed that is left beside a busy process")
    table.add_column("network, batch")
    for peer in ("nnstudio", *peers):
        table.add_column(peer, justify="right")
    for before, after in zip(quiet, loaded, strict=True):
        left = {
            peer: after["peers"][peer]["steps_per_s"] / found["steps_per_s"]
            for peer, found in before["peers"].items()
        }
        after["left"] = left
        shown = (f"{left[peer]:.0%}" if peer in left else "–" for peer in ("nnstudio", *peers))
        table.add_row(after["network"], *shown)
    Console(width=100).print(table)
    return loaded


def show(results, peers):
    """One table."""
    table = Table(title="Training, steps per second (medians)")
    for title in ("network, batch", "steps/s", "examples/s", "GFLOP/s", "of SGEMM peak"):
        table.add_column(title, justify="left" if title.startswith("network") else "right")
    for peer in peers:
        table.add_column(f"× {peer}", justify="right")
    table.add_column("goal", justify="right")
    for r in results:
        ratios = []
        for peer in peers:
            ratio = r["ratios"].get(peer)
            ratios.append("–" if ratio is None else f"{ratio:.2f}")
        goal = ", ".join(f"{peer} {least:g}" for peer, least in r["goals"].items())
        table.add_row(
            r["network"], f"{r['steps_per_s']:,.0f}", f"{r['examples_per_s']:,.0f}",
            f"{r['gflops']:.1f}", f"{r['share_of_peak']:.0%}", *ratios, goal,
        )  # fmt: skip
    Console(width=140).print(table)


#: Modules with arguments of their own, and what to say of them in the help.
LONG = {
    "--monkey": ("tests.app.monkey", "random events in the whole window: --seeds, --events"),
    "--soak": ("tests.benchmarks.soak", "so many minutes at full speed: does anything grow?"),
    "--cycles": ("tests.benchmarks.cycles", "start, train, quit: --fresh, --inside"),
}


def main():
    """Run the benchmarks that the arguments ask for."""
    if sys.argv[1:] and sys.argv[1] in LONG:
        module = LONG[sys.argv[1]][0]
        return subprocess.run([sys.executable, "-m", module, *sys.argv[2:]]).returncode
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--against", default="", help="peers, separated by commas")
    parser.add_argument("--only", action="append", default=[], help="part of a network's name")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of one measurement")
    parser.add_argument("--window", action="store_true", help="measure the window instead")
    parser.add_argument("--canvas", action="store_true", help="measure the network canvas")
    parser.add_argument("--scrub", action="store_true", help="measure looking back")
    for name, (_, words) in LONG.items():
        parser.add_argument(name, action="store_true", help=f"{words} (as the first argument)")
    parser.add_argument("--loaded", action="store_true", help="beside a busy process")
    parser.add_argument("--kills", action="store_true", help="kill it while it saves and trains")
    parser.add_argument("--fuzz", nargs="*", metavar="KIND=COUNT", help="read damaged files")
    parser.add_argument("--rows", metavar="PRESET", help="time every row of a preset's tape")
    parser.add_argument("--json", type=Path, help="write the results to this file")
    options = parser.parse_args()
    if options.rows:
        from tests.benchmarks.rows import main as rows

        rows(options.rows)
        return 0
    if options.kills:
        from tests.benchmarks.kills import main as kills

        return kills()
    if options.fuzz is not None:
        from tests.benchmarks.fuzz import main as fuzz

        return fuzz(options.fuzz)
    if options.canvas:
        from tests.benchmarks.canvas import run as canvas

        canvas()
        return 0
    if options.scrub:
        from tests.benchmarks.scrub import run as scrub

        scrub()
        return 0
    if options.window:
        from tests.benchmarks.window import main as window

        results = window()
    else:
        peers = [peer for peer in options.against.split(",") if peer]
        measure = compare_loaded if options.loaded else compare
        results = measure(options.only, peers, options.rounds, options.seconds)
        show(results, peers)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
