"""``dev.py bench --kills``: the program killed (SIGKILL) while it saves, and while it trains.

Saving: a process saves versions of a project over and over and is killed at a random moment; the
file and its ``.bak`` must then be whole and one of the versions. Training: a real window trains
and is killed at a random moment; the next one must offer the work again and stand, at most a
minute behind. Each window is begun by the one before: what it recovered is what it trains on.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

#: Seconds of work that a crash may cost.
MOST_LOST = 60.0

SAVER = """
import dataclasses, sys
from pathlib import Path
from nnstudio.core import project
path, number = Path(sys.argv[1]), int(sys.argv[2])
made = project.read(sys.argv[3])
print("on", flush=True)
while True:
    number += 1
    project.write(path, dataclasses.replace(made, notes=f"{number}"))
    print(number, flush=True)
"""

WINDOW = """
import json, sys, time
from pathlib import Path
folder, seconds, expected = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "offered"
from nnstudio.app import recent, recovery
recovery.recovery_path = lambda: folder / "recovery"
recent.recent_path = lambda: folder / "recent.json"
from nnstudio.app.main import application
from nnstudio.app.settings import Settings
from nnstudio.app.studio import Studio
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
app = application(["nnstudio"])
settings = Settings.load(folder / "settings.json")
settings.autosave = seconds
studio = Studio("two-spirals", None, settings)
studio.start()
window = studio.window

def until(condition):
    end = time.monotonic() + 120
    while not condition():
        app.processEvents()
        time.sleep(0.001)
        if time.monotonic() > end:
            print(json.dumps({"trouble": window.notice.text.text()}), flush=True)
            sys.exit(3)

def tell(**values):
    print(json.dumps({"at": time.time(), **values}), flush=True)

until(lambda: studio.session.ready)
if expected:
    until(lambda: window.notice.isVisible() and window.notice.choices)
    said = window.notice.text.text()
    QTest.mouseClick(window.notice.choices[0], Qt.MouseButton.LeftButton)
    until(lambda: studio.session.latest.step > 0)
    tell(recovered=studio.session.latest.step, said=said,
         path=str(window.features["projects"].path), runs=len(studio.session.runs.all()))
QTest.mouseClick(window.topbar.play, Qt.MouseButton.LeftButton)
until(lambda: studio.session.playing)
due = 0.0
while True:
    app.processEvents()
    time.sleep(0.002)
    if time.monotonic() > due:
        due = time.monotonic() + 0.1
        tell(step=studio.session.latest.step)
"""


def saved_project() -> Any:
    """A trained project of some megabytes, with keyframes of its past."""
    from nnstudio.core import project
    from nnstudio.core.opening import load
    from nnstudio.engine import named, runs_file
    from nnstudio.engine.runs import Runs
    from nnstudio.engine.trainer import Trainer

    setup, data = load("wide-dense", None)
    trainer, runs = Trainer(setup, data, 1), Runs()
    runs.begin(trainer)
    for _ in range(4):
        trainer.run(1)
        runs.follow(trainer, force=True)
    state = named.state_of(trainer.program, trainer.keyframe())
    state = runs_file.with_runs(state, runs.capture(), data)
    trainer.close()
    return project.Project(setup, data, state)


def while_saving(times: int, seed: int) -> dict[str, Any]:
    """Kill a process that saves; what the file was each time."""
    from nnstudio.core import project

    chance = random.Random(seed)
    folder = Path(tempfile.mkdtemp(prefix="nnstudio-kills-"))
    path, begun = folder / "work.nnst", folder / "begun" / "begun.nnst"
    begun.parent.mkdir()
    project.write(begun, saved_project())
    last = 0
    old = new = unreadable = 0
    size = 0
    for _ in range(times):
        with subprocess.Popen(
            [sys.executable, "-c", SAVER, str(path), str(last), str(begun)],
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            first = int(process.stdout.readline())  # one save, so that its length is known
            time.sleep(chance.uniform(0.0, 1.0))
            process.send_signal(signal.SIGKILL)
            told = [first, *map(int, process.stdout.read().split())]
        size = path.stat().st_size
        try:
            found = int(project.read(path).notes)
            kept = path.with_name("work.nnst.bak")
            int(project.read(kept).notes) if kept.exists() else 0
            old += found == told[-1]
            new += found == told[-1] + 1
            unreadable += found not in (told[-1], told[-1] + 1)
            last = max(told[-1], found)
        except Exception as error:
            sys.stderr.write(f"unreadable: {error!r}\n")
            unreadable += 1
    left = [one.name for one in folder.iterdir()]
    return {"kills": times, "old": old, "new": new, "unreadable": unreadable, "bytes": size,
            "left_over": len(left) - 3}  # fmt: skip


def while_training(
    times: int, seed: int, interval: int, least: float, most: float
) -> dict[str, Any]:
    """Kill a window that trains, ``least`` to ``most`` seconds after Play; what was lost."""
    chance = random.Random(seed)
    folder = Path(tempfile.mkdtemp(prefix="nnstudio-kills-"))
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    lost: list[float] = []
    before: list[dict[str, Any]] = []
    killed = 0.0
    offered = 0
    troubles = []
    for number in range(times + 1):
        command = [sys.executable, "-c", WINDOW, str(folder), str(interval),
                   "offered" if number else "fresh"]  # fmt: skip
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
        ) as process:
            assert process.stdout is not None
            lines: list[dict[str, Any]] = []
            end = None
            for line in process.stdout:
                lines.append(json.loads(line))
                if "step" in lines[-1] and end is None:
                    if number == times:
                        break
                    end = lines[-1]["at"] + chance.uniform(least, most)
                if end is not None and lines[-1]["at"] >= end:
                    break
            process.send_signal(signal.SIGKILL)
            now = time.time()
            with contextlib.suppress(json.JSONDecodeError):
                lines += [json.loads(line) for line in process.stdout]
        if number:
            first = lines[0] if lines else {}
            if "recovered" not in first or first.get("path") != "None":
                troubles.append(first)
            else:
                offered += 1
                reached = [one["at"] for one in before if one.get("step", -1) >= first["recovered"]]
                lost.append(killed - min(reached, default=killed))
        before, killed = lines, now
        sys.stderr.write(f"{number}: {lines[0] if lines else None} lost {lost[-1:]}\n")
    return {"kills": times, "offered": offered, "autosave_s": interval, "most_lost_s": max(lost),
            "median_lost_s": statistics.median(lost), "troubles": troubles}  # fmt: skip


def main(saving: int = 200, training: int = 50, seed: int = 1) -> int:
    """Prints the results as JSON; 1 if anything was lost that must not be."""
    results = {}
    if saving:
        results["saving"] = while_saving(saving, seed)
    if training:
        results["training"] = while_training(training, seed, 5, 6.0, 14.0)
        results["as_delivered"] = while_training(1, seed, 30, 50.0, 58.0)
    sys.stdout.write(json.dumps(results, indent=1) + "\n")
    bad = results.get("saving", {}).get("unreadable", 0)
    for one in (results.get("training"), results.get("as_delivered")):
        bad += one is not None and (one["offered"] < one["kills"] or one["most_lost_s"] > MOST_LOST)
    return 1 if bad else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--saving", type=int, default=200)
    parser.add_argument("--training", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    sys.exit(main(**vars(parser.parse_args())))
