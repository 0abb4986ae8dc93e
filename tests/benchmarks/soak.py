"""Minutes at full speed while panels open and close and presets change: does anything grow?

``python -m tests.benchmarks.soak 60``: memory, threads and open files once a minute, and at the end
the slope of memory from the tenth minute on (of shorter runs: their second half). What memory holds
depends on the preset, so a minute, which sees them all, is told by the least, the median and the
most of it; the slope is that of the medians. Keyframes fill their budget and then stay: what they
take is told, and the budget is the smallest that can be set, to be full by the tenth minute.
"""

from __future__ import annotations

import itertools
import sys
import tempfile
import time

import numpy as np

from tests.benchmarks.cycles import children, memory, open_files, private
from tests.turns import turn

PRESETS = ("two-spirals", "regression", "mnist-mlp", "xor", "mnist-cnn", "circle")
#: Seconds between two changes of a panel, and of the preset: all presets in a minute.
PANEL, PRESET = 0.5, 10.0


def soak(app, minutes, show=print):
    """Rows (minute, median MB, threads, files) while a window is kept busy."""
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
    names = itertools.cycle(area.classes)
    presets = itertools.cycle(PRESETS)
    actions = {a.data(): a for a in studio.window.menus.submenus["presets"].actions()}
    begin = time.perf_counter()
    next_panel = next_preset = begin
    next_row = begin + 60
    rows, seen = [], []
    while time.perf_counter() - begin < minutes * 60 + 0.5:
        now = time.perf_counter()
        if now >= next_panel:
            next_panel = now + PANEL
            seen.append(memory())
            name = next(names)
            if area.fits(name):
                area.set_open(name, not area.is_open(name))
        if now >= next_preset:
            next_preset = now + PRESET
            actions[next(presets)].trigger()
        if now >= next_row:
            next_row = now + 60
            row = ((now - begin) / 60, np.median(seen), threading.active_count(), open_files())
            rows.append(row)
            frames = session.runs.nbytes / 1e6
            show(
                f"minute {row[0]:.0f}: {row[1]:.1f} MB ({min(seen):.1f} to {max(seen):.1f}; "
                f"{frames:.1f} MB of them keyframes), {row[2]} threads, {row[3]} files"
            )
            seen.clear()
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
