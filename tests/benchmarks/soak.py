"""Minutes at full speed while panels open and close and presets change: does anything grow?

``python -m tests.benchmarks.soak 60``: memory, threads and open files once a minute, and at the end
the slope of memory from the tenth minute on (of shorter runs: their second half). What memory holds
depends on the preset and the panels, by 100 MB and more, and so does its median over a minute. What
has grown is seen where nothing else differs: at the end of each minute training rests, on the first
preset with the panels of the default layout, garbage is collected, and memory is measured then. The
slope is that of these measures. Keyframes fill their budget and then stay: what they take is told,
and the budget is the smallest that can be set, to be full by the tenth minute; so is the number of
runs that are kept. Other load on the machine should stay the same meanwhile.
"""

from __future__ import annotations

import ctypes
import gc
import itertools
import sys
import tempfile
import time

import numpy as np

from nnstudio.core import heap
from tests.benchmarks.cycles import children, memory, open_files, private
from tests.turns import turn

PRESETS = ("two-spirals", "regression", "mnist-mlp", "xor", "mnist-cnn", "circle")
#: Seconds between two changes of a panel, and of the preset: all presets in a minute.
PANEL, PRESET = 0.5, 8.0
#: Seconds that the window has to come to rest in before memory is measured, and between two
#: measures. The least of several counts: what has leaked is in all of them, what is in use for a
#: moment is not.
REST = 2.0
AGAIN = 0.7
MEASURES = 4


def rested(studio, presets):
    """MB at rest, in a state that is the same each time: the first of two presets."""
    session = studio.session
    session.pause()
    studio.window.area.reset()
    generation = session.latest.generation
    for preset in reversed(presets):  # whichever is there now, the network changes
        preset.trigger()
    end = time.perf_counter() + REST
    while time.perf_counter() < end:
        turn()
        time.sleep(0.005)
        if session.latest.generation != generation:
            generation, end = session.latest.generation, time.perf_counter() + REST
    found = []
    for _ in range(MEASURES):
        gc.collect()
        heap.give_back(at_once=True)
        found.append(memory())
        end = time.perf_counter() + AGAIN
        while time.perf_counter() < end:
            turn()
            time.sleep(0.005)
    return min(found)


def curves_kept(session):
    """How many runs are kept, and MB of the curves of those that were left: these have a point for
    every moment that training had, so on a machine that gets busier or idler they change."""
    runs = session.runs.all()
    kept = [run.curves for run in runs if run.curves is not None]
    return len(runs), sum(c.nbytes for one in kept for c in one.columns().values()) / 1e6


class Heaps(ctypes.Structure):
    """What the C library's ``mallinfo2`` gives."""

    _fields_ = [
        (name, ctypes.c_size_t)
        for name in ("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks",
                     "uordblks", "fordblks", "keepcost")
    ]  # fmt: skip


def in_use():
    """MB that the C library has given out, in its heaps and beside them: what leaks is here, what
    is only scattered is not. NaN where it does not tell."""
    told = heap.c_function("mallinfo2")
    if told is None:
        return float("nan")
    told.restype = Heaps
    heaps = told()
    return (heaps.uordblks + heaps.hblkhd) / 1e6


def soak(app, minutes, show=print):
    """Rows (minute, MB at rest, threads, files) while a window is kept busy in between."""
    import threading

    from nnstudio.app.settings import Settings
    from nnstudio.app.studio import Studio

    settings = Settings()
    settings.memory = 32
    studio = Studio(PRESETS[0], None, settings)
    studio.window.resize(1440, 900)
    studio.start()
    while not studio.session.ready:
        turn()
        time.sleep(0.005)
    area, session = studio.window.area, studio.session
    names, presets = itertools.cycle(area.classes), itertools.cycle(PRESETS)
    actions = {a.data(): a for a in studio.window.menus.submenus["presets"].actions()}
    begin = time.perf_counter()
    next_panel = next_preset = begin
    next_row = begin + 60
    rows, seen, blocks = [], [], 0
    while time.perf_counter() - begin < minutes * 60 + 0.5:
        now = time.perf_counter()
        if now >= next_panel:
            next_panel = now + PANEL
            seen.append(memory())
            blocks = max(blocks, sys.getallocatedblocks())
            name = next(names)
            if area.fits(name):
                area.set_open(name, not area.is_open(name))
        if now >= next_preset:
            next_preset = now + PRESET
            actions[next(presets)].trigger()
        if now >= next_row:
            next_row = now + 60
            rest = rested(studio, [actions[name] for name in PRESETS[:2]])
            row = ((now - begin) / 60, rest, threading.active_count(), open_files())
            rows.append(row)
            frames = session.runs.nbytes / 1e6
            runs, size = curves_kept(session)
            show(
                f"minute {row[0]:.0f}: {rest:.1f} MB at rest ({frames:.1f} MB of them keyframes, "
                f"{size:.1f} MB the curves of {runs} runs), busy {min(seen):.0f} to "
                f"{max(seen):.0f}, median {np.median(seen):.0f}; {row[2]} threads, {row[3]} files; "
                f"in use at rest {in_use():.1f} MB of C and {sys.getallocatedblocks():,} blocks of "
                f"Python, {blocks:,} when most"
            )
            seen.clear()
            blocks = 0
            # Each minute alike: a panel that is closed keeps its last picture, whichever that is.
            names, presets = itertools.cycle(area.classes), itertools.cycle(PRESETS)
            next_panel = next_preset = time.perf_counter()
        if not session.playing:
            session.set_speed(None)
            session.play()
        turn()
        time.sleep(0.001)
        assert not studio.bridge.failures, studio.bridge.failures
    studio.close()
    return rows


def slope(rows):
    """MB an hour, after everything has been loaded."""
    late = [row for row in rows if row[0] >= min(10.0, rows[-1][0] / 2)]
    if len(late) < 2:
        return float("nan")
    at = np.array(late)
    return float(np.polyfit(at[:, 0], at[:, 1], 1)[0] * 60)


def main(minutes):
    """The figures."""
    with tempfile.TemporaryDirectory() as folder:
        private(folder)
        from nnstudio.app.main import application

        rows = soak(application(["soak"]), minutes, lambda line: print(line, flush=True))
        print(f"slope of memory: {slope(rows):+.1f} MB an hour; child processes: {children()}")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 60.0)
