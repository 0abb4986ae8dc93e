"""A monkey in the whole window while it trains: random events, and nothing may break.

``python -m tests.app.monkey --seeds 20 --events 10000``; ``--first`` is the first seed.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import threading
import time
from pathlib import Path

if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from tests.app.guard import STALL, Guard
from tests.app.random_events import Monkey
from tests.turns import turn


def pump(until, seconds):
    """Let the window live until something holds; whether it did."""
    end = time.perf_counter() + seconds
    while not until():
        if time.perf_counter() > end:
            return False
        turn()
        time.sleep(0.002)
    return True


def trains(studio):
    """Whether a fresh preset learns in the window that was played with."""
    for found in QApplication.topLevelWidgets():
        if found is not studio.window and found.isVisible():
            found.close()
    studio.session.pause()
    actions = studio.window.menus.submenus["presets"].actions()
    next(a for a in actions if a.data() == "two-spirals").trigger()
    if not pump(lambda: studio.document.setup.name == "two-spirals", 30):
        return False
    studio.window.reset()
    pump(lambda: studio.session.latest.step == 0, 10)

    def learns():
        if not studio.session.playing:  # a preset that arrives later rests at first
            studio.session.play()
        return studio.session.latest.step > 20

    return pump(learns, 30)


def left_over(threads):
    """What still runs though the window is closed."""
    turn()
    end = time.perf_counter() + 2
    left = [thread for thread in threading.enumerate() if thread not in threads]
    for thread in left:
        thread.join(max(0.0, end - time.perf_counter()))
    windows = [
        window for window in QApplication.topLevelWidgets()
        if window.isVisible() or any(t.isActive() for t in window.findChildren(QTimer))
    ]  # fmt: skip
    return [t.name for t in left if t.is_alive()] + [repr(window) for window in windows]


def play(seed, events, settings, tells=False):
    """One window, one seed; gives the guard with everything that was wrong."""
    from nnstudio.app.studio import Studio

    QGuiApplication.clipboard().clear()
    guard = Guard(random.Random(seed), tells)
    with guard:
        threads = set(threading.enumerate())
        studio = Studio("two-spirals", None, settings)
        studio.window.resize(1440, 900)
        studio.start()
        pump(lambda: studio.session.ready, 120)
        monkey = Monkey(studio, guard)
        studio.session.play()
        monkey.run(events)
        guard.doing = "the end"
        if not trains(studio):
            guard.fault(f"it does not train any more: {studio.session.latest}")
        studio.document.stack.clear()
        studio.document.stack.setClean()
        guard.doing = "closing"
        studio.close()
        left = left_over(threads)
        if left:
            guard.fault(f"left over: {left}")
    return guard, monkey


def main():
    """Many seeds, with their figures."""
    parser = argparse.ArgumentParser()
    for name, value in (("--seeds", 20), ("--events", 10_000), ("--first", 0)):
        parser.add_argument(name, type=int, default=value)
    parser.add_argument("--tell", action="store_true", help="what leaves a handler; slow")
    options = parser.parse_args()
    from nnstudio.core.compiled import jit

    os.environ.setdefault("NUMBA_CACHE_DIR", str(jit.cache_folder()))
    faults = 0
    with tempfile.TemporaryDirectory() as folder:
        for name in ("CONFIG", "DATA", "STATE"):
            os.environ[f"XDG_{name}_HOME"] = str(Path(folder) / name.lower())
        from nnstudio.app.main import application
        from nnstudio.app.settings import Settings

        application(["monkey"])
        os.chdir(folder)  # a monkey writes files, too
        for seed in range(options.first, options.first + options.seeds):
            begin = time.perf_counter()
            settings = Settings(Path(folder) / f"settings-{seed}.json")
            guard, monkey = play(seed, options.events, settings, options.tell)
            own = [s for s in guard.stalls if s[1] > STALL]
            spent = time.perf_counter() - begin
            print(
                f"seed {seed}: {sum(monkey.made.values())} events in {spent:.0f} s, "
                f"{len(guard.faults)} faults, {len(guard.stalls)} stalls over {STALL * 1e3:.0f} ms "
                f"({len(own)} by the window's own work), slowest {guard.slowest[0] * 1e3:.0f} ms "
                f"(own {guard.slowest[1] * 1e3:.0f} ms: {guard.slowest[2]})",
                flush=True,
            )
            for wall, mine, doing, seen in sorted(guard.stalls, reverse=True)[:8]:
                print(f"   {wall * 1e3:.0f} ms, own {mine * 1e3:.0f}: {doing}\n      {seen}")
            faults += len(guard.faults)
    return min(faults, 1)


if __name__ == "__main__":
    sys.exit(main())
